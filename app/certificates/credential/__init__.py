"""What the worker signs for machines: certificates, licences, endorsements, and the status lists they point to."""

from app.certificates.credential.certificate import credential, sign_credential
from app.certificates.credential.endorsement import endorsement, sign_endorsement
from app.certificates.credential.licence import licence_credential, sign_licence
from app.certificates.credential.lists import encode_bits, sign_status_list, status_list
from app.certificates.credential.parts import Place

__all__ = [
    "Place",
    "credential",
    "encode_bits",
    "endorsement",
    "licence_credential",
    "sign_credential",
    "sign_endorsement",
    "sign_licence",
    "sign_status_list",
    "status_list",
]
