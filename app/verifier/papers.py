"""Looking at a paper that is no certificate: a report, a decision or a licence, sealed by whoever says it.

It proves what somebody said, and never that anybody is certified: so the answer is that this paper cannot tell.
"""

from datetime import datetime

from pydantic import ValidationError

from app.certificates import jose
from app.kernel.clock import civil_date
from app.kernel.words import _, in_words
from app.ledger.rules import EntryKind
from app.papers.rules import TYP, PaperKind, Said
from app.verifier.anchors import Anchors, Published, document_of
from app.verifier.logged import NotLogged, Unseen, told_at
from app.verifier.report import Checked, Found, Report, What
from app.verifier.rules import report
from app.verifier.seals import look_at_keys
from app.verifier.shut_in import OpenedPdf
from app.verifier.signers import NoKey, signer_of
from app.verifier.stamps import look_at_stamp, moment_in_words


def check_paper(
    seal: OpenedPdf, digest: str, items: list[Checked], anchors: Anchors, published: Published, now: datetime
) -> Report:
    """What a genuine paper is, in a sentence; a no when its words were signed by somebody else than its seal names.

    `digest` is that of the file. With a key that others may know a paper stands when the log or a time stamp tells of it since
    before they may have known it, and is in doubt otherwise.
    """
    found, said, revoked = _open(seal.paper or "", anchors, published)
    items = [*items, found]
    if said is None:
        return report(items)
    if not said.issuer.name.startswith(seal.signer):
        words = _("The words in the file are of {one}, the seal of {other}.")
        return report([*items, _no(words.format(one=said.issuer.name, other=seal.signer))])
    logged, told = _look_at_log(said.kind, digest, anchors, published)
    stamp, stamped_at = look_at_stamp(seal, told)
    made_at = min((at for at in (told, stamped_at) if at), default=None)
    weighed = [*stamp, look_at_keys(seal, revoked, made_at, anchors, published, now)]
    items += [logged, *weighed]
    if logged.found is Found.NO or any(item.found in (Found.NO, Found.CANNOT_TELL) for item in weighed):
        return report(items)
    day = in_words(civil_date(seal.sealed_at)) if seal.sealed_at else _("a day it does not name")
    words = _(
        "This is genuine: “{title}”, sealed by {name} on {day}. It is no certificate and does not tell what is certified today."
    ).format(title=said.title, name=said.issuer.name, day=day)
    return report([*items, Checked(What.KIND, Found.CANNOT_TELL, words)])


def _look_at_log(
    kind: PaperKind, digest: str, anchors: Anchors, published: Published
) -> tuple[Checked, datetime | None]:
    """Whether the log holds this very file, in words, and since when it tells of it. That it does not weighs nothing by itself."""
    if kind is PaperKind.DAY:
        words = _(
            "The log has no entry for the report of a day: what it says can be worked out from the log."
        )
        return Checked(What.LOG, Found.ASIDE, words), None
    try:
        at = told_at(EntryKind.PAPER_SEALED, digest, anchors, published)
    except NotLogged as fault:
        return Checked(What.LOG, Found.NO, str(fault)), None
    except Unseen as fault:
        return Checked(What.LOG, Found.CANNOT_TELL, str(fault)), None
    if at is None:
        words = _(
            "Nothing shows that the register’s log tells of this file, so the log does not say when it was made. Of a new paper it tells within ten minutes."
        )
        return Checked(What.LOG, Found.ASIDE, words), None
    words = _("The register’s log tells of this very file since {moment}, and the log is signed.")
    return Checked(What.LOG, Found.YES, words.format(moment=moment_in_words(at))), at


def _open(token: str, anchors: Anchors, published: Published) -> tuple[Checked, Said | None, datetime | None]:
    """The words of a paper, once the signature of whoever says them was seen to be true."""
    try:
        kid = jose.kid_of(token)
    except jose.TokenRefused:
        return _no(_("The words in the file are not signed as papers of this register are.")), None, None
    path = document_of(kid, anchors)
    if path is None:
        return _no(_("The words in the file are signed by somebody who is not in this register.")), None, None
    try:
        signer = signer_of(kid, path, anchors, published)
        said = Said.model_validate(jose.verify(token, {kid: signer.key}, TYP))
    except NoKey as fault:
        return Checked(What.CREDENTIAL, fault.found, str(fault)), None, None
    except jose.TokenRefused:
        return (
            _no(_("The signature of the words in the file is false: they were changed or forged.")),
            None,
            None,
        )
    except ValidationError:
        return _no(_("The words in the file are not those of a paper of this register.")), None, None
    if said.issuer.id != kid.partition("#")[0]:
        return _no(_("The words in the file are signed by somebody else than they name.")), None, None
    words = _("The words in the file are signed by {name} and were not changed.").format(
        name=said.issuer.name
    )
    return Checked(What.CREDENTIAL, Found.YES, words), said, signer.revoked


def _no(sentence: str) -> Checked:
    return Checked(What.CREDENTIAL, Found.NO, sentence)
