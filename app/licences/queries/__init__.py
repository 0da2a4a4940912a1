"""What can be asked about licences: what a body may do on a day, and the pages of licences and accreditations."""

from app.licences.queries.rights import (
    accreditation_lines,
    accreditations_of,
    licence_lines,
    licences_of,
    stamp,
    standing,
)
from app.licences.queries.views import (
    AccreditationView,
    LicenceList,
    LicenceView,
    accreditation_view,
    body_choices,
    edition_choices,
    find_accreditation,
    find_licence,
    licence_list,
    licence_view,
    proposed_terms,
    shown,
    visible,
    visible_accreditations,
)

__all__ = [
    "AccreditationView",
    "LicenceList",
    "LicenceView",
    "accreditation_lines",
    "accreditation_view",
    "accreditations_of",
    "body_choices",
    "edition_choices",
    "find_accreditation",
    "find_licence",
    "licence_lines",
    "licence_list",
    "licence_view",
    "licences_of",
    "proposed_terms",
    "shown",
    "stamp",
    "standing",
    "visible",
    "visible_accreditations",
]
