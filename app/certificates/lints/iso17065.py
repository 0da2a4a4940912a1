"""What ISO/IEC 17065:2012 clause 7.7 asks of certification documents, in our own words, one function a point."""

from app.certificates.lints.rule import Rules
from app.certificates.lints.subject import Said

RULES = Rules[Said]()


@RULES.rule("ISO/IEC 17065:2012 clause 7.7.1 a")
def the_certification_body_is_named_with_its_address(said: Said) -> str | None:
    if not said.statement.body.address:
        return "The certificate does not say where the certification body is."
    return None


@RULES.rule("ISO/IEC 17065:2012 clause 7.7.1 b")
def it_says_when_certification_was_granted(said: Said) -> str | None:
    if said.statement.granted_on > said.today:
        return "The certificate says it was granted on a day that has not come yet."
    return None


@RULES.rule("ISO/IEC 17065:2012 clause 7.7.1 c")
def the_client_is_named_with_the_address_it_declared(said: Said) -> str | None:
    if said.declared_address and not said.statement.holder.address:
        return "The training service declared an address and the certificate leaves it out."
    return None


@RULES.rule("ISO/IEC 17065:2012 clause 7.7.1 d")
def the_scope_names_each_curriculum_once(said: Said) -> str | None:
    refs = [item.ref for item in said.statement.scope]
    if len(set(refs)) != len(refs):
        return "The certificate names the same curriculum twice."
    return None


@RULES.rule("ISO/IEC 17065:2012 clause 7.7.1 e")
def the_term_has_an_end_after_its_beginning(said: Said) -> str | None:
    if said.statement.expires_on <= said.statement.starts_on:
        return "The certificate ends before it begins."
    return None


@RULES.rule("ISO/IEC 17065:2012 clauses 7.7.2 and 7.7.3")
def it_rests_on_a_decision_made_before(said: Said) -> str | None:
    statement = said.statement
    if not statement.decision.decided_on <= statement.granted_on <= statement.starts_on:
        return "Certification was granted before it was decided, or begins before it was granted."
    return None
