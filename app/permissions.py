"""Who may do what: every role, every permission, and the matrix between them, on one page."""

from enum import StrEnum


class Seat(StrEnum):
    """Where a role sits: the kind of organisation that can give it to a person."""

    RRN = "rrn"
    BODY = "certification_body"
    PROVIDER = "training_service"
    AFFILIATE = "affiliate"


class Role(StrEnum):
    """What a person does for one organisation (domain page, section 2)."""

    LICENCE_MANAGER = "licence_manager"
    BRAND_MANAGER = "brand_manager"
    STANDARDS_MANAGER = "standards_manager"
    OVERSIGHT_OFFICER = "oversight_officer"
    TRUSTEE = "trustee"
    DIRECTOR = "certification_director"
    CASE_OFFICER = "case_officer"
    LEAD_ASSESSOR = "lead_assessor"
    ASSESSOR = "assessor"
    REVIEWER = "reviewer"
    DECISION_MAKER = "decision_maker"
    CERTIFICATE_OFFICER = "certificate_officer"
    IMPARTIALITY_MEMBER = "impartiality_member"
    REPRESENTATIVE = "organisational_representative"
    TRAINER = "trainer"
    AFFILIATE_MANAGER = "affiliate_manager"


class Permission(StrEnum):
    """One thing a role may ever do. Whether it may be done now is the workflow's answer."""

    LICENCE_READ = "licence:read"
    LICENCE_MANAGE = "licence:manage"
    KEY_MANAGE = "key:manage"
    DESIGN_CHOOSE = "design:choose"
    ORGANISATION_READ = "organisation:read"
    ORGANISATION_MANAGE = "organisation:manage"
    PEOPLE_READ = "people:read"
    PEOPLE_MANAGE = "people:manage"
    COMPETENCE_MANAGE = "competence:manage"
    PROVIDER_READ = "provider:read"
    PROVIDER_WRITE = "provider:write"
    CURRICULUM_READ = "curriculum:read"
    CURRICULUM_WRITE = "curriculum:write"
    CASE_READ = "case:read"
    CASE_APPLY = "case:apply"
    CASE_OFFICE = "case:office"
    CASE_PLAN = "case:plan"
    AUDIT_READ = "audit:read"
    AUDIT_RECORD = "audit:record"
    AUDIT_LEAD = "audit:lead"
    FINDING_ANSWER = "finding:answer"
    FINDING_JUDGE = "finding:judge"
    CASE_REVIEW = "case:review"
    CASE_DECIDE = "case:decide"
    CERTIFICATE_READ = "certificate:read"
    CERTIFICATE_STATUS = "certificate:status"
    CERTIFICATE_REISSUE = "certificate:reissue"
    SURVEILLANCE_READ = "surveillance:read"
    SURVEILLANCE_PLAN = "surveillance:plan"
    MARK_READ = "mark:read"
    MARK_DOWNLOAD = "mark:download"
    COMPLAINT_READ = "complaint:read"
    COMPLAINT_OFFICE = "complaint:office"
    COMPLAINT_DECIDE = "complaint:decide"
    APPEAL_MAKE = "appeal:make"
    OVERSIGHT_READ = "oversight:read"
    STANDARDS_MANAGE = "standards:manage"
    LEDGER_REDACT = "ledger:redact"
    REGISTER_CONTINUE = "register:continue"


SEAT: dict[Role, Seat] = {
    Role.LICENCE_MANAGER: Seat.RRN,
    Role.BRAND_MANAGER: Seat.RRN,
    Role.STANDARDS_MANAGER: Seat.RRN,
    Role.OVERSIGHT_OFFICER: Seat.RRN,
    Role.TRUSTEE: Seat.RRN,
    Role.DIRECTOR: Seat.BODY,
    Role.CASE_OFFICER: Seat.BODY,
    Role.LEAD_ASSESSOR: Seat.BODY,
    Role.ASSESSOR: Seat.BODY,
    Role.REVIEWER: Seat.BODY,
    Role.DECISION_MAKER: Seat.BODY,
    Role.CERTIFICATE_OFFICER: Seat.BODY,
    Role.IMPARTIALITY_MEMBER: Seat.BODY,
    Role.REPRESENTATIVE: Seat.PROVIDER,
    Role.TRAINER: Seat.PROVIDER,
    Role.AFFILIATE_MANAGER: Seat.AFFILIATE,
}

P = Permission
_RRN_READS = {
    P.LICENCE_READ, P.ORGANISATION_READ, P.PROVIDER_READ, P.CURRICULUM_READ, P.CASE_READ, P.AUDIT_READ,
    P.CERTIFICATE_READ, P.SURVEILLANCE_READ, P.MARK_READ, P.OVERSIGHT_READ,
}  # fmt: skip
_COMPLAINTS = {P.COMPLAINT_READ, P.COMPLAINT_DECIDE}
_BODY_READS = {
    P.LICENCE_READ, P.ORGANISATION_READ, P.PEOPLE_READ, P.PROVIDER_READ, P.CURRICULUM_READ, P.CASE_READ, P.AUDIT_READ,
    P.CERTIFICATE_READ, P.SURVEILLANCE_READ, P.MARK_READ,
}  # fmt: skip

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.LICENCE_MANAGER: frozenset(
        _RRN_READS
        | _COMPLAINTS
        | {P.LICENCE_MANAGE, P.KEY_MANAGE, P.CERTIFICATE_REISSUE, P.LEDGER_REDACT, P.ORGANISATION_MANAGE, P.PEOPLE_READ, P.PEOPLE_MANAGE}
    ),
    Role.BRAND_MANAGER: frozenset(_RRN_READS),
    Role.STANDARDS_MANAGER: frozenset(_RRN_READS | {P.STANDARDS_MANAGE}),
    Role.OVERSIGHT_OFFICER: frozenset(
        _RRN_READS | _COMPLAINTS | {P.COMPLAINT_OFFICE, P.KEY_MANAGE, P.CERTIFICATE_REISSUE, P.LEDGER_REDACT}
    ),
    Role.TRUSTEE: frozenset({P.OVERSIGHT_READ, P.LICENCE_READ, P.CERTIFICATE_READ, P.SURVEILLANCE_READ, P.MARK_READ}),
    Role.DIRECTOR: frozenset(
        _BODY_READS | _COMPLAINTS | {P.COMPLAINT_OFFICE, P.PEOPLE_MANAGE, P.COMPETENCE_MANAGE, P.CASE_PLAN, P.DESIGN_CHOOSE}
    ),
    Role.CASE_OFFICER: frozenset(
        _BODY_READS
        | {P.COMPLAINT_READ, P.COMPLAINT_OFFICE, P.CASE_OFFICE, P.CASE_PLAN, P.SURVEILLANCE_PLAN}
        | {P.ORGANISATION_MANAGE}
    ),
    Role.LEAD_ASSESSOR: frozenset(
        _BODY_READS | {P.AUDIT_RECORD, P.AUDIT_LEAD, P.FINDING_JUDGE, P.SURVEILLANCE_PLAN}
    ),
    Role.ASSESSOR: frozenset(_BODY_READS | {P.AUDIT_RECORD, P.FINDING_JUDGE}),
    Role.REVIEWER: frozenset(_BODY_READS | {P.CASE_REVIEW}),
    Role.DECISION_MAKER: frozenset(_BODY_READS | _COMPLAINTS | {P.CASE_DECIDE, P.CERTIFICATE_STATUS}),
    Role.CERTIFICATE_OFFICER: frozenset(_BODY_READS | {P.CERTIFICATE_REISSUE, P.DESIGN_CHOOSE}),
    Role.IMPARTIALITY_MEMBER: frozenset(
        _COMPLAINTS | {P.CASE_READ, P.CERTIFICATE_READ, P.SURVEILLANCE_READ, P.LICENCE_READ}
    ),
    Role.REPRESENTATIVE: frozenset(
        {
            P.ORGANISATION_READ, P.PEOPLE_READ, P.PEOPLE_MANAGE, P.PROVIDER_READ, P.PROVIDER_WRITE, P.CURRICULUM_READ,
            P.CURRICULUM_WRITE, P.CASE_READ, P.CASE_APPLY, P.AUDIT_READ, P.FINDING_ANSWER, P.CERTIFICATE_READ,
            P.SURVEILLANCE_READ, P.MARK_READ, P.MARK_DOWNLOAD, P.COMPLAINT_READ, P.APPEAL_MAKE,
        }
    ),
    Role.TRAINER: frozenset({P.ORGANISATION_READ, P.PROVIDER_READ, P.CURRICULUM_READ, P.CERTIFICATE_READ, P.MARK_READ}),
    Role.AFFILIATE_MANAGER: frozenset(
        {P.ORGANISATION_READ, P.PEOPLE_READ, P.PEOPLE_MANAGE, P.PROVIDER_READ, P.CERTIFICATE_READ, P.MARK_READ}
    ),
}  # fmt: skip

NEEDS_SECOND_FACTOR: frozenset[Role] = frozenset(
    role for role, seat in SEAT.items() if seat in (Seat.RRN, Seat.BODY)
)
"""Roles that may act only after a second factor (rules page, 7)."""

REGISTER: frozenset[Permission] = frozenset(_RRN_READS | {P.PEOPLE_READ, P.REGISTER_CONTINUE})
"""What the register may do by itself: read, and carry on what a person's decision began. No role has the second."""
