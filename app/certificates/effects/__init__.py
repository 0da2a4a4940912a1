"""What follows events of certificates, of keys and of papers; the worker carries it out, every process knows it to queue it.

Drawing, sealing and opening keys takes longer to load than a web process takes to start: `worker.press` loads it late.
"""

from app.certificates.effects import (
    announcing,
    archiving,
    endorsing,
    issuing,
    keys,
    licences,
    papers,
    reissue,
)
from app.certificates.effects.issuing import sign_log_again
from app.certificates.effects.worker import OWNER, RRN_NUMBER, key_store, press, rrn_keys

__all__ = [
    "OWNER",
    "RRN_NUMBER",
    "announcing",
    "archiving",
    "endorsing",
    "issuing",
    "key_store",
    "keys",
    "licences",
    "papers",
    "press",
    "reissue",
    "rrn_keys",
    "sign_log_again",
]
