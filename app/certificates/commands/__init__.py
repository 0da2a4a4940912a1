"""What can be done with certificates: grant, publish, and every change of status afterwards."""

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
from app.certificates.commands.publishing import publish, supersede_due

__all__ = [
    "CERTIFICATE_STEPS",
    "grant",
    "publish",
    "reduce",
    "reinstate",
    "reinstate_curricula",
    "supersede_due",
    "suspend",
    "suspend_curricula",
    "terminate",
    "transfer",
    "withdraw",
]
