"""Every fault that a register could plant in its log, each found by a monitor and said in the right sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from app.kernel.fetching import Unreachable
from app.ledger import tree
from app.ledger.note import Checkpoint, sign_note
from app.ledger.tiles import decode_entries, encode_entries, encode_tile, tiles_of
from app.monitor.__main__ import monitor
from app.monitor.memory import Unreadable
from app.monitor.watching import Look, watch
from app.verifier.source import folder
from tests.witness.make import ORIGIN, Log

PROGRAM = Typer()
PROGRAM.command()(monitor)


class Served(Log):
    """A log that is written as files, as `rrn export log` does."""

    def __init__(self, place: Path, entries: int, **more: object) -> None:
        self.entries: list[bytes] = []
        super().__init__(0, **more)  # type: ignore[arg-type]
        self.place = place
        self.add(entries)

    def add(self, count: int, word: str = "entry") -> None:
        for _turn in range(count):
            self.entries.append(f"{word} {self.size}".encode())
            self.grow(1, word)

    def say(self, entry: bytes) -> None:
        self.entries.append(entry)
        self.size = tree.append(self, self.size, tree.leaf_hash(entry))

    def write(self, note: str | None = None) -> None:
        for tile in tiles_of(self.size):
            target = self.place / "log" / tile.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(
                encode_entries(self.entries[tile.span.start : tile.span.stop])
                if tile.level is None
                else encode_tile(self, tile)
            )
        (self.place / ".well-known").mkdir(exist_ok=True)
        (self.place / ".well-known/log.vkey").write_text(f"{self.key.vkey}\n")
        (self.place / "log/checkpoint").write_text(note or self.note())


@pytest.fixture
def log(tmp_path: Path) -> Served:
    """A log of 300 entries that was looked at once, and has 40 more by now."""
    made = Served(tmp_path / "served", 300)
    made.write()
    first = watch(tmp_path / "monitor", folder(made.place))
    assert (first.before, first.alarms, len(first.entries)) == (0, [], 300)
    made.add(40)
    made.write()
    return made


def look(log: Served) -> Look:
    return watch(log.place.parent / "monitor", folder(log.place))


def alarm(log: Served) -> str:
    """The alarm of a look; what was remembered stays as it was, so that the next look finds it again."""
    found = look(log)
    assert len(found.alarms) == 1 and look(log).alarms == found.alarms
    return found.alarms[0]


def test_a_log_that_grows_is_in_order(log: Served) -> None:
    found = look(log)
    assert (found.before, found.checkpoint and found.checkpoint.size, found.alarms) == (300, 340, [])
    assert look(log).before == 340


def test_a_shorter_checkpoint(log: Served) -> None:
    log.write(log.note(299))
    assert alarm(log) == "The log has shrunk: it had 300 entries and now says it has 299."


def test_a_forked_tree_of_the_same_size(log: Served) -> None:
    fork = Served(log.place, 0)
    fork.add(300, "other")
    fork.write()
    assert alarm(log) == "The log has forked: it signed two different trees of 300 entries."


def test_a_forked_tree_that_grew(log: Served) -> None:
    fork = Served(log.place, 120)
    fork.add(230, "other")
    fork.write()
    assert alarm(log).startswith("The log has forked: entry 120 is another than last time")


def test_a_checkpoint_of_another_log(log: Served) -> None:
    text = Checkpoint("other.example/log", 340, bytes(32)).text
    log.write(sign_note(text, log.key, log.private.sign))
    assert alarm(log) == f"The checkpoint is of another log: other.example/log instead of {ORIGIN}."


def test_a_checkpoint_that_nobody_signed(log: Served) -> None:
    (log.place / "log/checkpoint").write_text(Log(340, seed=9).note())
    assert "not one that the log signed" in alarm(log)
    (log.place / "log/checkpoint").write_bytes(b"\xff")
    assert "not one that the log signed" in alarm(log)
    (log.place / "log/checkpoint").unlink()
    assert alarm(log) == "The register publishes no checkpoint of its log."


def test_another_key(log: Served) -> None:
    other = Log(seed=9)
    (log.place / ".well-known/log.vkey").write_text(f"{log.key.vkey}\n{other.key.vkey}\n")
    assert other.key.vkey in alarm(log)
    (log.place / ".well-known/log.vkey").write_text("junk")
    assert "cannot be read" in alarm(log)


def at(log: Served, path: str) -> Path:
    return log.place / "log/tile" / path


Change = Callable[[Served], None]


def edited(number: int) -> Change:
    def change(log: Served) -> None:
        path = at(log, "entries/000" if number < 256 else "entries/001.p/84")
        entries = decode_entries(path.read_bytes())
        entries[number % 256] = b"something else"
        path.write_bytes(encode_entries(entries))

    return change


def swapped(one: str, other: str) -> Change:
    def change(log: Served) -> None:
        at(log, one).write_bytes(at(log, other).read_bytes())

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (edited(17), "Entry 17 was edited: it is another than last time."),
        (edited(330), "The 340 entries do not give the root that the log signed"),
        (lambda log: at(log, "entries/000").unlink(), "The log does not serve tile/entries/000: entries 0 to 255 are missing."),
        (lambda log: at(log, "entries/001.p/84").unlink(), "The log does not serve tile/entries/001.p/84"),
        (lambda log: at(log, "0/000").unlink(), "The log does not serve tile/0/000."),
        (swapped("0/001.p/84", "0/001.p/44"), "The hashes at tile/0/001.p/84 are not those of the entries"),
        (swapped("entries/001.p/84", "entries/001.p/44"), "The log serves something else at tile/entries/001.p/84 than 84 entries."),
        (swapped("entries/000", "0/000"), "The log serves something else at tile/entries/000 than 256 entries."),
        (swapped("1/000.p/1", "0/000"), "The hashes at tile/1/000.p/1 are not those of the entries"),
    ],
)  # fmt: skip
def test_tiles_that_are_missing_swapped_or_edited(log: Served, change: Change, sentence: str) -> None:
    change(log)
    assert alarm(log).startswith(sentence)


@pytest.mark.parametrize("name", ["checkpoint", "leaves", "log.vkey"])
def test_a_monitor_whose_own_memory_is_damaged_says_so(log: Served, name: str) -> None:
    path = log.place.parent / "monitor" / name
    path.write_bytes(path.read_bytes()[:-40] + b"x" * 20)
    with pytest.raises(Unreadable):
        look(log)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(PROGRAM, list(arguments))


def test_the_command_shouts_by_its_exit_code(log: Served) -> None:
    place, against = str(log.place.parent / "monitor"), ["--against", str(log.place)]
    good = run(place, *against)
    assert (good.exit_code, "340 entries, 40 of them new" in good.output) == (0, True), good.output
    assert "was not held against its log" in good.output
    edited(0)(log)
    bad = run(place, *against)
    assert (bad.exit_code, "ALARM: Entry 0 was edited" in bad.output) == (1, True)
    (log.place.parent / "monitor/leaves").write_bytes(b"")
    for arguments in (
        [place, *against],
        [place, "--against", str(log.place / "none")],
        [place, "--against", "https://127.0.0.1/"],
    ):
        stopped = run(*arguments)
        assert (stopped.exit_code, "cannot look" in stopped.output) == (2, True), stopped.output


def test_a_register_that_cannot_be_reached_is_no_alarm(log: Served) -> None:
    def gone(_path: str) -> bytes | None:
        raise Unreachable("it does not answer")

    with pytest.raises(Unreachable):
        watch(log.place.parent / "monitor", gone)
