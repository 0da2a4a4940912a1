"""Every token of the demonstration: it fits the schema it names, and its parts conform as far as its case found."""

import json
from collections import Counter

import jsonschema_rs
from sqlalchemy import select

from app.certificates.did import Schema
from app.certificates.models import Endorsement
from app.certificates.queries import (
    every_licence_credential,
    every_list,
    every_paper,
    file_of,
    schema_of,
    signed_list,
)
from app.kernel.actor import ANYONE
from app.kernel.clock import system_clock
from app.kernel.database import connect, reading
from app.settings import Settings
from tests.certificates.strangers import payload


def test_every_token_of_the_demonstration_fits_its_schema(made: Settings) -> None:
    readers = {name: jsonschema_rs.validator_for(json.loads(schema_of(name))) for name in Schema}
    site = connect(made, system_clock)
    with reading(site, ANYONE) as unit:
        papers = [file_of(unit, one.certificate, one.number, "credential.jwt") for one in every_paper(unit)]
        lists = [signed_list(unit, *row).token for row in every_list(unit)]
        licences = [row.token for row in every_licence_credential(unit)]
        endorsements = list(unit.db.scalars(select(Endorsement.token)))
    site.engine.dispose()
    said = [payload(token) for token in [*(one.decode() for one in papers), *lists, *licences]]
    assert len(papers) > 10 and len(lists) >= 4
    assert len(licences) >= 2 and len(endorsements) > len(papers)
    for token in endorsements:
        readers[Schema.ENDORSEMENT].validate(payload(token))
    for one in said:
        readers[Schema(one["credentialSchema"]["id"].rpartition("/")[2])].validate(one)
    scores = Counter(
        part["assessedPerformance"][0]["score"]["code"]
        for one in said[: len(papers)]
        for part in one["credentialSubject"]["conformityAssessment"]
    )
    assert scores["conform"] > scores["not-conform"]
