"""A file that somebody sent: its bytes, capped, and what they really are (rules page, 9 and 10)."""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from app.kernel.words import _

LARGEST = 10 * 1024 * 1024
"""Bytes a single file may have."""
_SIGNS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)
_OFFICE = (("word/", "docx"), ("xl/", "xlsx"))


@dataclass(frozen=True)
class Upload:
    """The bytes of one file and the name its sender gave it; the name is shown, never used as a path."""

    name: str
    content: bytes

    @property
    def kind(self) -> str | None:
        """pdf, png, jpg, docx or xlsx by what the bytes say, or None when they say something else."""
        for sign, _media, kind in _SIGNS:
            if self.content.startswith(sign):
                return kind
        if self.content.startswith(b"PK\x03\x04"):
            head = self.content[:4096] + self.content[-65536:]
            return next((kind for folder, kind in _OFFICE if folder.encode() in head), None)
        return None

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._checked,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda upload: upload.name),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, str]:
        return {"type": "string", "format": "binary"}

    @classmethod
    def _checked(cls, value: object) -> "Upload":
        if not isinstance(value, cls):
            raise ValueError(_("send a file"))
        if not value.content:
            raise ValueError(_("the file is empty"))
        if len(value.content) > LARGEST:
            raise ValueError(_("the file is larger than 10 MB"))
        return value
