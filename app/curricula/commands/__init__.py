"""What can be done with curricula: write them, hand them in, move them on with a case, keep evidence."""

from app.curricula.commands.evidence import Sent, attach, keep_document
from app.curricula.commands.lifecycle import mark, open_curriculum, start_new_version, submit
from app.curricula.commands.writing import (
    add_module,
    add_technique,
    answer_requirement,
    change_details,
    change_module,
    change_technique,
    remove_module,
    remove_technique,
)

__all__ = [
    "Sent",
    "add_module",
    "add_technique",
    "answer_requirement",
    "attach",
    "change_details",
    "change_module",
    "change_technique",
    "keep_document",
    "mark",
    "open_curriculum",
    "remove_module",
    "remove_technique",
    "start_new_version",
    "submit",
]
