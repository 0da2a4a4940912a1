"""The child that draws a specimen of a design, started by its path: a question comes in as JSON, one line with a PDF goes out."""

import base64
import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

HOLDER: Final = "Specimen: this is not a certificate"
SENTENCE: Final = (
    "This shows what a certificate of {body} looks like. Nothing was examined and nothing is certified by it."
)
DAYS: Final = (date(2026, 3, 2), date(2029, 3, 1))


def shown(asked: Mapping[str, Any]) -> Any:
    """A statement about nobody, as long as many are."""
    number = f"{asked['code']}-000000-{check_character(asked['code'] + '000000')}"  # the first that is given has 000001
    items = (
        "Gentle Care in Dementia",
        "Reducing Restrictive Practices",
        "Safer Moving of Children and Young People",
    )
    return Statement.model_validate(
        {
            "number": number, "version": 1, "holder": {"ref": "specimen", "name": HOLDER, "route": "commercial", "address": "1 Example Street"},
            "body": {
                "ref": "specimen", "code": asked["code"], "name": asked["body"], "address": asked["address"], "ukas_number": "0000", "licence": "specimen",
            },
            "edition": {"id": "rrn-1.2", "title": "RRN Training Standards, version 1.2"}, "rule_pack": "rrn-2026",
            "decision": {"ref": "specimen", "decided_on": DAYS[0]}, "granted_on": DAYS[0], "starts_on": DAYS[0], "expires_on": DAYS[1],
            "scope": [
                {
                    "ref": f"specimen{at}", "title": title, "version": 1, "content_hash": "0" * 64, "settings": ("health", "social_care"),
                    "populations": ("adults",), "nations": ("england", "wales"), "interventions": ("physical",),
                }
                for at, title in enumerate(items)
            ],
            "sections": [{"number": "1", "label": "Before training is delivered", "outcome": "conform"}], "affiliates": 2,
            "sentence": SENTENCE.format(body=asked["body"]), "verify_url": f"{asked['base']}/c/{number}", "design": asked["design"],
        }
    )  # fmt: skip


def main() -> None:
    """One question in, one line with a PDF out."""
    statement = shown(json.loads(sys.stdin.buffer.read()))
    moment = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
    pdf = draw(statement, load_design(statement.design), moment, (), None)
    print(json.dumps({"pdf": base64.b64encode(pdf).decode()}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from app.certificates.document import draw, load_design
    from app.certificates.rules import Statement, check_character

    main()
