"""Looking at an endorsement, as it stands in learners' badges: a body's word about a service or a curriculum, and no certificate."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.certificates import jose
from app.certificates.did import ENDORSEMENT_TYP
from app.certificates.rules import Statement
from app.kernel.words import _
from app.verifier.anchors import Anchors, Published, had, rrn_did
from app.verifier.logged import look_at_log
from app.verifier.report import Checked, Found, Report, What
from app.verifier.rules import report
from app.verifier.seals import look_at_keys
from app.verifier.signers import NoKey, signer_of
from app.verifier.tokens import Signed, Vouched, look_at_today

_KEY: Final = re.compile(r"bodies/([A-Za-z0-9-]{1,40})/keys/([A-Za-z0-9_-]{43})", re.ASCII)
_ID: Final = re.compile(r"(certificates/([A-Z0-9-]{1,20})/([1-9][0-9]{0,4}))/endorsements/([A-Za-z0-9-]{1,40})", re.ASCII)  # fmt: skip


class _About(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str


class Endorsement(Signed):
    """As much of an endorsement as is looked at: the members of the credential, and the claims that say the same."""

    id: str
    subject: Annotated[_About, Field(alias="credentialSubject")]
    iss: str
    jti: str
    sub: str


@dataclass(frozen=True)
class OpenedEndorsement(Vouched):
    """One whose signature is that of a body of this register."""

    said: Endorsement


def is_endorsement(token: str, anchors: Anchors) -> bool:
    """Whether the token says it is an endorsement by a body of this register; believed only once its signature is."""
    try:
        return jose.typ_of(token) == ENDORSEMENT_TYP and _key(jose.kid_of(token), anchors) is not None
    except jose.TokenRefused:
        return False


def check_endorsement(token: str, anchors: Anchors, published: Published, now: datetime) -> Report:
    """Whether the service or the curriculum is certified today, as the body's word, its certificate and the lists say."""
    found, opened = _open(token, anchors, published)
    items = [found]
    if opened is None:
        return report(items)
    found, statement, folder, name = _statement(opened.said, anchors, published)
    items.append(found)
    if statement is None:
        return report(items)
    digests = {"statement.json": hashlib.sha256(statement.canonical).hexdigest()}
    items += look_at_log(digests, folder, anchors, published)[0]
    if opened.revoked:  # no entry of the log says when an endorsement was signed, so there is no time before
        items.append(look_at_keys(None, opened.revoked, None, anchors, published, now))
    items += look_at_today(opened, statement, anchors, published, now)
    words = _("An endorsement of “{name}” by {body}, for badges. It is no certificate and says nothing of any learner. {said}")  # fmt: skip
    answer = report(items, statement)
    return replace(
        answer, sentence=words.format(name=name, body=opened.said.issuer.name, said=answer.sentence), why=""
    )


def _key(kid: str, anchors: Anchors) -> tuple[str, str] | None:
    """The body and the thumbprint that the address of a key names."""
    found = _KEY.fullmatch(anchors.path(kid) or "")
    return (found[1], found[2]) if found else None


def _open(token: str, anchors: Anchors, published: Published) -> tuple[Checked, OpenedEndorsement | None]:
    kid = jose.kid_of(token)
    named = _key(kid, anchors)
    assert named
    body, thumbprint = named
    did = f"{rrn_did(anchors)}:bodies:{body}"
    by = f"{did}#{thumbprint}"
    try:
        signer = signer_of(by, f"bodies/{body}/did.json", anchors, published)
        said = Endorsement.model_validate(jose.verify(token, {kid: signer.key}, ENDORSEMENT_TYP))
    except NoKey as fault:
        return Checked(What.CREDENTIAL, fault.found, str(fault)), None
    except jose.TokenRefused:
        return _no(What.CREDENTIAL, _("The signature of the endorsement is false: it was changed or forged.")), None  # fmt: skip
    except ValidationError:
        return _no(What.CREDENTIAL, _("The endorsement says less than those of this register do.")), None
    if (said.issuer.id, said.iss, said.jti, said.sub) != (did, did, said.id, said.subject.id):
        return _no(What.CREDENTIAL, _("The endorsement is signed by another body than the one it names, or says two things at once.")), None  # fmt: skip
    words = _("The endorsement is signed by {body} and was not changed.").format(body=said.issuer.name)
    return Checked(What.CREDENTIAL, Found.YES, words), OpenedEndorsement(said, by, signer)


def _statement(
    said: Endorsement, anchors: Anchors, published: Published
) -> tuple[Checked, Statement | None, str, str]:
    """The statement of the certificate it rests on, when that is the body's and names what is endorsed; its folder, and the name."""
    found = _ID.fullmatch(anchors.path(said.id) or "")
    if found is None:
        return _no(What.STATEMENT, _("The endorsement names no certificate of this register.")), None, "", ""
    folder, number, version, about = found[1], found[2], int(found[3]), found[4]
    content = had(published, f"{folder}/statement.json")
    if content is None:
        words = _("The statement of the certificate it rests on could not be had.")
        return Checked(What.STATEMENT, Found.CANNOT_TELL, words), None, "", ""
    try:
        statement = Statement.model_validate_json(content)
    except ValidationError:
        words = _("The certificate it rests on has a form that this software does not know. Ask with a newer version.")  # fmt: skip
        return Checked(What.STATEMENT, Found.CANNOT_TELL, words), None, "", ""
    names = {statement.holder.ref: ("services", statement.holder.name)}
    names |= {one.ref: ("curricula", one.title) for one in statement.scope}
    kind, name = names.get(about, ("", ""))
    same = (statement.number, statement.version, statement.canonical) == (number, version, content)
    own = said.iss.endswith(f":bodies:{statement.body.ref}") and anchors.path(said.sub) == f"register/{kind}/{about}"  # fmt: skip
    if not (name and same and own):
        return _no(What.STATEMENT, _("The certificate it names says something else.")), None, "", ""
    words = _("It rests on certificate {number}, version {version}, of {holder}, which names “{name}”.")
    told = words.format(number=number, version=version, holder=statement.holder.name, name=name)
    return Checked(What.STATEMENT, Found.YES, told), statement, folder, name


def _no(what: What, sentence: str) -> Checked:
    return Checked(what, Found.NO, sentence)
