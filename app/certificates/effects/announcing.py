"""The log tells of every key. Ceremonies and the worker make keys beside the database, so the worker looks what is new."""

from datetime import timedelta

from app.certificates.commands import announce_keys
from app.certificates.queries.announced import untold
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.outbox import every


@every(timedelta(seconds=15))
def announce(site: Site) -> None:
    """One entry for each key that is new, and for each whose planned use was given an end."""
    with reading(site, SYSTEM) as unit:
        news = untold(unit)
    if news:
        with writing(site, SYSTEM) as unit:
            announce_keys(unit)
