"""What certificates of a body would look like. A child draws it: a web process never loads what draws."""

import base64
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from app.certificates.rules import one_line
from app.designs.queries import choices_for, find_body
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref
from app.kernel.sandbox import ask_child
from app.kernel.words import _

CHILD: Final = Path(__file__).parents[1] / "specimen.py"
LONGEST: Final = 1024 * 1024


def specimen(unit: Unit, ref: Ref, design: Ref) -> bytes:
    """A PDF about nobody, without a seal. It takes two seconds the first time. Raises NotFound, or TooSoon when many are drawn."""
    body = find_body(unit, ref)
    asked = {
        "design": design, "body": body.name, "code": body.code, "address": one_line(body.address, body.postcode),
        "base": unit.site.settings.public_base_url,
    }  # fmt: skip
    found = _drawn(json.dumps(asked)) if design in dict(choices_for(unit, body)) else None
    if found is None:
        raise NotFound(_("There is no design of that name that this certification body may use."))
    return found


@lru_cache(maxsize=32)
def _drawn(asked: str) -> bytes | None:
    answer = ask_child(CHILD, asked.encode(), LONGEST)
    return base64.b64decode(answer["pdf"]) if "pdf" in answer else None
