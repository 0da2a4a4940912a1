"""Looking at RRN's credential about a licence: by itself, and as what stands behind a certificate."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.certificates import jose
from app.certificates.did import TYP
from app.certificates.rules import Answer, Statement, sha256
from app.kernel.clock import civil_date
from app.kernel.words import _, in_words
from app.verifier.anchors import DID_OF_RRN, Anchors, Published, had, rrn_did
from app.verifier.report import Checked, Found, Report, What
from app.verifier.rules import report
from app.verifier.seals import look_at_keys
from app.verifier.signers import NoKey, signer_of
from app.verifier.tokens import Signed, Unseen, Vouched, bit, no_credential


class _Party(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    name: str


class _Licence(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    number: str = Field(alias="licenceNumber")
    body: _Party = Field(alias="issuedToParty")


class LicenceCredential(Signed):
    """As much of a licence's credential as is looked at."""

    subject: _Licence = Field(alias="credentialSubject")


@dataclass(frozen=True)
class OpenedLicence(Vouched):
    """A licence's credential whose signature is RRN's."""

    said: LicenceCredential


def is_licence(token: str, anchors: Anchors) -> bool:
    """Whether the token says it is a credential of RRN's own; believed only once its signature is."""
    try:
        return (jose.typ_of(token), jose.kid_of(token).partition("#")[0]) == (TYP, rrn_did(anchors))
    except jose.TokenRefused:
        return False


def check_licence(token: str, anchors: Anchors, published: Published, now: datetime) -> Report:
    """Whether RRN licenses the body today, as its credential and RRN's status lists say."""
    found, opened = _open(token, anchors, published)
    if opened is None:
        return report([found])
    said, body = opened.said, opened.said.subject.body.name
    items = [found]
    if opened.revoked:  # nothing outside says when it was made, so there is no time before
        items.append(look_at_keys(None, opened.revoked, None, anchors, published, now))
    begins, ends = in_words(civil_date(said.begins)), in_words(civil_date(said.ends))
    items += [
        Checked(What.BEGUN, _yes(now >= said.begins), _("The licence runs from {day}.").format(day=begins)),
        Checked(What.EXPIRY, _yes(now <= said.ends), _("The licence runs until {day}.").format(day=ends)),
        _listed(What.REVOCATION, "revocation", opened, anchors, published, now),
        _listed(What.SUSPENSION, "suspension", opened, anchors, published, now),
    ]
    if any(item.found is Found.CANNOT_TELL for item in items):
        return report(items)
    if ended := [item for item in items if item.found is Found.NO]:
        early = ended[0].what is What.BEGUN
        words = _("The licence of {body}: {why}").format(body=body, why=ended[0].sentence)
        return Report(Answer.NOT_CERTIFIED if early else Answer.WAS_CERTIFIED, words, tuple(items))
    words = _("{body} is licensed by RRN to certify training services until {day}, licence {number}.")
    sentence = words.format(body=body, day=ends, number=said.subject.number)
    return Report(Answer.CERTIFIED, sentence, tuple(items))


def look_behind(
    statement: Statement, made_at: datetime | None, anchors: Anchors, published: Published
) -> list[Checked]:
    """Whether the credential of the licence that a certificate names is RRN's, about the body, and the very one; nothing if it names none.

    Whether the licence still stands is another question: a certificate outlives it.
    """
    named = statement.licence_credential
    if named is None:
        return []
    content = had(published, anchors.path(named.address))
    if content is None:
        words = _("RRN’s credential about the licence of the certification body could not be had.")
        return [Checked(What.LICENCE, Found.CANNOT_TELL, words)]
    token = content.decode("ascii", "replace")
    found, opened = _open(token, anchors, published)
    if found.found is Found.CANNOT_TELL:
        return [Checked(What.LICENCE, Found.CANNOT_TELL, found.sentence)]
    if opened is None and named.digest != sha256(token):  # neither RRN's nor what the body named
        words = _("RRN’s credential about the licence of the certification body could not be read.")
        return [Checked(What.LICENCE, Found.CANNOT_TELL, words)]
    about = f"{rrn_did(anchors)}:bodies:{statement.body.ref}"
    same = (sha256(token), statement.body.licence, about)
    if opened is None or (named.digest, opened.said.subject.number, opened.said.subject.body.id) != same:
        words = _("What it names as the licence of the certification body is not RRN’s credential about it.")
        return [Checked(What.LICENCE, Found.NO, words)]
    if opened.revoked and (made_at is None or made_at >= opened.revoked):
        words = _("RRN’s credential about the licence was made with a key that counts no more since {day}.")
        day = in_words(civil_date(opened.revoked))
        return [Checked(What.LICENCE, Found.CANNOT_TELL, words.format(day=day))]
    words = _("RRN licensed {body} when it decided: its credential about that is genuine.")
    return [Checked(What.LICENCE, Found.YES, words.format(body=statement.body.name))]


def _open(token: str, anchors: Anchors, published: Published) -> tuple[Checked, OpenedLicence | None]:
    try:
        kid = jose.kid_of(token)
        if kid.partition("#")[0] != rrn_did(anchors):
            raise jose.TokenRefused("signed by somebody else")
        signer = signer_of(kid, DID_OF_RRN, anchors, published)
        payload = jose.verify(token, {kid: signer.key}, TYP)
        said = LicenceCredential.model_validate(payload)
    except NoKey as fault:
        return Checked(What.CREDENTIAL, fault.found, str(fault)), None
    except jose.TokenRefused:
        words = _("The signature of the credential is false: it was changed or forged.")
        return Checked(What.CREDENTIAL, Found.NO, words), None
    except ValidationError:
        return no_credential(payload), None
    if said.issuer.id != rrn_did(anchors):
        words = _("The credential is signed by somebody else than it names.")
        return Checked(What.CREDENTIAL, Found.NO, words), None
    words = _("The credential is signed by {name} and was not changed.").format(name=said.issuer.name)
    return Checked(What.CREDENTIAL, Found.YES, words), OpenedLicence(said, kid, signer)


def _yes(is_so: bool) -> Found:
    return Found.YES if is_so else Found.NO


def _listed(
    what: What, purpose: str, opened: OpenedLicence, anchors: Anchors, published: Published, now: datetime
) -> Checked:
    places = [one for one in opened.said.statuses if one.purpose == purpose]
    ended = what is What.REVOCATION
    if len(places) != 1:
        return Checked(What.CREDENTIAL, Found.NO, _("The credential names no list on which it could be seen to be ended."))  # fmt: skip
    try:
        is_set = bit(places[0], opened, anchors, published, now)
    except Unseen as fault:
        unsure = _("Whether the licence has ended could not be seen: {why}.") if ended else _("Whether the licence is suspended could not be seen: {why}.")  # fmt: skip
        return Checked(what, Found.CANNOT_TELL, unsure.format(why=fault))
    if is_set:
        said = _("It has ended, or a later version of this credential took its place.") if ended else _("It is suspended, or its UKAS accreditation is.")  # fmt: skip
        return Checked(what, Found.NO, said)
    return Checked(what, Found.YES, _("It has not been ended.") if ended else _("It is not suspended."))
