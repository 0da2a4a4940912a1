"""The certification agreement: every duty of the client that ISO/IEC 17065, 4.1.2 asks for, in our own words.

The text is a contract between the two sides, so it is kept in one language and frozen with its digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CLIENT_DUTIES: tuple[tuple[str, str], ...] = (
    ("a", "The client always meets the requirements of the edition named above. When the certification body says"
          " that they have changed, the client makes the changes in the time it is given."),
    ("b", "What was certified is what is taught: every course under the certificate goes on meeting the"
          " requirements."),
    ("c1", "The client makes the evaluation and the yearly surveillance possible: it shows documents and records,"
           " and gives access to places, courses, people and those who work for it."),
    ("c2", "The client helps to look into complaints, and lets observers take part, such as assessors of UKAS."),
    ("d", "The client says it is certified only for what the certificate names."),
    ("e", "The client does not use its certification in a way that misleads or brings the certification body into"
          " disrepute."),
    ("f", "When certification is suspended, withdrawn or ends, the client stops at once to advertise it, and does"
          " what else the certification body asks, such as taking the logo down."),
    ("g", "Copies of the certificate that the client gives away are whole, or as the scheme says."),
    ("h", "Wherever the client speaks of its certification, in print, on a website or in offers, it keeps to the"
          " rules of the certification body and of the scheme."),
    ("h-logo", "The logo is used only while the certificate is in force, only by the certified service and the"
               " affiliates on the certificate, only in the artwork given out, and never on a course that is not"
               " certified."),
    ("i", "The client keeps a record of every complaint about its training, shows it when asked, puts right what"
          " was wrong and writes down what it did."),
    ("j", "The client tells the certification body at once of anything that may affect its training: owners, legal"
          " form, senior people, trainers, curricula, places, affiliates, or an accident in or after training."),
)  # fmt: skip
"""Clause letters of 4.1.2.2, so that a test can see that none is left out."""

BODY_DUTIES: tuple[str, ...] = (
    "The certification body evaluates against the edition and the rules named above and against nothing else.",
    "It keeps what it learns private, except what this agreement says is public and what the law demands.",
    "Public are: the name of the client, the number, status, dates and scope of the certificate, whether each part of"
    " the Standards was found to be met, and every change of its status. Reasons are private.",
    "Whoever evaluated neither reviews nor decides. The client is told who will evaluate, and may object.",
    "The client may complain and appeal. Both are free, and neither is dealt with by somebody who took part.",
    "While RRN's licence or the UKAS accreditation of the certification body does not cover a decision, none is made.",
)


@dataclass(frozen=True)
class Parties:
    """Who agrees on what."""

    case: str
    client: str
    body: str
    edition: str
    rule_pack: str
    rules_digest: str
    term_months: int
    curricula: Sequence[str]


def agreement_text(parties: Parties) -> str:
    """The whole text that both sides accept; its digest is taken over exactly these characters."""
    duties = "\n".join(f"{number}. {words}" for number, (_code, words) in enumerate(CLIENT_DUTIES, 1))
    promises = "\n".join(
        f"{number}. {words}" for number, words in enumerate(BODY_DUTIES, len(CLIENT_DUTIES) + 1)
    )
    what = "\n".join(f"- {title}" for title in parties.curricula)
    return (
        f"Certification agreement {parties.case}\n\n"
        f"Between {parties.client} (the client) and {parties.body} (the certification body).\n\n"
        f"Edition of the Standards: {parties.edition}\n"
        f"Rules of the scheme: {parties.rule_pack} (SHA-256 {parties.rules_digest})\n"
        f"A certificate granted under this agreement is valid for {parties.term_months} months.\n\n"
        f"Applied for:\n{what}\n\n"
        f"What the client promises\n\n{duties}\n\n"
        f"What the certification body promises\n\n{promises}\n"
    )
