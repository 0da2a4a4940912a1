"""What follows events of certificates and of keys; the worker carries it out, every process knows it to queue it.

Drawing, sealing and opening keys takes longer to load than a web process takes to start: `worker.press` loads it late.
"""

from app.certificates.effects import issuing, keys, reissue
from app.certificates.effects.issuing import sign_log_again
from app.certificates.effects.worker import OWNER, RRN_NUMBER, key_store, press, rrn_keys

__all__ = [
    "OWNER",
    "RRN_NUMBER",
    "issuing",
    "key_store",
    "keys",
    "press",
    "reissue",
    "rrn_keys",
    "sign_log_again",
]
