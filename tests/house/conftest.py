"""The guards that need a register in which a great deal has happened borrow the one of the check."""

from tests.check.conftest import clean

__all__ = ["clean"]
