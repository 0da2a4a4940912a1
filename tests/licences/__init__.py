"""Licences and accreditations."""
