"""What can be done with certificates: grant, publish, every change of status afterwards; and with keys."""

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
from app.certificates.commands.granting import grant
from app.certificates.commands.keys import ask_keys, reissue, suspect, withdraw_keys
from app.certificates.commands.publishing import hold, publish, supersede_due
from app.certificates.commands.reissuing import start_reissue

__all__ = [
    "CERTIFICATE_STEPS",
    "ask_keys",
    "grant",
    "hold",
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
    "withdraw",
    "withdraw_keys",
]
