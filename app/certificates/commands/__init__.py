"""What can be done with certificates: grant, publish, every change of status afterwards; and with keys."""

from app.certificates.commands.announcing import announce_keys
from app.certificates.commands.changing import (
    CERTIFICATE_STEPS,
    reduce,
    reinstate,
    reinstate_curricula,
    suspend,
    suspend_curricula,
    terminate,
    transfer,
    withdraw,
)
from app.certificates.commands.credentials import keep_endorsements, keep_licence_credential
from app.certificates.commands.granting import grant
from app.certificates.commands.keys import ask_keys, reissue, suspect, wait_for_root, withdraw_keys
from app.certificates.commands.publishing import hold, publish, supersede_due
from app.certificates.commands.reissuing import start_reissue

__all__ = [
    "CERTIFICATE_STEPS",
    "announce_keys",
    "ask_keys",
    "grant",
    "hold",
    "keep_endorsements",
    "keep_licence_credential",
    "publish",
    "reduce",
    "reinstate",
    "reinstate_curricula",
    "reissue",
    "start_reissue",
    "supersede_due",
    "suspect",
    "suspend",
    "suspend_curricula",
    "terminate",
    "transfer",
    "wait_for_root",
    "withdraw",
    "withdraw_keys",
]
