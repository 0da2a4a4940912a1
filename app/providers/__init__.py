"""Training services, affiliates and trainer appointments."""
