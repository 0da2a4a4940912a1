"""`rrn verify`, also `python -m app.verifier`: a paper, a credential or a number, against a register or a mirror of one."""

from pathlib import Path
from typing import Annotated

import typer

from app.certificates.rules import Answer
from app.kernel.clock import system_clock
from app.kernel.fetching import Unreachable
from app.kernel.words import _
from app.verifier.anchors import Anchors, Published, Untrusted, anchors_from
from app.verifier.checking import checked, checked_number, nothing
from app.verifier.report import Found, Report
from app.verifier.source import LARGEST, source

WORDS = {Found.YES: "yes", Found.NO: "NO", Found.CANNOT_TELL: "cannot tell", Found.ASIDE: "note"}
CODES = {Answer.CERTIFIED: 0, Answer.WAS_CERTIFIED: 1, Answer.NOT_CERTIFIED: 1, Answer.CANNOT_TELL: 2}
"""Zero for nothing but a plain yes."""


def verify(
    what: Annotated[str, typer.Argument(metavar="FILE|NUMBER", help="A certificate, statement or other paper in PDF, a credential, an endorsement, or a number.")],
    against: Annotated[str, typer.Option(metavar="URL|DIR", envvar="RRN_PUBLIC_BASE_URL", help="The register, or a mirror made by rrn export log.")] = "http://127.0.0.1:8000",
    witness: Annotated[list[str], typer.Option(metavar="VKEY", help="An outside witness that must have cosigned the log.")] = [],  # noqa: B006
) -> None:  # fmt: skip
    """Say whether a certificate is genuine and counts today. Ends with 0 only for certified, 1 for a no, 2 for cannot tell."""
    try:
        published = source(against)
        anchors = anchors_from(published, witness).asked_at(against)
    except (Untrusted, Unreachable) as fault:
        typer.echo(f"cannot_tell: {against} cannot be used to verify anything. {_sentence(fault)}")
        raise typer.Exit(2) from fault
    try:
        found = _looked(what, anchors, published)
    except Exception as fault:  # whatever stands in a stranger's file or mirror, the answer is in words
        typer.echo(f"cannot_tell: A file cannot be read ({type(fault).__name__}).")
        raise typer.Exit(2) from fault
    _tell(found, anchors.fingerprints)
    raise typer.Exit(CODES[found.answer])


def _looked(what: str, anchors: Anchors, published: Published) -> Report:
    now, path = system_clock(), Path(what)
    if not path.is_file():
        return checked_number(what, anchors, published, now)
    if path.stat().st_size > LARGEST:
        return nothing(_("The file is larger than any certificate, so it was not looked at."))
    return checked(path.read_bytes(), anchors, published, now)


def _tell(found: Report, fingerprints: list[str]) -> None:
    for item in found.items:
        typer.echo(f"{WORDS[item.found]:>11}  {item.sentence}")
    for line in fingerprints:
        typer.echo(f"{'believing':>11}  {line}")
    typer.echo(f"\n{found.answer.value}: {found.sentence}")


def _sentence(fault: Exception) -> str:
    text = str(fault)
    return text if text.endswith(".") else f"{text[:1].upper()}{text[1:]}."


if __name__ == "__main__":
    typer.run(verify)
