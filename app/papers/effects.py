"""What follows once papers are sealed: the log tells of them."""

from app.kernel.database import Site
from app.kernel.outbox import every
from app.ledger.effects import TOLD_EVERY, tell_of
from app.papers.commands import tell_sealed
from app.papers.queries import untold_papers


@every(TOLD_EVERY)
def tell(site: Site) -> None:
    """The log tells of sealed papers."""
    tell_of(site, untold_papers, tell_sealed)
