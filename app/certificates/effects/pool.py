"""Processes beside the worker that draw and seal at low priority, one for each core, while there is much to make."""

import multiprocessing
import os
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.util import Finalize
from typing import Any, Final

from app.certificates.effects.worker import press
from app.kernel.logging import logger

NICE: Final = 10
FEW: Final = 8
"""Papers that are not worth starting processes for, which takes a second of each core."""
LOOK_SECONDS: Final = 1.0


class Presses:
    """The processes, started with the first paper and ended when there is nothing more to make."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def print_all(self, orders: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """What `press.make_and_keep` says to each, in this order and as soon as it is known.

        When a process dies, what is left is made in the worker itself: one bad paper must not stop all others.
        """
        waiting = list(orders)
        made = 0
        if self._pool is None and len(waiting) <= FEW:
            yield from (press().make_and_keep(*order) for order in waiting)
            return
        try:
            for one in self._processes().map(press().make_and_keep, *zip(*waiting, strict=True)):
                made += 1
                yield one
        except BrokenProcessPool:
            logger().exception("press_died")
            self.end()
            for order in waiting[made:]:
                yield press().make_and_keep(*order)

    def end(self) -> None:
        """Let the processes go."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                os.cpu_count(),
                multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(os.getpid(),),
            )
            Finalize(None, _end_now, exitpriority=10)  # else a worker told to stop waits for them for ever
        return self._pool


def _end_now() -> None:
    """When the worker ends: a paper half made is made again, and what is stored is stored whole."""
    for process in multiprocessing.active_children():
        process.terminate()


def _begin(worker: int) -> None:
    """In the new process: step back behind all others, and end when the worker is gone, however it went."""
    os.nice(NICE)
    threading.Thread(target=_watch, args=(worker,), daemon=True).start()


def _watch(worker: int) -> None:
    while os.getppid() == worker:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
