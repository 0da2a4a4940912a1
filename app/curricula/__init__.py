"""Curricula and their versions: modules, techniques, coverage of the Standards."""
