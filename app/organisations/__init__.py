"""Legal bodies, their names over time, and their identifiers in UK registers."""
