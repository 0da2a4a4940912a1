"""A file sent as evidence: looked at in the sandbox while the form is read, before any transaction begins."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from app.kernel.sandbox import Seen, look
from app.web.uploads import Upload


@dataclass(frozen=True)
class SeenUpload(Upload):
    """An upload with what the sandbox saw in it."""

    seen: Seen


def looked_at(upload: Upload) -> SeenUpload:
    """The same file once it was looked at. Raises ValueError with the reason why it is not taken."""
    return SeenUpload(upload.name, upload.content, look(upload.content))


Evidence = Annotated[Upload, AfterValidator(looked_at)]
"""The type of a form field for evidence."""
