"""Signed statements: what the register said, or now knows, of one entry on one day, sealed by RRN for whoever has to prove it."""
