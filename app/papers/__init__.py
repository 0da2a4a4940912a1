"""Sealed papers beside the certificates: the report of an evaluation, a decision, a licence. What each says is frozen when it is ordered."""
