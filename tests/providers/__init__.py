"""Training services, affiliates, trainers."""
