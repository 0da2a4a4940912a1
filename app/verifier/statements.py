"""Looking at a signed statement of the register: whose it is, whether it was changed, and whether the log had that root."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.certificates import jose
from app.certificates.did import STATEMENT_TYP
from app.certificates.rules import Answer
from app.kernel.words import _
from app.ledger.note import Checkpoint, NoteError
from app.ledger.rules import EntryKind
from app.ledger.tiles import WIDTH, Tile
from app.ledger.tree import node_hash, root
from app.verifier.anchors import DID_OF_RRN, Anchors, Published, had, keys_of, revoked_since, rrn_did
from app.verifier.logged import NotLogged, Unseen, checkpoint_of, told_at
from app.verifier.report import Checked, Found, Report, What
from app.verifier.rules import report
from app.verifier.seals import look_at_keys
from app.verifier.shut_in import OpenedPdf
from app.verifier.stamps import look_at_stamp, moment_in_words
from app.verifier.tokens import hex_digest

STATEMENT: Final = "statement.jwt"
HEIGHT: Final = WIDTH.bit_length() - 1
HASH: Final = 32


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Facts(_Part):
    answer: Answer


class _Said(_Part):
    sentence: str
    facts: _Facts


class _Issuer(_Part):
    id: str
    name: str


class _Statement(_Part):
    """As much of a statement as is looked at."""

    issuer: _Issuer
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
    """The answer the statement gives, when RRN signed it, it was not changed, the log stood as it says, and its keys count.

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
    newest = said.now or said.then
    return Report(
        newest.facts.answer,
        _("A genuine statement of the register. {said}").format(said=newest.sentence),
        tuple(items),
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
    document = had(published, DID_OF_RRN)
    if document is None:
        words = _("The keys of the register could not be had, so the signature could not be checked.")
        return Checked(What.CREDENTIAL, Found.CANNOT_TELL, words), None, None
    try:
        said = _Statement.model_validate(jose.verify(token, keys_of(document, kid), STATEMENT_TYP))
    except jose.TokenRefused:
        return _no(_("The signature of the statement is false: it was changed or forged.")), None, None
    except ValidationError:
        return _no(_("The statement says less than those of this register do.")), None, None
    if said.issuer.id != did:
        return _no(_("The statement is signed by somebody else than it names.")), None, None
    words = _("The statement is signed by {name} and was not changed.").format(name=said.issuer.name)
    return Checked(What.CREDENTIAL, Found.YES, words), said, revoked_since(document, kid)


def _no(sentence: str) -> Checked:
    return Checked(What.CREDENTIAL, Found.NO, sentence)


class _Missing(Exception):
    """A tile could not be had."""


class _FromTiles:
    """The hashes of a published log of that size, worked out from its tiles (the `Nodes` of app.ledger.tree, to read)."""

    def __init__(self, size: int, published: Published) -> None:
        self.size, self.published = size, published

    def get(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree: folded from the row of hashes that a tile holds."""
        row, within = divmod(level, HEIGHT)
        number, start = divmod(index << within, WIDTH)
        width = min(WIDTH, (self.size >> (HEIGHT * row)) - number * WIDTH)
        content = had(self.published, f"log/{Tile(row, number, width).path}")
        if content is None or len(content) != width * HASH:
            raise _Missing
        hashes = [content[at : at + HASH] for at in range(start * HASH, (start + (1 << within)) * HASH, HASH)]
        while len(hashes) > 1:
            hashes = [node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    def put(self, level: int, index: int, digest: bytes) -> Any:
        """Nothing is put into what others published."""
        raise TypeError("tiles are read only")


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
    unseen = _("The register’s log could not be had as far as the statement speaks of it.")
    note = had(published, "log/checkpoint")
    if note is None:
        return Checked(What.LOG, Found.CANNOT_TELL, unseen)
    try:
        newest: Checkpoint = checkpoint_of(note, anchors)
        nodes = _FromTiles(newest.size, published)
        if newest.size < said.size:
            return Checked(What.LOG, Found.CANNOT_TELL, unseen)
        true = root(nodes, newest.size) == newest.root
        same = root(nodes, said.size).hex() == said.root
    except _Missing:
        return Checked(What.LOG, Found.CANNOT_TELL, unseen)
    except NoteError:
        return Checked(What.LOG, Found.NO, _("The checkpoint of the register’s log is not signed by it."))
    if not (true and same):
        return Checked(What.LOG, Found.NO, _("The register’s log never stood as the statement says."))
    words = _("The register’s log had this root when it had {size} entries, and the log is signed.")
    return Checked(What.LOG, Found.YES, words.format(size=said.size))
