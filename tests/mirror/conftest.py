"""The mirror of tests.mirror.made."""

from tests.mirror.made import mirror, whole

__all__ = ["mirror", "whole"]
