"""Looking at a signed statement of the register: whose it is, whether it was changed, and whether the log had that root."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.certificates import jose
from app.certificates.did import STATEMENT_TYP
from app.certificates.rules import Answer
from app.kernel.words import _, in_words
from app.ledger.rules import EntryKind
from app.verifier.anchors import DID_OF_RRN, Anchors, Published, rrn_did
from app.verifier.logged import NotLogged, Unseen, newest_of, told_at
from app.verifier.report import About, Checked, Found, Report, What
from app.verifier.roots import Missing, begins_with
from app.verifier.rules import about_a_day, report
from app.verifier.seals import look_at_keys
from app.verifier.shut_in import OpenedPdf
from app.verifier.signers import NoKey, signer_of
from app.verifier.stamps import look_at_stamp, moment_in_words
from app.verifier.tokens import hex_digest

STATEMENT: Final = "statement.jwt"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Facts(_Part):
    answer: Answer


class _Said(_Part):
    known_at: AwareDatetime
    sentence: str
    facts: _Facts


class _Issuer(_Part):
    id: str
    name: str


class _Statement(_Part):
    """As much of a statement as is looked at."""

    issuer: _Issuer
    kind: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")]
    ref: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
    on: date
    then: _Said
    now: _Said | None
    size: Annotated[int, Field(alias="as_of_log_size", ge=1, le=2**53)]
    root: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def is_statement(token: str) -> bool:
    """Whether the token says it is a statement; believed only once its signature is."""
    try:
        return jose.typ_of(token) == STATEMENT_TYP
    except jose.TokenRefused:
        return False


def check_statement(
    token: str, items: list[Checked], anchors: Anchors, published: Published, now: datetime, seal: OpenedPdf | None = None
) -> Report:  # fmt: skip
    """What the statement says of its day, when RRN signed it, it was not changed, the log stood as it says, and its keys count.

    The day it bears is what whoever has the key wrote. With a key that others may know it stands when the log or a time stamp
    tells of it since before they may have known it, and is in doubt otherwise.
    """
    found, said, revoked = _open(token, anchors, published)
    items = [*items, found]
    if said is None:
        return report(items)
    if seal and seal.signer != said.issuer.name:
        words = _("The statement in the file is of {one}, the seal of {other}.")
        items.append(Checked(What.STATEMENT, Found.NO, words.format(one=said.issuer.name, other=seal.signer)))
        return report(items)
    logged, told = _look_at_log(token, said, anchors, published)
    stamp, stamped_at = look_at_stamp(seal, told)
    made_at = min((at for at in (told, stamped_at) if at), default=None)
    items += [logged, *stamp, look_at_keys(seal, revoked, made_at, anchors, published, now)]
    if any(item.found in (Found.NO, Found.CANNOT_TELL) for item in items):
        return report(items)
    return _told(said, items)


def _told(said: _Statement, items: list[Checked]) -> Report:
    """The words of a genuine statement, and that they are about a day."""
    told = said.now or said.then
    about = About(said.kind, said.ref, said.on, told.known_at, told.facts.answer, told.sentence)
    words = _("A genuine statement of the register about {day}: it does not say what is so today. {said}")
    sentence = words.format(day=in_words(said.on), said=told.sentence)
    named = said.ref if said.kind == "certificates" else ""
    return Report(
        about_a_day(about.answer), sentence, tuple(items), named=named, why=told.sentence, about=about
    )


def _open(
    token: str, anchors: Anchors, published: Published
) -> tuple[Checked, _Statement | None, datetime | None]:
    did = rrn_did(anchors)
    try:
        kid = jose.kid_of(token)
    except jose.TokenRefused:
        return _no(_("The statement is not one as this register makes them.")), None, None
    if kid.partition("#")[0] != did:
        return _no(_("The statement is signed by somebody else than this register.")), None, None
    try:
        signer = signer_of(kid, DID_OF_RRN, anchors, published)
        said = _Statement.model_validate(jose.verify(token, {kid: signer.key}, STATEMENT_TYP))
    except NoKey as fault:
        return Checked(What.CREDENTIAL, fault.found, str(fault)), None, None
    except jose.TokenRefused:
        return _no(_("The signature of the statement is false: it was changed or forged.")), None, None
    except ValidationError:
        return _no(_("The statement says less than those of this register do.")), None, None
    if said.issuer.id != did:
        return _no(_("The statement is signed by somebody else than it names.")), None, None
    words = _("The statement is signed by {name} and was not changed.").format(name=said.issuer.name)
    return Checked(What.CREDENTIAL, Found.YES, words), said, signer.revoked


def _no(sentence: str) -> Checked:
    return Checked(What.CREDENTIAL, Found.NO, sentence)


def _look_at_log(
    token: str, said: _Statement, anchors: Anchors, published: Published
) -> tuple[Checked, datetime | None]:
    """Whether the log stood as the statement says, and since when it tells of the statement itself."""
    rooted = _look_at_root(said, anchors, published)
    try:
        at = told_at(EntryKind.STATEMENT_SEALED, hex_digest(token.encode()), anchors, published)
    except NotLogged as fault:
        return Checked(What.LOG, Found.NO, str(fault)), None
    except Unseen:
        return rooted, None
    if at is None or rooted.found is not Found.YES:
        return rooted, at
    since = _("It tells of this very statement since {moment}.").format(moment=moment_in_words(at))
    return replace(rooted, sentence=f"{rooted.sentence} {since}"), at


def _look_at_root(said: _Statement, anchors: Anchors, published: Published) -> Checked:
    """Whether the first so many entries of the log have the root that the statement names."""
    try:
        newest = newest_of(anchors, published)
        same = begins_with(newest, said.size, bytes.fromhex(said.root), published)
    except (Unseen, Missing):
        unseen = _("The register’s log could not be had as far as the statement speaks of it.")
        return Checked(What.LOG, Found.CANNOT_TELL, unseen)
    except NotLogged as fault:
        return Checked(What.LOG, Found.NO, str(fault))
    if not same:
        return Checked(What.LOG, Found.NO, _("The register’s log never stood as the statement says."))
    words = _("The register’s log had this root when it had {size} entries, and the log is signed.")
    return Checked(What.LOG, Found.YES, words.format(size=said.size))
