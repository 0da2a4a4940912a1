"""The one table that makes an answer of what was found: a forgery is a no, a doubt is never a yes, and never a no."""

from collections.abc import Sequence

from app.certificates.rules import Answer, Statement
from app.kernel.words import _, in_words, plural
from app.verifier.report import Checked, Found, Report, What

GENUINE = (What.SEAL, What.WHOLE_FILE, What.STAMP, What.CREDENTIAL, What.STATEMENT, What.LOG, What.LICENCE)
"""A no to any of these: this is not a paper that a licensed body issued and the register published."""
OVER = (What.REVOCATION, What.SUSPENSION, What.EXPIRY)
"""A no to any of these: it was genuine and does not count now."""


def report(items: Sequence[Checked], statement: Statement | None = None) -> Report:
    """The answer to all that was looked at. It is never better than the weakest of it.

    | what was found                                             | answer        |
    |------------------------------------------------------------|---------------|
    | it is nothing that the register ever makes                 | cannot_tell   |
    | it was changed, sealed by a stranger, or never published   | not_certified |
    | something could not be had or read                         | cannot_tell   |
    | genuine, and not begun yet                                 | not_certified |
    | genuine, and over, replaced or suspended                   | was_certified |
    | genuine, and none of that                                  | certified     |

    A signed statement speaks of a day, and of that as past: `about_a_day` has its table.
    """
    answer, lead, why = _answer(items, statement)
    return Report(answer, f"{lead} {why}".strip(), tuple(items), statement, why=why if lead else "")


def about_a_day(said: Answer) -> Answer:
    """The answer to a genuine signed statement, which is never a yes: that it was so is no sign that it is.

    | what it says of its day | answer        |
    |-------------------------|---------------|
    | certified               | was_certified |
    | anything else           | the same      |

    That holds for the day it was made as well: it is kept, shown and looked at later.
    """
    return Answer.WAS_CERTIFIED if said is Answer.CERTIFIED else said


def advice(found: Report) -> str:
    """What to do about it, where there is something to do.

    | what was found                                   | advice                                   |
    |--------------------------------------------------|------------------------------------------|
    | it was changed, forged or never published        | ask the body, report it                  |
    | it is nothing of ours, or could not be looked at | type the number                          |
    | a later version took its place                   | ask for the newest                       |
    | it is over or suspended                          | ask the holder what it does meanwhile    |
    | a genuine statement about a day                  | look at what the register says today     |
    | genuine and in force                             | see that it is about the same training   |
    """
    looks = {item.what: item.found for item in found.items}
    if found.about:
        return _(
            "It speaks of that day only. Rely on what the register says today, and show this where somebody asks about that day."
        )
    if any(looks.get(what) is Found.NO for what in GENUINE):
        return _(
            "Ask the certification body, at an address you find in this register and not on the paper. If somebody showed you this as a certificate, report it."
        )
    if found.answer is Answer.CANNOT_TELL:
        return _("Type the number that stands on the certificate: the register’s own answer needs no paper.")
    if looks.get(What.REVOCATION) is Found.NO:
        return _("Ask the training service for its newest certificate, or look at it here.")
    if found.answer is Answer.CERTIFIED:
        return _(
            "See that it is about the training you were offered: the same service and the same curriculum."
        )
    return _("Ask the training service what it does meanwhile, and the certification body if you doubt it.")


def _answer(items: Sequence[Checked], said: Statement | None) -> tuple[Answer, str, str]:
    """The answer, the words that begin its sentence, and the rest of it."""
    by = {item.what: item for item in items}
    doubtful = _("We cannot tell.")
    if What.KIND in by:
        return Answer.CANNOT_TELL, "", by[What.KIND].sentence
    if false := [by[what] for what in GENUINE if what in by and by[what].found is Found.NO]:
        return Answer.NOT_CERTIFIED, _("Do not rely on this."), false[0].sentence
    if doubts := [item for item in items if item.found is Found.CANNOT_TELL]:
        return Answer.CANNOT_TELL, doubtful, doubts[0].sentence
    if said is None or not {What.BEGUN, *OVER} <= by.keys():
        return Answer.CANNOT_TELL, doubtful, _("Not everything could be looked at.")
    if ended := [by[what] for what in (What.BEGUN, *OVER) if by[what].found is Found.NO]:
        sentence = _("Certificate {number} of {holder}: {why}").format(
            number=said.number, holder=said.holder.name, why=ended[0].sentence
        )
        early = ended[0].what is What.BEGUN
        return (Answer.NOT_CERTIFIED if early else Answer.WAS_CERTIFIED), "", sentence
    what = plural("{count} curriculum", "{count} curricula", len(said.scope))
    sentence = _("{holder} is certified until {day} for {what}, certificate {number}.").format(
        holder=said.holder.name, day=in_words(said.expires_on), what=what, number=said.number
    )
    return Answer.CERTIFIED, "", sentence
