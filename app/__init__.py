"""The certification register: a FastAPI service for the RRN Training Standards scheme."""
