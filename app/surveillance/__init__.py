"""Surveillance of certificates: who is observed in each cycle, drawn so that anybody can draw it again, and what is still owed."""
