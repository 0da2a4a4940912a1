"""New paper for many with keys in a token: each process that draws opens the token for itself."""

from dataclasses import replace
from datetime import timedelta
from multiprocessing.context import SpawnContext

import pytest

from app.certificates.effects import pool, reissue
from app.certificates.effects.worker import key_store
from app.certificates.keys import Purpose
from app.certificates.verify import verify_pdf
from app.kernel.database import connect
from app.settings import Settings
from tests.certificates.make import make_world, versions, work
from tests.certificates.test_issuing import file, keys
from tests.certificates.test_reissue import go_to_the_end, job, some, start
from tests.conftest import SetClock

MANY = 5


def test_every_process_seals_with_the_token_and_none_has_a_key_of_its_own(
    settings: Settings, clock: SetClock, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker has its own session open when they are started, and goes on with it while they have theirs."""
    monkeypatch.setattr(pool, "FEW", 0)
    site = connect(replace(settings, seal_key=token, credential_key=token, log_key=token), clock)
    try:
        world = make_world(site, curricula=MANY)
        numbers = some(world, MANY)
        store = key_store(site.settings)
        assert store.signing(Purpose.SEAL, world.body.ref, clock.now).sign(b"the worker has it open")
        clock.now += timedelta(days=1)
        start(world)
        assert reissue.go_on(site)
        started = reissue._presses._pool
        assert started is not None, "nothing was given to other processes"
        assert isinstance(started._mp_context, SpawnContext), "an open PKCS #11 library must not be forked"
        go_to_the_end(site)
        assert (job(site)[1].done, job(site)[1].failed) == (MANY, 0)
        for number in numbers:
            assert verify_pdf(file(site, number, "certificate.pdf", 2), keys(site).anchors()).genuine
            assert len({one.seal_key for one in versions(site, number)}) == 1
        work(site)
        assert not (site.settings.data_dir / "keys-private").exists()
    finally:
        reissue._presses.end()
        site.engine.dispose()
