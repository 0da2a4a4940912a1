"""The way of one verification: the file itself, the credential in it, the statement, the log, and what is so today."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.certificates.rules import Answer, NumberAnswer, parse_number
from app.kernel.clock import civil_date
from app.kernel.fetching import Unreachable
from app.kernel.words import _, in_words
from app.verifier.anchors import Anchors, Published
from app.verifier.endorsements import check_endorsement, is_endorsement
from app.verifier.licences import check_licence, is_licence, look_behind
from app.verifier.logged import look_at_log
from app.verifier.papers import check_paper
from app.verifier.report import Checked, Found, Report, What
from app.verifier.rules import report
from app.verifier.seals import look_at_keys
from app.verifier.shut_in import CREDENTIAL, LONGEST_CREDENTIAL, OpenedPdf, Opener, open_shut_in
from app.verifier.source import LARGEST
from app.verifier.stamps import look_at_stamp
from app.verifier.statements import check_statement, is_statement
from app.verifier.tokens import (
    hex_digest,
    look_at_today,
    names_register,
    open_credential,
    open_statement,
    parts_of,
)

PAPER: Final = "certificate.pdf"
PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\0\0\0\x18ftyp", b"\0\0\0\x24ftyp")
_NUMBERS = re.compile(rb"(?<![A-Z0-9])[A-Z]{2,6}-[0-9]{6}-[0-9A-Z](?![A-Z0-9])")
MOST_VERSIONS: Final = 10_000
_TOKEN: Final = re.compile(r"[A-Za-z0-9_=+/-]+\.[A-Za-z0-9_=+/-]+\.[A-Za-z0-9_=+/-]*", re.ASCII)
"""Three parts in letters of base64. What is wrong in them is said where they are read: a forgery is a no."""
_INVISIBLE: Final = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_QUOTES: Final = "\"'`<>‘’‚“”„«»‹›"


def checked(
    paper: bytes, anchors: Anchors, published: Published, now: datetime, open_pdf: Opener = open_shut_in
) -> Report:
    """Verify a PDF or a credential at a moment. Never raises on what is in it; `published` gives the files beside it.

    Raises TooSoon when too many PDFs are being opened just now.
    """
    found = _checked(paper, anchors, published, now, open_pdf)
    return found if found.about else replace(found, named=named(paper))


def _checked(paper: bytes, anchors: Anchors, published: Published, now: datetime, open_pdf: Opener) -> Report:
    if paper.lstrip()[:5] == b"%PDF-":
        return _check_pdf(paper, anchors, published, now, open_pdf)
    if token := token_in(paper):
        return _check_pasted(token, anchors, published, now)
    if paper.startswith(PICTURES):
        return nothing(
            _("This is a picture, and a picture proves nothing. Type the number that stands on it, or scan its code.")
        )  # fmt: skip
    return nothing(
        _("This is neither a certificate in PDF nor a credential, so nothing can be said about it.")
    )


def token_in(paper: bytes) -> str:
    """The signed token that a text is, without what mail and word processors put around and into it; empty when it is none.

    White space, quotation marks and marks of byte order are no part of any token. Whatever else was changed stays changed.
    """
    if len(paper) > LONGEST_CREDENTIAL:
        return ""
    text = "".join(paper.decode(errors="replace").split()).translate(_INVISIBLE).strip(_QUOTES)
    return text if _TOKEN.fullmatch(text) else ""


def _check_pasted(token: str, anchors: Anchors, published: Published, now: datetime) -> Report:
    if not names_register(token, anchors):
        return nothing(
            _("This is no credential, endorsement or statement of this register, so nothing can be said about it.")
        )  # fmt: skip
    if is_statement(token):
        return check_statement(token, [], anchors, published, now)
    if is_licence(token, anchors):
        return check_licence(token, anchors, published, now)
    if is_endorsement(token, anchors):
        return check_endorsement(token, anchors, published, now)
    return _check_token(token, {CREDENTIAL: hex_digest(token.encode())}, [], anchors, published, now)


def may_be_sealed(paper: bytes) -> bool:
    """Whether it has to be opened to see."""
    return paper.lstrip()[:5] == b"%PDF-" and b"/ByteRange" in paper


def named(paper: bytes) -> str:
    """The one certificate number that a paper gives, looked for where ours have it; empty for none or several."""
    text = paper + b"".join(parts_of(token_in(paper))[1:])
    found = {parse_number(one.decode()) for one in _NUMBERS.findall(text)}
    numbers = {one.number for one in found if one.answer is NumberAnswer.WELL_FORMED}
    return numbers.pop() if len(numbers) == 1 else ""


def nothing(sentence: str) -> Report:
    """The report on something that is none of the register's making."""
    return report([Checked(What.KIND, Found.CANNOT_TELL, sentence)])


def _check_pdf(pdf: bytes, anchors: Anchors, published: Published, now: datetime, open_pdf: Opener) -> Report:
    if len(pdf) > LARGEST:
        return nothing(_("The file is larger than any certificate, so it was not looked at."))
    if not may_be_sealed(pdf):
        return nothing(
            _("There is no seal in this PDF. A scan, a print or a copy made by another program has none, and a forgery neither, so it proves nothing.")
        )  # fmt: skip
    found = open_pdf(pdf, anchors.roots, anchors.stamp_roots)
    if found is None:
        return nothing(_("The file could not be opened safely, so it was not looked at."))
    items = _sealed(found)
    if not found.genuine:
        return report(items)
    if found.statement is not None:
        return check_statement(found.statement, items, anchors, published, now, found)
    if found.paper is not None:
        return check_paper(found, hex_digest(pdf), items, anchors, published, now)
    if found.token is None:
        said = _("There is no credential in the file, as there is in every certificate of this register.")
        return report([*items, Checked(What.CREDENTIAL, Found.NO, said)])
    digests = {PAPER: hex_digest(pdf), CREDENTIAL: hex_digest(found.token.encode())}
    return _check_token(found.token, digests, items, anchors, published, now, found)


def _sealed(seal: OpenedPdf) -> list[Checked]:
    """The seal in two sentences: whose it is, and whether it covers the whole file."""
    if not seal.genuine:
        what = What.SEAL if seal.whole_file else What.WHOLE_FILE
        return [Checked(what, Found.NO, _(seal.fault))]
    day = in_words(civil_date(seal.sealed_at)) if seal.sealed_at else _("a day it does not name")
    said = _(
        "The seal is that of {body} ({number}), which RRN’s root vouches for; it says it was made on {day}."
    )
    words = said.format(body=seal.signer, number=seal.identifier, day=day)
    whole = _("The seal covers the whole file: nothing was added or changed.")
    return [Checked(What.SEAL, Found.YES, words), Checked(What.WHOLE_FILE, Found.YES, whole)]


def _check_token(
    token: str, digests: Mapping[str, str], items: list[Checked], anchors: Anchors, published: Published, now: datetime,
    seal: OpenedPdf | None = None,
) -> Report:  # fmt: skip
    found, opened = open_credential(token, anchors, published)
    items = [*items, found]
    if opened is None:
        return report(items)
    if seal and not opened.said.issuer.name.startswith(seal.signer):
        said = _("The credential in the file is of {one}, the seal of {other}.")
        words = said.format(one=opened.said.issuer.name, other=seal.signer)
        return report([*items, Checked(What.CREDENTIAL, Found.NO, words)])
    found, statement, folder = open_statement(opened, anchors, published)
    items.append(found)
    if statement is None:
        return report(items)
    logged, made_at = look_at_log(digests, folder, anchors, published)
    items += logged + look_at_stamp(seal, made_at)[0]
    items += look_behind(statement, made_at, anchors, published)
    items.append(look_at_keys(seal, opened.revoked, made_at, anchors, published, now))
    items += look_at_today(opened, statement, anchors, published, now)
    return report(items, statement)


def checked_number(
    typed: str, anchors: Anchors, published: Published, now: datetime, open_pdf: Opener = open_shut_in
) -> Report:
    """Verify the newest published paper of a number."""
    number = parse_number(typed)
    if number.answer is not NumberAnswer.WELL_FORMED:
        said = {
            NumberAnswer.WRONG_CHECK: _("The last character does not fit the number: look at it again."),
            NumberAnswer.NOT_A_NUMBER: _(
                "This is neither a file nor a certificate number such as NGC-000217-M."
            ),
        }
        return nothing(said[number.answer])
    try:
        pdf = _newest(number.number, published)
    except Unreachable as fault:
        return nothing(_("We cannot tell: {why}.").format(why=fault))
    if pdf is None:
        said_of = _(
            "No certificate {number} is published there. Ask the register itself before you rely on that."
        )
        return nothing(said_of.format(number=number.number))
    return checked(pdf, anchors, published, now, open_pdf)


def _newest(number: str, published: Published) -> bytes | None:
    newest = None
    for version in range(1, MOST_VERSIONS):
        found = published(f"certificates/{number}/{version}/{PAPER}")
        if found is None:
            break
        newest = found
    return newest


__all__ = ["Answer", "checked", "checked_number", "nothing"]
