"""What the scheme asks: the number, the term, and words that claim no more than is true."""

import re

from app.certificates.lints.rule import Rules
from app.certificates.lints.subject import Said
from app.certificates.rules import NumberAnswer, last_day, parse_number

RULES = Rules[Said]()

_FALSE_CLAIMS = re.compile(
    r"\b(rrn|bild|restraint reduction network)[ -](accredited|accreditation)\b"
    r"|\b(accredited|approved|endorsed)\s+(by|of)\s+(the\s+)?(rrn|bild|restraint reduction network)\b"
    r"|\b(ukas)[ -](approved|certified)\b|\bapproved by ukas\b|\brrn[ -]approved\b",
    re.IGNORECASE,
)


@RULES.rule("Scheme: certificate numbers (ISO 7064 MOD 37,36)")
def the_number_is_the_bodys_and_checks(said: Said) -> str | None:
    typed = parse_number(said.statement.number)
    if typed.answer is not NumberAnswer.WELL_FORMED or typed.number != said.statement.number:
        return "The check character of the number is wrong."
    if typed.body_code != said.statement.body.code:
        return "The number belongs to another certification body."
    return None


@RULES.rule("Scheme: the term of a certificate (rule pack)")
def the_term_is_the_rule_packs(said: Said) -> str | None:
    last = last_day(said.statement.starts_on, said.term_months)
    if said.statement.version == 1 and said.statement.expires_on != last:
        return f"The certificate does not run for exactly {said.term_months} months."
    if said.statement.expires_on > last:
        return f"The certificate runs for more than {said.term_months} months."
    return None


@RULES.rule("Scheme: UKAS accredits the body, RRN licenses it, the body certifies the training service")
def no_word_mixes_the_three_verbs(said: Said) -> str | None:
    texts = [
        said.statement.sentence,
        said.statement.edition.title,
        *(item.title for item in said.statement.scope),
    ]
    if any(_FALSE_CLAIMS.search(text) for text in texts):
        return "A text on the certificate claims an accreditation or approval that does not exist."
    return None


@RULES.rule("Scheme: anyone can check a certificate at the address on it")
def the_address_on_it_leads_to_its_own_answer(said: Said) -> str | None:
    if said.statement.verify_url != f"{said.public_base_url.rstrip('/')}/c/{said.statement.number}":
        return "The address on the certificate does not lead to its entry in the register."
    return None
