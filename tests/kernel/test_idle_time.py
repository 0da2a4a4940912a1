"""Work that can wait: a piece of each in turn, so that much of one holds up no other."""

import pytest

from app.kernel import outbox
from app.kernel.database import Site


def test_each_work_that_can_wait_gets_its_piece_however_much_there_is_of_another(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def endless(_site: Site) -> bool:
        done.append("endless")
        return True

    def short(_site: Site) -> bool:
        done.append("short")
        return False

    monkeypatch.setattr(outbox, "_spare", [endless, short])
    assert outbox.use_idle_time(site)
    assert done == ["endless", "short"]
    monkeypatch.setattr(outbox, "_spare", [short])
    assert not outbox.use_idle_time(site)
