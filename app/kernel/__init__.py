"""What every area stands on: actor, clock, errors, database, workflow, casework, journal, outbox, files, mail, logging."""
