"""A certification case: application, agreement, plan, review, decision, surveillance programme."""
