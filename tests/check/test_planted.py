"""Each fault that somebody with the database or the disk in hand could plant is found, and said in one sentence."""

import pytest

from app.check.walk import LOOKS
from tests.check.world import Clean


def refs(clean: Clean) -> dict[str, str]:
    """What statements may name."""
    world = clean.world
    return {
        "assessor": world.assessor.id, "lead": world.lead.id, "decider": world.decider.id, "officer": world.officer.id,
        "impartial": world.impartial.id, "number": clean.number,
        "json": "::jsonb" if clean.site.engine.dialect.name == "postgresql" else "",
    }  # fmt: skip


PLANTED: tuple[tuple[str, str, str], ...] = (
    # 1: independence
    ("1 no evaluator", "UPDATE decision SET by = '{assessor}'", "evaluated the case and decided it"),
    (
        "1 no evaluator",
        "UPDATE person SET same_as_id = (SELECT id FROM person WHERE ref = '{lead}') WHERE ref = '{decider}'",
        "evaluated the case and decided it",
    ),
    ("1 no evaluator", "UPDATE event SET actor_id = '{lead}' WHERE kind = 'case.review_taken'", "evaluated and reviewed it"),
    # 2: what a decision needs
    ("2 every", "UPDATE event SET kind = 'case.x' WHERE kind = 'case.evaluation_completed'", "before the evaluation was complete"),
    ("2 every", "UPDATE event SET kind = 'case.x' WHERE kind = 'case.review_completed'", "without a review that had ended"),
    ("2 every", "DELETE FROM acceptance WHERE side = 'body'", "before both sides had accepted the agreement"),
    ("2 every", "UPDATE agreement SET text = text || ' And more.'", "an agreement whose text was changed"),
    ("2 every", "UPDATE licence_status SET status = 'suspended' WHERE before = 'checked'", "its body's licence did not cover it"),
    ("2 every", "UPDATE licence_status SET to_on = '2026-03-01' WHERE before = 'checked'", "its body's licence did not cover it"),
    ("2 every", "UPDATE accreditation_status SET to_on = '2026-03-01'", "its body was not accredited for it"),
    ("2 every", "UPDATE competence SET to_on = '2026-03-02' WHERE role = 'decision_maker'", "who was not authorised to decide"),
    ("2 every", "DELETE FROM audit_result WHERE id = (SELECT min(id) FROM audit_result)", "1 requirements have no result"),
    ("2 every", "UPDATE finding SET status = 'responded'", "finding 1 is not closed"),
    # 3: certificate and decision
    ("3 every certificate", "UPDATE certificate SET decision_ref = 'nothing'", "was granted by no decision"),
    ("3 every certificate", "UPDATE decision SET step = 'refuse'", "was granted by no decision"),
    ("3 every certificate", "UPDATE certificate SET granted_on = '2026-01-01'", "begins before it was decided on"),
    ("3 every certificate", "UPDATE certificate SET case_ref = 'NGC-9999'", "names another case"),
    ("3 every certificate", "UPDATE scope_item SET outcome = 'refused'", "which was not granted"),
    ("3 every statement", "UPDATE certificate SET expires_on = '2039-03-01'", "states another number, version or term"),
    ("3 every statement", "UPDATE curriculum_version SET content_digest = 'ab'", "or contents of them, that are not on the certificate"),
    # keys
    ("every key that ended", "DELETE FROM signed_revocation_list", "is not on the list of revoked seals"),
    ("every key that ended", "UPDATE key_notice SET since = '2020-01-01 00:00:00.000000'", "from that moment on"),
    ("every key that ended", "UPDATE key_notice SET ref = 'another'", "and is not published"),
    ("every key was told", "UPDATE key_announcement SET recorded_at = '2020-01-01 00:00:00.000000' WHERE id = 1", "and no entry of the log tells of it"),
    ("every key was told", "DELETE FROM key_announcement WHERE id = 1", "was made, and the log never told of it"),
    ("every paper names its keys", "UPDATE certificate_version SET seal_key = 'another'", "was made with other keys than noted"),
    ("every design is there", "UPDATE certificate_version SET design = 'nowhere-2026'", "nothing can be drawn with it: It is not there."),
    # 4: said whole
    ("4 every change", "UPDATE licence_status SET by = '' WHERE status = 'suspended'", "does not say who changed it"),
    ("4 every change", "UPDATE certificate_status SET public_text = '' WHERE status = 'suspended'", "does not say a public text"),
    ("4 every change", "UPDATE certificate_status SET reason_code = '' WHERE status = 'suspended'", "does not say a reason"),
    # 5 and 12: told everywhere at once
    (
        "5 and 12",
        "DELETE FROM ledger_told WHERE number IN (SELECT number FROM ledger_entry WHERE kind = 'certificate.status');"
        "DELETE FROM ledger_entry WHERE kind = 'certificate.status'",
        "changed, and the ledger does not tell of it",
    ),
    ("5 and 12", "UPDATE event SET subject_id = 999 WHERE kind = 'certificate.suspended'", "the journal does not tell of it"),
    ("5 and 12", "DELETE FROM trainer_approval", "the ledger tells of a change that its history does not hold"),
    (
        "5 every status list",
        "UPDATE certificate_status SET status = 'suspended' WHERE id = (SELECT max(id) FROM certificate_status WHERE item_id IS NULL)",
        "does not say that {number} is over or suspended",
    ),
    ("5 every status list", "UPDATE signed_status_list SET token = 'a.b.c'", "does not verify"),
    ("5 every status list", "UPDATE certificate_version SET number = 3 WHERE number = 2;"
     "UPDATE certificate_version SET status_index = (status_index + 7) % 131072 WHERE number = 1", "for which there is no reason"),
    ("every line", "UPDATE certificate_status SET effective_on = '2027-01-01' WHERE status = 'suspended'", "says another day than the public was told"),
    ("every line", "UPDATE certificate_status SET effective_on = '2025-01-01' WHERE before = 'granted'", "says another day than"),
    ("every line", "UPDATE certificate_status SET status = 'withdrawn' WHERE status = 'suspended'", "says another status than"),
    ("every line", "UPDATE certificate_status SET before = 'withdrawn' WHERE status = 'suspended'", "says another status before than"),
    ("every line", "UPDATE certificate_status SET public_text = 'All is well.' WHERE status = 'suspended'", "says other words than"),
    ("every line", "UPDATE certificate_status SET public_text = 'All is well.' WHERE status = 'reduced'", "says other words than"),
    ("every line", "UPDATE certificate_status SET public_text = 'All is well.' WHERE item_id IS NOT NULL", "says other words than"),
    ("every line", "UPDATE certificate_status SET status = 'active' WHERE item_id IS NOT NULL", "says another status than"),
    ("every line", "UPDATE certificate_status SET item_id = (SELECT max(id) + min(id) FROM certificate_item) - item_id WHERE item_id IS NOT NULL",
     "says another curriculum than"),
    ("every line", "UPDATE licence_status SET effective_on = '2027-01-01' WHERE status = 'suspended'", "says another day than"),
    ("every line", "UPDATE licence_status SET status = 'withdrawn' WHERE status = 'suspended'", "says another status than"),
    ("every line", "UPDATE licence_status SET to_on = '2039-01-01' WHERE before = 'checked'", "says another last day than"),
    ("every line", "UPDATE licence_status SET public_text = 'All is well.' WHERE status = 'suspended'", "says other words than"),
    ("every line", "UPDATE accreditation_status SET effective_on = '2020-01-01' WHERE before IS NULL", "says another day than"),
    ("every line", "UPDATE accreditation_status SET to_on = '2039-01-01'", "says another last day than"),
    ("every line", "UPDATE affiliate_approval SET to_on = '2039-01-01'", "says another last day than"),
    ("every line", "UPDATE trainer_approval SET from_on = '2020-01-01'", "says another day than"),
    ("every line", "UPDATE trainer_approval SET to_on = '2039-01-01'", "says another last day than"),
    ("every line", "UPDATE affiliate_approval SET from_on = '2020-01-01'", "says another day than"),
    ("every line", "UPDATE accreditation_status SET status = 'active' WHERE status = 'suspended'", "says another status than"),
    ("every line", "UPDATE accreditation_status SET public_text = 'All is well.' WHERE status = 'suspended'", "says other words than"),
    ("every line", "UPDATE licence_status SET before = 'on_watch' WHERE status = 'suspended'", "says another status before than"),
    ("every line", "UPDATE certificate_status SET effective_on = '2026-02-01' WHERE item_id IS NOT NULL", "says another day than"),
    ("every line", "UPDATE certificate_status SET before = NULL WHERE item_id IS NOT NULL", "says another status before than"),
    ("every line", "UPDATE certificate_status SET limit_on = '2039-01-01' WHERE status = 'suspended'", "says another limit than"),
    ("every line", "UPDATE certificate_status SET limit_on = '2039-01-01' WHERE status = 'reduced'", "says another limit than"),
    ("every line", "UPDATE certificate_status SET ends_when = 'Never.' WHERE status = 'suspended'", "says other words on what ends it than"),
    ("every line", "DELETE FROM certificate_status WHERE item_id IS NOT NULL", "the log tells of a change of a curriculum on it that its history does not hold"),
    ("every line", "UPDATE certificate_status SET effective_on = '2027-01-01' WHERE status = 'granted'", "was not granted on the day of its certificate"),
    # 6: what is private
    (
        "6 nothing private",
        "UPDATE certificate_status SET private_text = public_text, public_text = 'Suspended.' WHERE status = 'suspended'",
        "tells the public a private reason",
    ),
    ("6 nothing private", "UPDATE ledger_entry SET kind = 'certificate.published' WHERE kind = 'licence.status'", "tells more than was agreed"),
    # 7: nothing is lost
    ("7 nothing with a history", "UPDATE event SET subject_id = 999 WHERE subject = 'curriculum'", "curriculum 999 was deleted"),
    # 9: samples
    ("9 every sample", "UPDATE surveillance_cycle SET ends_on = '2026-03-03'", "nobody reckoned whether its sample was reached"),
    ("9 every sample", "UPDATE surveillance_cycle SET status = 'ended'", "observed, and nothing is flagged"),
    (
        "9 every sample",
        "UPDATE surveillance_stratum SET owed = 0; UPDATE surveillance_cycle SET status = 'in_debt', fell_short_on = '2026-03-03'",
        "asks for 0 of 1 affiliates, the rules ask for 1",
    ),
    ("9 every sample", "DELETE FROM surveillance_stratum WHERE stratum = 'affiliates';"
     "UPDATE surveillance_cycle SET status = 'ended'", "counts 3 strata instead of four"),
    ("every draw", "UPDATE surveillance_draw SET listed = replace(listed, '\"items\":[\"', '\"items\":[\"0')", "its frozen list was changed"),
    ("every draw", "UPDATE surveillance_draw SET listed = listed || ' '", "its frozen list was changed"),
    (
        "every draw",
        "UPDATE surveillance_draw SET value = seed",
        "its value is not the one that was committed to",
    ),
    ("every draw", "UPDATE surveillance_draw SET commitment = list_digest", "the journal committed to another list or value"),
    ("every draw", "UPDATE surveillance_draw SET ledger_number = 0", "the ledger tells of it 1 times, or at another place"),
    (
        "every draw",
        "UPDATE ledger_told SET told = (SELECT told FROM ledger_told WHERE number = 0) WHERE number = "
        "(SELECT ledger_number FROM surveillance_draw)",
        "the ledger committed to another list or value",
    ),
    ("every draw", "UPDATE surveillance_draw SET checkpoint_size = checkpoint_size + 1", "not decided by the first checkpoint that came after it"),
    ("every draw", "UPDATE surveillance_draw SET root = list_digest", "names another root than its checkpoint"),
    ("every draw", "UPDATE surveillance_draw SET seed = list_digest", "its seed does not follow from value and root"),
    (
        "every draw",
        "UPDATE surveillance_draw SET status = 'committed', seed = NULL, checkpoint_size = NULL;"
        "UPDATE ledger_checkpoint SET signed_at = '2026-02-01 09:00:00'",
        "its commitment was never opened",
    ),
    ("every draw", "UPDATE surveillance_pick SET item = 'chosen' WHERE status = 'observed'", "is not what the seed gives"),
    ("every draw", "DELETE FROM surveillance_pick WHERE status = 'observed'", "somebody was passed over"),
    ("every draw", "UPDATE surveillance_pick SET status = 'planned' WHERE status = 'substituted'", "than the list asks for"),
    ("every draw", "UPDATE surveillance_pick SET reason = '' WHERE status = 'substituted'", "was put out without a reason"),
    ("every draw", "UPDATE surveillance_pick SET note = '' WHERE status = 'observed'", "or nobody said what was seen"),
    # 8: complaints
    ("8 no complaint", "UPDATE event SET actor_id = '{decider}' WHERE kind = 'complaint.decided'", "who had a part in the matter"),
    ("8 no complaint", "UPDATE event SET actor_id = '{officer}' WHERE kind = 'complaint.decided'", "by somebody it was not given to"),
    ("8 no complaint", "UPDATE complaint SET by = '{impartial}'", "who brought it"),
    (
        "8 no complaint",
        "UPDATE membership SET organisation_id = (SELECT from_id FROM complaint WHERE matter = 'appeal') WHERE role = 'impartiality_member'",
        "who is tied to those concerned",
    ),
    # 10: numbers
    ("10 every number", "UPDATE certificate SET number = 'NGC-000001-0'", "whose check character is wrong"),
    ("10 every number", "UPDATE certificate_counter SET last = 2", "NGC-000002 was given out and is gone"),
    ("10 every number", "DELETE FROM certificate_counter", "nobody counts them"),
    # 11: histories
    ("11 histories", "DELETE FROM certificate_status WHERE status = 'suspended'", "there is a gap"),
    ("11 histories", "UPDATE certificate_status SET effective_on = '2026-03-02' WHERE status = 'reduced'", "the two overlap"),
    ("11 histories", "DELETE FROM licence_status WHERE status = 'suspended'", "there is a gap"),
    ("11 histories", "UPDATE certificate SET status = 'active'", "is active, but its history ends in reduced"),
    # 12: transitions and events
    ("12 every status", "UPDATE licence SET status = 'suspended'", "but the last event left it licensed"),
    ("12 every status", "UPDATE finding SET status = 'issued'", "is issued, but the last event left it closed"),
    ("12 every status", "UPDATE event SET subject_id = 999 WHERE kind = 'finding.plan_accepted'", "but it was responded"),
    ("12 every status", "UPDATE event SET subject = 'letter' WHERE subject = 'licence'", "no event says how it came to be"),
    # chains and counters
    ("every event is chained", "UPDATE event SET actor_name = 'Somebody Else' WHERE kind = 'case.planned'", "was changed after it was written"),
    ("every event is chained", "UPDATE event SET digest = 'ab' WHERE kind = 'case.planned'", "does not follow from the event before it"),
    (
        "every event is chained",
        "DELETE FROM delivery WHERE event_id IN (SELECT id FROM event WHERE kind = 'case.planned');"
        "DELETE FROM event WHERE kind = 'case.planned'",
        "something was taken out",
    ),
    ("every counter", "UPDATE audit SET met = met - 1, partly = partly + 1", "counts"),
    # the ledger
    ("every ledger entry", "UPDATE ledger_entry SET subject_ref = 'another' WHERE number = 0", "does not say what its columns say"),
    ("every ledger entry", "UPDATE ledger_head SET size = size + 1", "ledger head counts"),
    ("every ledger entry", "UPDATE ledger_entry SET event_id = (SELECT id FROM event WHERE kind = 'case.granted') WHERE number = 1", "in the moment of its event"),
    ("every ledger entry", "DELETE FROM ledger_told WHERE number = 1; DELETE FROM ledger_entry WHERE number = 1", "something was taken out"),
    (
        "the tree follows",
        "UPDATE ledger_entry SET data = (SELECT data FROM ledger_entry WHERE number = 1) WHERE number = 0",
        "ledger node 0/0 is not the hash of what it covers",
    ),
    ("the tree follows", "DELETE FROM ledger_node WHERE level = 1 AND place = 0", "ledger node 1/0 is missing"),
    ("the tree follows", "UPDATE ledger_node SET place = 999 WHERE level = 1 AND place = 0", "covers entries that are not there"),
    (
        "what was told",
        "UPDATE ledger_told SET told = (SELECT told FROM ledger_told WHERE number = 1) WHERE number = 0",
        "committed to something else than what is told",
    ),
    ("what was told", "DELETE FROM ledger_told WHERE number = 0", "ledger entry 0 tells nothing any more, and no later entry says that it was redacted"),
    (
        "what was told",
        "UPDATE ledger_entry SET kind = 'entry.redacted', subject_ref = 'entry-0' WHERE number = 1",
        "ledger entry 0 was redacted, and what it told is still there",
    ),
    ("what was told", "UPDATE redaction SET status = 'done', done_on = '2026-03-03'", "the words of entry 0 are hidden, and the log does not tell that they were redacted"),
    (
        "every checkpoint",
        "UPDATE ledger_checkpoint SET root = (SELECT digest FROM ledger_node WHERE level = 0 AND place = 0)",
        "names another root than the entries give",
    ),
    ("every checkpoint", "UPDATE ledger_checkpoint SET note = replace(note, 'testserver', 'elsewhere')", "no log key of ours signed it"),
    ("every cosignature", "UPDATE ledger_cosignature SET witness = replace(witness, 'A', 'B')", "is not that witness's signature"),
    ("every cosignature", "UPDATE ledger_checkpoint SET note = replace(note, 'testserver', 'elsewhere')", "is not that witness's signature"),
    ("every checkpoint", "UPDATE ledger_checkpoint SET size = 999 WHERE size = (SELECT max(size) FROM ledger_checkpoint)", "more entries than"),
    # papers and queue
    ("every issued paper", "UPDATE certificate_version SET statement = statement || ' '", "its statement was changed after the decision"),
    ("every issued paper", "UPDATE certificate_version SET ledger_number = 0", "the ledger does not tell of these files"),
    ("every credential", "UPDATE certificate_version SET statement = statement || ' '", "speaks of another statement or issuer"),
    ("every piece of evidence", "UPDATE document SET size = size + 1", "were sent"),
    # the search
    ("the search files", "DELETE FROM register_entry", "is published and cannot be found by a search"),
    ("the search files", "UPDATE register_entry SET filed = replace(CAST(filed AS TEXT), 'training', 'traning'){json}", "is filed otherwise than the register stands"),
    ("the search files", "UPDATE register_entry SET shown = replace(CAST(shown AS TEXT), 'Training', 'Traning'){json}", "is filed otherwise than the register stands"),
    ("the search files", "DELETE FROM certificate_status WHERE status = 'active' AND item_id IS NULL", "and was never published"),
    ("the search's terms", "DELETE FROM register_term WHERE term = 'w:training'", "“w:training” does not agree with certificate {number}"),
    ("the search's terms", "UPDATE register_term SET term = 'w:zz' WHERE term = 'w:training'", "“w:zz” does not agree with certificate {number}"),
    ("the search's terms", "DELETE FROM register_word WHERE spelling = 'training'", "the word “training”"),
    # reports of days
    ("every report of a day", "UPDATE day_report SET content = replace(content, 'day', 'd4y') WHERE id = 2", "was changed after it was made"),
    ("every report of a day", "UPDATE day_report SET size = 0 WHERE id = 2", "does not follow from the report before it"),
    ("every report of a day", "DELETE FROM day_report WHERE id = 3", "a day between them has none"),
    ("every report of a day", "UPDATE ledger_entry SET data = (SELECT data FROM ledger_entry WHERE number = 1) WHERE number = 0", "names another root than the entries give"),
    ("every report of a day", "UPDATE ledger_entry SET kind = 'name.changed' WHERE number = 0", "counts other entries"),
    ("every report of a day", "UPDATE ledger_entry SET recorded_at = '2031-01-01 00:00:00.000000'", "counts entries of a later day"),
    # signed statements
    ("every signed statement", "UPDATE signed_statement SET content = replace(content, 'active', 'expired')", "does not follow from the register"),
    ("every signed statement", "UPDATE signed_statement SET pdf_digest = '00'", "its PDF is gone or was changed"),
    ("every signed statement", "UPDATE signed_statement SET token_digest = pdf_digest", "its signed JSON is no such thing"),
    ("every signed statement", "UPDATE ledger_node SET digest = (SELECT digest FROM ledger_node WHERE level = 0 AND place = 1) WHERE place = 0", "names another root"),
    # what the log tells of by digest
    ("what was sealed", "UPDATE signed_statement SET entry = 0", "should tell of it tells of something else"),
    ("what was sealed", "UPDATE paper SET entry = 0 WHERE kind = 'licence'", "should tell of it tells of something else"),
    ("what was sealed", "UPDATE paper SET entry = (SELECT max(entry) FROM paper) WHERE kind = 'decision'", "should tell of it tells of something else"),
    ("what was sealed", "UPDATE paper SET pdf_digest = token_digest WHERE kind = 'report'", "tells of a paper that is not there"),
    ("what was sealed", "UPDATE paper SET entry = NULL WHERE id = (SELECT min(id) FROM paper WHERE kind <> 'day')", "was sealed, and the log never told of it"),
    ("what was sealed", "DELETE FROM signed_statement", "tells of a statement that is not there"),
    # what is for machines
    ("every licence credential", "UPDATE licence_credential SET token = 'a.b.c'", "credential 1 of licence"),
    ("every licence credential", "UPDATE licence_credential SET content = replace(content, 'Northgate', 'Southgate')", "is about another licence or body"),
    ("every licence credential", "UPDATE licence_credential SET status_index = (status_index + 1) % 131072", "points to another entry of the status lists"),
    ("RRN's lists", "UPDATE licence_status SET status = 'withdrawn', effective_on = '2026-02-01' WHERE licence_id IN (SELECT licence_id FROM licence_credential)", "is not set in RRN's list for revocation"),
    ("RRN's lists", "UPDATE licence_credential SET number = 9 WHERE id = (SELECT min(id) FROM licence_credential)", "is not set in RRN's list for revocation"),
    ("every endorsement", "UPDATE endorsement SET token = 'a.b.c'", "does not verify"),
    ("every endorsement", "UPDATE endorsement SET about = 'another' WHERE id = 1", "is about something else"),
    ("every endorsement", "UPDATE certificate_version SET status_index = (status_index + 7) % 131072", "has another entry in the status lists"),
    ("every past status list", "UPDATE past_status_list SET token = 'a.b.c'", "does not verify"),
    ("every past status list", "DELETE FROM past_status_list WHERE id = (SELECT max(id) FROM past_status_list)", "and the next one is of"),
    # other papers
    ("every other paper", "UPDATE paper SET content = replace(content, 'granted', 'refused')", "its signed words are others than were frozen"),
    ("every other paper", "UPDATE paper SET pdf_digest = '00'", "its PDF or its signed words are gone or were changed"),
    ("every other paper", "UPDATE paper SET pdf_digest = (SELECT max(pdf_digest) FROM paper WHERE kind = 'licence')",
     "was sealed by Restraint Reduction Network, not by Northgate Certification"),
    ("every other paper", "UPDATE paper SET seal_key = 'another'", "was made with other keys than noted"),
    ("every other paper", "UPDATE paper SET owner = 'rrn'", "its signed words do not verify"),
    ("every other paper", "UPDATE paper SET sealed_at = NULL, ordered_at = '2026-01-01 09:00:00.000000'", "was never sealed, and does not say why"),
    ("nothing is stuck", "UPDATE delivery SET done_at = NULL, attempts = 12, failure = 'Refused'", "failed 12 times: Refused"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("look", "statements", "said"), PLANTED, ids=[f"{look}: {said}" for look, _sql, said in PLANTED]
)
def test_a_planted_fault_is_found(clean: Clean, look: str, statements: str, said: str) -> None:
    names = refs(clean)
    found = clean.plant(look, *(one.strip().format(**names) for one in statements.split(";")))
    assert any(said.format(**names) in line for line in found), found


WITHOUT_WORDS = (
    "DELETE FROM ledger_told WHERE number IN (SELECT number FROM ledger_entry WHERE kind LIKE '%.status')"
)
REDACTED: tuple[tuple[str, str], ...] = (
    ("UPDATE certificate_status SET effective_on = '2027-01-01' WHERE status = 'suspended'", "another day"),
    ("UPDATE certificate_status SET status = 'withdrawn' WHERE status = 'suspended'", "another status"),
    ("UPDATE certificate_status SET before = 'reduced' WHERE status = 'suspended'", "another status before"),
    ("UPDATE certificate_status SET limit_on = '2039-01-01' WHERE status = 'suspended'", "another limit"),
    ("UPDATE certificate_status SET status = 'active' WHERE item_id IS NOT NULL", "another status"),
    ("UPDATE certificate_status SET item_id = (SELECT max(id) + min(id) FROM certificate_item) - item_id WHERE item_id IS NOT NULL", "another curriculum"),
    ("UPDATE licence_status SET status = 'withdrawn' WHERE status = 'suspended'", "another status"),
    ("UPDATE licence_status SET to_on = '2039-01-01' WHERE before = 'checked'", "another last day"),
    ("UPDATE accreditation_status SET status = 'withdrawn' WHERE status = 'suspended'", "another status"),
    ("UPDATE accreditation_status SET effective_on = '2020-01-01'", "another day"),
    ("UPDATE affiliate_approval SET from_on = '2020-01-01'", "another day"),
    ("UPDATE trainer_approval SET from_on = '2020-01-01'", "another day"),
)  # fmt: skip
"""What is altered of a line whose words were taken out of the log, and what is said of it."""


@pytest.mark.parametrize(("statement", "said"), REDACTED)
def test_of_what_was_redacted_status_and_days_are_still_compared(
    clean: Clean, statement: str, said: str
) -> None:
    assert clean.plant("every line", WITHOUT_WORDS) == []
    found = clean.plant("every line", WITHOUT_WORDS, statement)
    assert any(f"says {said} than" in line for line in found), found


def test_of_what_was_redacted_the_words_are_not_compared(clean: Clean) -> None:
    for table in ("certificate_status", "licence_status", "accreditation_status"):
        words = f"UPDATE {table} SET public_text = 'Redacted.' WHERE status = 'suspended'"
        assert clean.plant("every line", WITHOUT_WORDS, words) == []


def test_a_list_that_is_being_signed_again_is_waited_for(clean: Clean) -> None:
    found = clean.plant(
        "5 every status list", "UPDATE signed_status_list SET token = 'a.b.c'",
        "UPDATE delivery SET done_at = NULL WHERE effect = 'app.certificates.effects.issuing.sign_lists'",
    )  # fmt: skip
    assert found == []


def test_a_row_missing_from_a_history_that_only_grows_is_found_on_sqlite(clean: Clean) -> None:
    planted = (
        "7 append-only",
        "DELETE FROM finding_verdict WHERE id = (SELECT min(id) FROM finding_verdict)",
    )
    found = clean.plant(*planted)
    assert (
        found == [] if clean.site.engine.dialect.name == "postgresql" else "something was deleted" in found[0]
    )


def test_every_look_has_a_fault_that_it_finds() -> None:
    by_hand = {"7 append-only", "every archive copy", "every key is what", "every re-issue", "every seal", "every stored file", "every time stamp", "nothing was issued beside", "what a suspect key"}  # fmt: skip
    planted = {look for look, _sql, _said in PLANTED} | by_hand
    assert [look.words for look in LOOKS if not any(look.words.startswith(one) for one in planted)] == []
