"""Looking at a credential: its signature, the statement it speaks of, and what the status lists and the dates say today."""

import base64
import hashlib
import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.certificates import jose
from app.certificates.did import TYP
from app.certificates.keys import PublicKey
from app.certificates.rules import LIST_LENGTH, Statement
from app.kernel.clock import civil_date
from app.kernel.words import _, in_words
from app.verifier.anchors import Anchors, Published, document_of, had, issuer_of, rrn_did
from app.verifier.report import Checked, Found, What
from app.verifier.signers import NoKey, Signer, signer_of

LIST_BYTES: Final = LIST_LENGTH // 8
_STATEMENT: Final = re.compile(r"certificates/[A-Z0-9-]{1,20}/[1-9][0-9]{0,4}/statement\.json", re.ASCII)
_LIST: Final = re.compile(r"status/[A-Za-z0-9-]{1,40}/[a-z]{1,20}/[1-9][0-9]{0,5}", re.ASCII)
Purpose = Literal["revocation", "suspension"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Issuer(_Part):
    id: str
    name: str


class _Evidence(_Part):
    link: str = Field(alias="linkURL")
    digest: str = Field(alias="digestMultibase")


class _Attestation(_Part):
    evidence: _Evidence = Field(alias="auditableEvidence")


class _Status(_Part):
    purpose: Purpose = Field(alias="statusPurpose")
    index: Annotated[str, Field(alias="statusListIndex", pattern=r"^[0-9]{1,6}$")]
    address: str = Field(alias="statusListCredential")


class Signed(_Part):
    """What every credential of the register says: whose it is, from when until when, and where it is seen to be ended."""

    issuer: _Issuer
    begins: AwareDatetime = Field(alias="validFrom")
    ends: AwareDatetime = Field(alias="validUntil")
    statuses: Annotated[tuple[_Status, ...], Field(alias="credentialStatus", min_length=2, max_length=2)]


class Credential(Signed):
    """As much of a certificate's credential as is looked at."""

    subject: _Attestation = Field(alias="credentialSubject")


class _Bits(_Part):
    purpose: Purpose = Field(alias="statusPurpose")
    encoded: str = Field(alias="encodedList")


class _List(_Part):
    id: str
    issuer: str
    begins: AwareDatetime = Field(alias="validFrom")
    ends: AwareDatetime = Field(alias="validUntil")
    subject: _Bits = Field(alias="credentialSubject")


@dataclass(frozen=True)
class Vouched:
    """A credential whose signature is true, with the key of its issuer that made it."""

    said: Signed
    kid: str
    signer: Signer

    @property
    def revoked(self) -> datetime | None:
        """From when on nothing signed with its key may be believed."""
        return self.signer.revoked


@dataclass(frozen=True)
class Opened(Vouched):
    """One of a certificate."""

    said: Credential


def names_register(token: str, anchors: Anchors) -> bool:
    """Whether a token gives itself out as one of this register: its names stand in the header or in what is signed.

    Looked for without believing anything, so that a forgery that no reader of ours would take apart is still called one.
    """
    ours = rrn_did(anchors), f"//{anchors.host}/"
    return any(name.encode() in part for part in parts_of(token) for name in ours)


def parts_of(token: str) -> list[bytes]:
    """Header and payload as bytes, however they are spelt; nothing for what is no base64."""
    found = []
    for part in token.split(".")[:2]:
        try:
            found.append(base64.b64decode(part.rstrip("=") + "==", altchars=b"-_"))
        except ValueError:
            found.append(b"")
    return found


def open_credential(token: str, anchors: Anchors, published: Published) -> tuple[Checked, Opened | None]:
    """Whether the credential is signed by a body of this register."""
    try:
        kid = jose.kid_of(token)
    except jose.TokenRefused:
        return _no(What.CREDENTIAL, _("The credential is not one as this register makes them.")), None
    path = issuer_of(kid, anchors)
    if path is None:
        return _no(
            What.CREDENTIAL, _("The credential is signed by somebody who is not in this register.")
        ), None
    try:
        signer = signer_of(kid, path, anchors, published)
        payload = jose.verify(token, {kid: signer.key}, TYP)
        said = Credential.model_validate(payload)
    except NoKey as fault:
        return Checked(What.CREDENTIAL, fault.found, str(fault)), None
    except jose.TokenRefused:
        return _no(
            What.CREDENTIAL, _("The signature of the credential is false: it was changed or forged.")
        ), None
    except ValidationError:
        return no_credential(payload), None
    if said.issuer.id != kid.partition("#")[0]:
        return _no(
            What.CREDENTIAL, _("The credential is signed by another body than the one it names.")
        ), None
    sentence = _("The credential is signed by {body} and was not changed.").format(body=said.issuer.name)
    return Checked(What.CREDENTIAL, Found.YES, sentence), Opened(said, kid, signer)


def no_credential(payload: dict[str, Any]) -> Checked:
    """What is truly signed and is not what was looked for: a status list, which lies at an address of its own, or less than it should be."""
    try:
        _List.model_validate(payload)
    except ValidationError:
        return _no(What.CREDENTIAL, _("The credential says less than those of this register do."))
    words = _(
        "This is a status list of the register and no certificate: by itself it says nothing of anybody."
    )
    return Checked(What.KIND, Found.CANNOT_TELL, words)


def open_statement(
    opened: Opened, anchors: Anchors, published: Published
) -> tuple[Checked, Statement | None, str]:
    """Whether the statement it was made from is the published one; also the folder its files lie in."""
    path = anchors.path(opened.said.subject.evidence.link)
    if path is None or not _STATEMENT.fullmatch(path):
        return (
            _no(What.STATEMENT, _("The credential names a statement that is not in this register.")),
            None,
            "",
        )
    content = had(published, path)
    if content is None:
        sentence = _("The statement it was made from could not be had.")
        return Checked(What.STATEMENT, Found.CANNOT_TELL, sentence), None, ""
    fits = jose.digest_multibase(content) == opened.said.subject.evidence.digest
    try:
        said = Statement.model_validate_json(content)
    except ValidationError:
        if fits:  # the body signed these bytes: they are genuine, and of a form that came before or after this software
            sentence = _(
                "It names a statement in a form that this software does not know. Ask with a newer version."
            )
            return Checked(What.STATEMENT, Found.CANNOT_TELL, sentence), None, ""
        sentence = _("The statement it was made from could not be read.")
        return Checked(What.STATEMENT, Found.CANNOT_TELL, sentence), None, ""
    folder = f"certificates/{said.number}/{said.version}"
    if not fits or said.canonical != content or path != f"{folder}/statement.json":
        return _no(What.STATEMENT, _("It says something else than the published statement.")), None, ""
    sentence = _("It says what the register published: certificate {number}, version {version}, of {holder}.")
    told = sentence.format(number=said.number, version=said.version, holder=said.holder.name)
    return Checked(What.STATEMENT, Found.YES, told), said, folder


def look_at_today(
    opened: Vouched, statement: Statement, anchors: Anchors, published: Published, now: datetime
) -> list[Checked]:
    """Dates and both status lists."""
    said, today = opened.said, civil_date(now)
    begun, over = now >= said.begins, now > said.ends or today > statement.expires_on
    begins, ends = in_words(statement.starts_on), in_words(statement.expires_on)
    return [
        Checked(What.BEGUN, Found.YES, _("It began on {day}.").format(day=begins))
        if begun
        else _no(What.BEGUN, _("It does not count before {day}.").format(day=begins)),
        _no(What.EXPIRY, _("It expired on {day}.").format(day=ends))
        if over
        else Checked(What.EXPIRY, Found.YES, _("It runs until {day}.").format(day=ends)),
        _named_newer(
            _look_at_list(What.REVOCATION, "revocation", opened, anchors, published, now),
            statement,
            published,
        ),
        _look_at_list(What.SUSPENSION, "suspension", opened, anchors, published, now),
    ]


def _named_newer(ended: Checked, statement: Statement, published: Published) -> Checked:
    """The list says ended or replaced in one bit; which of them it is shows beside it."""
    later = statement.version + 1
    if ended.found is not Found.NO or not had(
        published, f"certificates/{statement.number}/{later}/statement.json"
    ):
        return ended
    said = _("Version {later} took the place of this one, version {version}: ask for the newest.")
    return _no(ended.what, said.format(later=later, version=statement.version))


SET: Final = {
    "revocation": "It has ended, or a later version took its place.",
    "suspension": "It is suspended, or a curriculum on it is.",
}
CLEAR: Final = {"revocation": "It has not been ended or replaced.", "suspension": "It is not suspended."}
UNSURE: Final = {
    "revocation": "Whether it has been ended could not be seen: {why}.",
    "suspension": "Whether it is suspended could not be seen: {why}.",
}


def _look_at_list(
    what: What, purpose: Purpose, opened: Vouched, anchors: Anchors, published: Published, now: datetime
) -> Checked:
    places = [one for one in opened.said.statuses if one.purpose == purpose]
    if len(places) != 1:
        return _no(What.CREDENTIAL, _("The credential names no list on which it could be seen to be ended."))
    try:
        is_set = bit(places[0], opened, anchors, published, now)
    except Unseen as fault:
        return Checked(what, Found.CANNOT_TELL, _(UNSURE[purpose]).format(why=fault))
    return _no(what, _(SET[purpose])) if is_set else Checked(what, Found.YES, _(CLEAR[purpose]))


class Unseen(Exception):
    """The bit could not be read; the message is a clause."""


def bit(place: _Status, opened: Vouched, anchors: Anchors, published: Published, now: datetime) -> bool:
    """Whether the entry is set in the list it stands in, when that is the issuer's and counts today. Raises Unseen."""
    path = anchors.path(place.address)
    content = had(published, path) if path and _LIST.fullmatch(path) else None
    if content is None:
        raise Unseen(_("the list could not be had"))
    try:
        kid = jose.kid_of(content.decode())
        key = _same_issuer(kid, opened, anchors, published)
        said = _List.model_validate(jose.verify(content.decode(), {kid: key}, TYP))
        bits = unpack(said.subject.encoded)
    except (NoKey, ValueError) as fault:
        raise Unseen(_("the list is not a true one")) from fault
    named = (said.id, said.issuer, said.subject.purpose)
    if named != (place.address, opened.said.issuer.id, place.purpose):
        raise Unseen(_("the list is another one"))
    if not said.begins <= now <= said.ends:
        ended = in_words(civil_date(said.ends))
        raise Unseen(_("the list counted until {day}, and a newer one is needed").format(day=ended))
    index = int(place.index)
    if index >= LIST_LENGTH:
        raise Unseen(_("the list has no such entry"))
    return bool(bits[index >> 3] & 0x80 >> (index & 7))


def _same_issuer(kid: str, opened: Vouched, anchors: Anchors, published: Published) -> PublicKey:
    """The key of a list, when it is that of the credential or another one of whoever signed that. Raises NoKey."""
    if kid == opened.kid:
        return opened.signer.key
    path = document_of(kid, anchors)
    if path is None or kid.partition("#")[0] != opened.said.issuer.id:
        raise NoKey(Found.NO, _("The list is signed by somebody else."))
    return signer_of(kid, path, anchors, published).key


def unpack(encoded: str) -> bytes:
    """The bits of a list (Bitstring Status List 1.0, section 3.3); ValueError, and never more bytes than a list has."""
    if not encoded.startswith("u"):
        raise ValueError("not multibase")
    opener = zlib.decompressobj(wbits=31)
    packed = jose.decode(encoded[1:])
    try:
        bits = opener.decompress(packed, LIST_BYTES + 1)
    except zlib.error as fault:
        raise ValueError("not gzip") from fault
    if len(bits) != LIST_BYTES or not opener.eof:
        raise ValueError("another length")
    return bits


def hex_digest(content: bytes) -> str:
    """SHA-256 as the log writes it."""
    return hashlib.sha256(content).hexdigest()


def _no(what: What, sentence: str) -> Checked:
    return Checked(what, Found.NO, sentence)
