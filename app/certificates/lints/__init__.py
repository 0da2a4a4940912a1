"""The rules on certificates, one function each with its source. Only they give the token that signing demands."""

from app.certificates.lints import document, iso17065, scheme
from app.certificates.lints.rule import Breach, LintPassed, LintRefused, TokenSpent, inspect
from app.certificates.lints.subject import Drawn, Laid, Said

__all__ = [
    "Breach",
    "Drawn",
    "Laid",
    "LintPassed",
    "LintRefused",
    "Said",
    "TokenSpent",
    "inspect_document",
    "inspect_paper",
    "inspect_statement",
]


def inspect_statement(said: Said) -> LintPassed:
    """The token for signing the credential of a statement, bound to its canonical bytes; LintRefused otherwise."""
    return inspect(said, said.statement.canonical, (iso17065.RULES, scheme.RULES))


def inspect_document(drawn: Drawn) -> LintPassed:
    """The token for sealing a drawn file, bound to the file's bytes; LintRefused otherwise."""
    inspect(drawn, drawn.pdf, (document.FIRST,))
    return inspect(drawn, drawn.pdf, (document.RULES,))


def inspect_paper(laid: Laid) -> LintPassed:
    """The token for sealing any other paper, bound to the file's bytes; LintRefused otherwise."""
    return inspect(laid, laid.pdf, (document.PAPER,))
