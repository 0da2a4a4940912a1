"""A checkpoint that somebody kept, alone or in a letter: the beginning of today's log, or the proof that it was changed."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from app.ledger.note import Checkpoint, sign_note
from tests.monitor.test_watching import Served, log, run
from tests.witness.make import Log

__all__ = ["log"]


def ask(log: Served, content: str | bytes) -> tuple[int, str]:
    file = log.place.parent / "kept"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    done = run(str(log.place.parent / "monitor"), "--against", str(log.place), "--checkpoint", str(file))
    return done.exit_code, done.output


def letter(text: str) -> bytes:
    message = EmailMessage()
    message["Subject"], message["To"] = "The register on 22 November 2026", "keeper@witness.example"
    message.set_content(f"Dear keeper,\n\nKeep this.\n\n{text}\nMore words.\n")
    message.add_alternative(f"<p>Dear keeper,</p><pre>{text}</pre>", subtype="html")
    return bytes(message)


@pytest.mark.parametrize("size", [1, 255, 256, 300, 340])
def test_a_kept_checkpoint_is_the_beginning_of_todays_log(log: Served, size: int) -> None:
    code, said = ask(log, log.note(size))
    assert (code, f"({size} entries) is the beginning of today's log" in said) == (0, True), said


def test_it_is_found_in_a_letter_and_in_a_quoted_one(log: Served) -> None:
    quoted = "".join(f"> {line}\n" for line in log.note(300).splitlines())
    for content in (letter(log.note(300)), letter(quoted), f"A report\n\n{log.note(300)}\nMore.\n", log.note(300).replace("\n", "\r\n")):  # fmt: skip
        code, said = ask(log, content)
        assert (code, "is the beginning of today's log" in said) == (0, True), said


def test_a_log_that_was_made_anew_is_an_alarm_also_for_a_monitor_that_begins_today(
    log: Served, tmp_path: Path
) -> None:
    kept = Served(tmp_path / "old", 0)
    kept.add(200)
    kept.add(20, "other")
    (tmp_path / "kept").write_text(kept.note())
    done = run(
        str(tmp_path / "new monitor"), "--against", str(log.place), "--checkpoint", str(tmp_path / "kept")
    )
    assert done.exit_code == 1 and "ALARM" in done.output and "The log was made anew" in done.output


def test_a_log_that_was_cut_short_is_an_alarm(log: Served) -> None:
    longer = Served(log.place, 350)
    code, said = ask(log, longer.note())
    assert code == 1 and "The log was cut short: the checkpoint that was kept has 350 entries" in said


def test_what_is_no_checkpoint_of_this_log_proves_nothing(log: Served) -> None:
    stranger = Log(300, seed=9)
    other = Checkpoint("other.example/log", 300, bytes(32)).text
    for content, said in (
        ("nothing", "there is no checkpoint of this log in the file"),
        (b"\xff\xfe\x00", "there is no checkpoint of this log in the file"),
        (stranger.note(), "nobody we trust has signed"),
        (sign_note(other, log.key, log.private.sign), "there is no checkpoint of this log in the file"),
        (log.note(300).replace("\n300\n", "\n299\n"), "is false"),
    ):
        code, heard = ask(log, content)
        assert (code, said in heard) == (2, True), heard
