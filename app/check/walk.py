"""The whole walk, in order: the invariants of the domain page by number, then chains, proofs, files and seals."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from app.certificates.keys import KeyFault
from app.check import (
    cases,
    certificates,
    complaints,
    days,
    doubted,
    histories,
    journal,
    keys,
    ledger,
    licences,
    lines,
    lists,
    papers,
    reissues,
    sealed,
    search,
    stamps,
    statements,
    surveillance,
    told,
)
from app.check.breach import Breach, Walk
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading


class Look(NamedTuple):
    """One thing that is looked at: its words for people, and the function that looks."""

    words: str
    walk: Walk


LOOKS = (
    Look("1 no evaluator reviews or decides", cases.no_evaluator_reviews_or_decides),
    Look("2 every decision had what it needs", cases.every_decision_had_what_it_needs),
    Look("3 every certificate rests on a decision", certificates.every_certificate_rests_on_a_decision),
    Look("3 every statement says what was decided", certificates.every_statement_says_what_was_decided),
    Look("4 every change of status is said whole", histories.every_change_is_said_whole),
    Look(
        "5 and 12 every public change was told in its own moment",
        histories.every_public_change_was_told_in_its_own_moment,
    ),
    Look("every line of a history says what the log told", lines.every_line_says_what_the_log_told),
    Look("5 every status list says what was taken away", papers.every_status_list_says_what_was_taken_away),
    Look(
        "every past status list is genuine and none is missing",
        lists.every_past_list_is_genuine_and_none_is_missing,
    ),
    Look("6 nothing private was told", certificates.nothing_private_was_told),
    Look("7 nothing with a history is gone", journal.nothing_with_a_history_is_gone),
    Look("7 append-only rows count without a hole", journal.append_only_rows_count_without_a_hole),
    Look("8 no complaint lands on an involved person", complaints.no_complaint_lands_on_an_involved_person),
    Look("9 every sample is reached or flagged", surveillance.every_sample_is_reached_or_flagged),
    Look("10 every number is used once and resolves", certificates.every_number_is_used_once_and_resolves),
    Look("11 histories have no gap and no overlap", histories.histories_have_no_gap_and_no_overlap),
    Look("12 every status follows from the events", journal.every_status_follows_from_the_events),
    Look("every event is chained", journal.every_event_is_chained),
    Look("every counter is the sum of its results", cases.every_counter_is_the_sum_of_its_results),
    Look("every ledger entry is what was logged", ledger.every_entry_is_what_was_logged),
    Look("the tree follows from the entries", ledger.the_tree_follows_from_the_entries),
    Look("what was told is what was committed", ledger.what_was_told_is_what_was_committed),
    Look("every checkpoint is true and signed", ledger.every_checkpoint_is_true_and_signed),
    Look("every cosignature is true", ledger.every_cosignature_is_true),
    Look("every report of a day agrees with the ledger", days.every_report_agrees_with_the_ledger),
    Look("every piece of evidence is as it was sent", papers.every_piece_of_evidence_is_as_it_was_sent),
    Look("every draw can be drawn again", surveillance.every_draw_can_be_drawn_again),
    Look("every stored file is what its name says", papers.every_stored_file_is_what_its_name_says),
    Look("every issued paper is whole", papers.every_issued_paper_is_whole),
    Look("nothing was issued beside the register", papers.nothing_was_issued_beside_the_register),
    Look("every design is there and complete", papers.every_design_is_there_and_complete),
    Look("every seal is genuine", papers.every_seal_is_genuine),
    Look("every credential is genuine", papers.every_credential_is_genuine),
    Look("the search files every certificate as it stands", search.every_certificate_is_filed_as_it_stands),
    Look("the search's terms lead where they should", search.every_term_leads_where_it_should),
    Look("every key is what its record says", keys.every_key_is_what_its_record_says),
    Look("every key that ended signs no more", keys.every_key_that_ended_signs_no_more),
    Look("every key was told in the log", keys.every_key_was_told_in_the_log),
    Look("every paper names its keys", keys.every_paper_names_its_keys),
    Look(
        "every licence credential says what was licensed",
        licences.every_licence_credential_says_what_was_licensed,
    ),
    Look("RRN's lists say which licences ended", licences.every_list_of_rrn_says_which_licences_ended),
    Look("every endorsement is genuine", licences.every_endorsement_is_genuine),
    Look("every signed statement can be computed again", statements.every_statement_can_be_computed_again),
    Look("what was sealed was told in the log", told.everything_sealed_was_told_in_the_log),
    Look("every other paper is as it was sealed", sealed.every_other_paper_is_as_it_was_sealed),
    Look("every time stamp in a seal counts", stamps.every_time_stamp_counts),
    Look(
        "every archive copy begins with what was issued",
        stamps.every_archive_copy_begins_with_what_was_issued,
    ),
    Look("what a suspect key made was made again", doubted.everything_doubted_was_made_again),
    Look("every re-issue left nobody out", reissues.every_reissue_left_nobody_out),
    Look("nothing is stuck in the outbox", journal.nothing_is_stuck_in_the_outbox),
)
"""That no event is told twice (12) is a unique column of the ledger, so it is not walked."""


def breaches(site: Site, begin: Callable[[str], None] = lambda _words: None) -> Iterator[tuple[str, Breach]]:
    """Everything that is not as it must be, with the words of what was looked at, in one consistent view of the database.

    `begin` hears what is looked at next. Nothing is written.
    """
    with reading(site, SYSTEM) as unit:
        for look in LOOKS:
            begin(look.words)
            for breach in _found(unit, look):
                yield look.words, breach


def _found(unit: Unit, look: Look) -> Iterator[Breach]:
    """What one look finds; what is too damaged even to be looked at is a breach as well, and the walk goes on."""
    try:
        yield from look.walk(unit)
    except (ValueError, LookupError, TypeError, AttributeError, OSError, KeyFault) as fault:
        yield Breach(
            "this check", f"could not be finished, something is damaged: {type(fault).__name__}: {fault}"
        )
