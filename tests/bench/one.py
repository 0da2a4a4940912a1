"""CPU of one certificate and of its parts, beside a bare signature and a plain way to do the same: python -m tests.bench.one.

The plain way draws one page with reportlab, embeds one font, and has pyHanko seal it as its examples do.
"""

import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import segno
import typer
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.renderPDF import draw as draw_on
from reportlab.graphics.shapes import Drawing
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from rich.console import Console
from rich.table import Table as Shown

from app.certificates import press
from app.certificates.credential import credential, sign_credential
from app.certificates.document.design import FONTS
from app.certificates.lints import Drawn, inspect_document, inspect_statement
from app.certificates.press import Order
from app.certificates.seal import seal
from tests.certificates.paper import ADDRESSES, NOW, PLACE, Ceremony, a_ceremony, a_statement, drawn, said

Work = Callable[[], object]
say = Console(width=110)


def cost(work: Work, times: int = 25) -> float:
    """Milliseconds of CPU, the lowest of many runs."""
    work()
    runs = []
    for _run in range(times):
        begun = time.process_time()
        work()
        runs.append(1000 * (time.process_time() - begun))
    return min(runs)


def plain(ceremony: Ceremony) -> Work:
    """The same page as somebody would write it who wants it done: font read, drawn, sealed as an incremental update."""
    signer = SimpleSigner.load(*_pem(ceremony))  # type: ignore[no-untyped-call]
    assert signer
    meta = PdfSignatureMetadata(field_name="Seal", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    font = sorted(FONTS.glob("*.ttf"))[0]
    statement = a_statement()

    def work() -> bytes:
        buffer = io.BytesIO()
        pdfmetrics.registerFont(TTFont("Plain", str(font)))
        canvas = Canvas(buffer)
        for line, text in enumerate((statement.number, statement.holder.name, statement.sentence)):
            canvas.setFont("Plain", 14)
            canvas.drawString(60, 700 - 30 * line, text)
        code = Drawing(100, 100)
        code.add(QrCodeWidget(statement.verify_url))
        draw_on(code, canvas, 400, 200)
        canvas.save()
        sealed = sign_pdf(IncrementalPdfFileWriter(io.BytesIO(buffer.getvalue())), meta, signer=signer)
        return bytes(sealed.getbuffer())

    return work


def _pem(ceremony: Ceremony) -> tuple[str, str]:
    """Key and certificate of the seal in files, as SimpleSigner takes them."""
    certificate = ceremony.seal.public.certificate
    assert certificate
    folder = Path(tempfile.mkdtemp())
    (folder / "seal.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    private = ceremony.store.folder.parent / "keys-private" / f"{ceremony.seal.public.id}.pem"
    return str(private), str(folder / "seal.pem")


def parts(ceremony: Ceremony) -> dict[str, Work]:
    """What a certificate is made of, each by itself."""
    statement = a_statement()
    order = Order(statement, PLACE, 36, True, ADDRESSES, NOW)
    files = press.make(order, ceremony.store)
    token, unsigned = files[press.CREDENTIAL], credential(statement, PLACE, ADDRESSES)
    pdf = drawn(statement, token)
    tokens = iter([inspect_document(Drawn(pdf, statement, token)) for _turn in range(40)])
    names = iter([inspect_statement(said(statement)) for _turn in range(40)])
    turn = iter(range(10**6))

    def lint() -> None:
        other = drawn_anew[next(turn) % len(drawn_anew)]
        inspect_document(Drawn(other, statement, token))

    drawn_anew = [
        drawn(statement, token)[:-1] + bytes([10] * n) for n in range(1, 7)
    ]  # else it is remembered
    return {
        "a bare P-256 signature": lambda: ceremony.seal.sign(pdf),
        "QR code (segno, all eight masks)": lambda: segno.make(statement.verify_url, error="m", boost_error=False, micro=False),
        "drawn, with the QR code": lambda: drawn(statement, token),
        "looked at by the rules": lint,
        "credential signed": lambda: sign_credential(statement, unsigned, ceremony.credential, ADDRESSES, next(names)),
        "sealed": lambda: seal(pdf, next(tokens), ceremony.seal),
        "made: all of these": lambda: press.make(order, ceremony.store),
        "checked as a stranger would": lambda: press.check(files, statement, ceremony.store, ADDRESSES),
        "keys read from the files": lambda: press.made_with(files),
        "the plain way": plain(ceremony),
    }  # fmt: skip


def main() -> None:
    """Print each part in milliseconds, and as so many bare signatures."""
    with tempfile.TemporaryDirectory() as place:
        ceremony = a_ceremony(Path(place))
        shown = Shown("part", "ms CPU", "bare signatures", title="One certificate, lowest of 25 runs")
        found = {words: cost(work) for words, work in parts(ceremony).items()}
    unit = found["a bare P-256 signature"]
    for words, spent in found.items():
        shown.add_row(words, f"{spent:.2f}", f"{spent / unit:.0f}")
    say.print(shown)


if __name__ == "__main__":
    typer.run(main)
