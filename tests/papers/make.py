"""Cases that leave papers behind, and the papers as rows and files."""

from dataclasses import dataclass

from sqlalchemy import select

from app.cases.rules import State
from app.kernel import files, outbox
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading
from app.papers.models import Paper
from app.papers.queries import said_in
from app.papers.rules import PaperKind, Said
from tests.cases import make


@dataclass(frozen=True)
class Made:
    """One paper: its row, what it says, and its files when it has them."""

    row: Paper
    said: Said
    pdf: bytes
    token: bytes

    @property
    def lines(self) -> list[str]:
        """Everything it says in its parts."""
        return [line for part in self.said.parts for line in (part.heading, *part.lines)]


def decided(site: Site) -> make.World:
    """A case with one finding, closed, that was granted; nothing is delivered yet."""
    world = make.make_case(site, State.IN_EVALUATION)
    make.close_finding(world, make.issue_findings(world))
    make.complete(world)
    make.take_into_review(world)
    make.recommend(world)
    make.grant(world)
    return world


def papers(site: Site, kind: PaperKind | None = None) -> list[Made]:
    """The papers there are, oldest first."""
    with reading(site, SYSTEM) as unit:
        rows = unit.db.scalars(select(Paper).order_by(Paper.id)).all()
        return [
            Made(row, said_in(row), *(_file(site, name) for name in (row.pdf_digest, row.token_digest)))
            for row in rows
            if kind is None or row.kind is kind
        ]


def _file(site: Site, name: str | None) -> bytes:
    return files.fetch(site.settings, name) if name else b""


def work(site: Site) -> None:
    """The worker does everything that is due."""
    outbox.deliver_all(site)
