"""What can be asked about certificates: status on a day, rows inside the reader's scope, bits, and views."""

from app.certificates.queries.bits import lists_of, set_bits
from app.certificates.queries.files import file_of, folder_of, proof_of
from app.certificates.queries.rows import (
    body_of,
    certificate_by_number,
    certificate_facts,
    certificates_of,
    find_certificate,
    items_by_ref,
    newest_version,
    of_version,
    published_version,
    signed_list,
    to_issue,
    versions_of,
    visible,
)
from app.certificates.queries.status import (
    derive,
    lines_of,
    status_on,
    statuses_on,
    was_published,
    whole_status,
)
from app.certificates.queries.views import (
    CertificateList,
    CertificateView,
    certificate_list,
    certificate_view,
    curriculum_choices,
)

__all__ = [
    "CertificateList",
    "CertificateView",
    "body_of",
    "certificate_by_number",
    "certificate_facts",
    "certificate_list",
    "certificate_view",
    "certificates_of",
    "curriculum_choices",
    "derive",
    "file_of",
    "find_certificate",
    "folder_of",
    "items_by_ref",
    "lines_of",
    "lists_of",
    "newest_version",
    "of_version",
    "proof_of",
    "published_version",
    "set_bits",
    "signed_list",
    "status_on",
    "statuses_on",
    "to_issue",
    "versions_of",
    "visible",
    "was_published",
    "whole_status",
]
