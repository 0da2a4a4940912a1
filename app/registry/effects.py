"""What follows a change of anything a search can find: the certificates it concerns are filed anew, in the same transaction."""

from app.kernel.database import Unit
from app.kernel.journal import Event, within
from app.registry import commands
from app.registry.queries.facts import certificates_about


@within("certificate", "organisation", "training_service", "affiliate")
def file_again(unit: Unit, events: list[Event]) -> None:
    """Look which certificates that are only once it is our turn, so that none another transaction publishes meanwhile is missed."""
    commands.take_turns(unit)
    commands.file_certificates(unit, certificates_about(unit, events))
