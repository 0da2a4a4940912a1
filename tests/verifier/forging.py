"""Forgeries of papers that the running register issued, and files that are meant to hurt whoever opens them."""

import hashlib
import hmac
import json
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from app.certificates.did import MEDIA_TYPE
from app.certificates.document import Attachment, draw, load_design
from app.certificates.effects import OWNER
from app.certificates.jose import decode, encode
from app.certificates.keys import Purpose, SigningKey
from app.certificates.keys.store import KeyStore
from app.certificates.lints import Drawn, inspect_document
from app.certificates.rules import Statement
from app.certificates.seal import RESERVE, seal
from app.settings import Settings
from tests.mirror.made import Mirrored

Forge = Callable[[Mirrored, Path], bytes]


def statement_of(mirror: Mirrored, number: str) -> Statement:
    return Statement.model_validate_json(mirror.paper(number, name="statement.json"))


def another_revision(mirror: Mirrored, _folder: Path) -> bytes:
    """A later revision tells another title, as an editor would save it."""
    writer = IncrementalPdfFileWriter(BytesIO(mirror.paper(mirror.good)))
    writer.root[pdf_name("/Forged")] = pdf_string("for five curricula")
    writer.update_root()  # type: ignore[no-untyped-call]
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def rewritten(mirror: Mirrored, _folder: Path) -> bytes:
    """Saved anew by another program, seal and all."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(mirror.paper(mirror.good))))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def sealed(mirror: Mirrored, token: bytes, key: SigningKey) -> bytes:
    """The genuine statement on new paper, with some credential in it, under somebody's seal."""
    said = statement_of(mirror, mirror.good)
    attachment = Attachment("credential.jwt", MEDIA_TYPE, token, "Data", "The same certificate for machines")
    pdf = draw(said, load_design(said.design), mirror.clock(), (attachment,), RESERVE)
    return seal(pdf, inspect_document(Drawn(pdf, said, token)), key)


def others_credential(mirror: Mirrored, _folder: Path) -> bytes:
    """The body itself sealed the credential of another certificate into this one."""
    owner = statement_of(mirror, mirror.good).body.ref
    key = KeyStore(mirror.site.settings).signing(Purpose.SEAL, owner, mirror.clock())
    return sealed(mirror, mirror.paper(mirror.reduced, 2, "credential.jwt"), key)


def strangers_seal(mirror: Mirrored, folder: Path) -> bytes:
    """A root and a body of one's own, with the same names and numbers."""
    said = statement_of(mirror, mirror.good)
    store = KeyStore(Settings(data_dir=folder, public_base_url="http://testserver"))
    store.ensure_root(OWNER, mirror.clock())
    key = store.ensure_seal(said.body.ref, said.body.name, "UK:GB-02123", mirror.clock())
    return sealed(mirror, mirror.paper(mirror.good, name="credential.jwt"), key)


PAPERS: dict[str, tuple[Forge, str]] = {
    "a later revision": (another_revision, "does not cover the whole file"),
    "saved anew": (rewritten, "The file does not carry exactly one seal of ours."),
    "junk after the end": (lambda mirror, _: mirror.paper(mirror.good) + b"\n%junk\n", "does not cover the whole file"),
    "a word changed": (lambda mirror, _: mirror.paper(mirror.good).replace(b"/Title (C", b"/Title (K"), "changed after it was sealed"),
    "the credential of another": (others_credential, "this one was never published"),
    "a stranger's seal": (strangers_seal, "not made by a body that RRN has licensed"),
}  # fmt: skip
"""Each with what is said of it; all are not_certified."""


def parts(mirror: Mirrored) -> tuple[dict[str, str], str, str]:
    head, body, signature = mirror.paper(mirror.good, name="credential.jwt").decode().split(".")
    return json.loads(decode(head)), body, signature


def signed(header: dict[str, Any], body: str, sign: Callable[[bytes], bytes]) -> bytes:
    start = f"{encode(json.dumps(header).encode())}.{body}".encode()
    return start + b"." + encode(sign(start)).encode()


def raw(key: ec.EllipticCurvePrivateKey, size: int) -> Callable[[bytes], bytes]:
    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    return sign


def with_the_public_key(mirror: Mirrored, _folder: Path) -> bytes:
    header, body, _signature = parts(mirror)
    store = KeyStore(mirror.site.settings)
    public = next(key for key in store.all(Purpose.CREDENTIAL) if header["kid"].endswith(key.id)).public_key
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return signed(header | {"alg": "HS256"}, body, lambda data: hmac.digest(pem, data, hashlib.sha256))


def another_key(curve: ec.EllipticCurve, size: int) -> Forge:
    def forge(mirror: Mirrored, _folder: Path) -> bytes:
        header, body, _signature = parts(mirror)
        return signed(header, body, raw(ec.generate_private_key(curve), size))

    return forge


def header_with(**changed: Any) -> Forge:
    def forge(mirror: Mirrored, _folder: Path) -> bytes:
        header, body, signature = parts(mirror)
        return signed(header | changed, body, lambda _data: decode(signature))

    return forge


def more_curricula(mirror: Mirrored, _folder: Path) -> bytes:
    header, body, signature = parts(mirror)
    said = json.loads(decode(body))
    said["validUntil"] = "2099-01-01T00:00:00Z"
    return signed(header, encode(json.dumps(said).encode()), lambda _data: decode(signature))


def another_spelling(mirror: Mirrored, _folder: Path) -> bytes:
    """The same 64 bytes: the last letter of base64url has bits to spare."""
    token = mirror.paper(mirror.good, name="credential.jwt")
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1:]) ^ 1 :][:1]


NOT_OURS, FALSE = "not one as this register makes them", "The signature of the credential is false"
CREDENTIALS: dict[str, tuple[Forge, str]] = {
    "HS256 with the public key": (with_the_public_key, NOT_OURS),
    "no algorithm": (header_with(alg="none"), NOT_OURS),
    "a critical header": (header_with(crit=["b64"]), NOT_OURS),
    "a key in the header": (header_with(jwk={"kty": "EC"}), NOT_OURS),
    "another's key id": (header_with(kid="did:web:elsewhere.example:bodies:x#y"), "somebody who is not in this register"),
    "a key id that nobody can write": (header_with(kid="did:web:testserver:bodies:\ud800x#a"), "somebody who is not in this register"),
    "a key that is not there": (header_with(kid="did:web:testserver:bodies:nobody#y"), "could not be had"),
    "another type": (header_with(typ="jwt"), FALSE),
    "a key of one's own": (another_key(ec.SECP256R1(), 32), FALSE),
    "a P-384 key": (another_key(ec.SECP384R1(), 48), FALSE),
    "longer by seventy years": (more_curricula, FALSE),
    "another spelling": (another_spelling, FALSE),
}  # fmt: skip


def laid_out(body: bytes, trailer: bytes = b"trailer\n<< /Root 1 0 R >>\n") -> bytes:
    """A file that looks sealed from outside, so that somebody has to open it."""
    start = b"%PDF-1.7\n"
    end = b"\n" + trailer + b"startxref\n%d\n%%%%EOF\n" % len(start)
    hole = b"<308200000000>"
    before = start + body + b"\n/ByteRange ["
    size = len(before) + 43 + len(b"] /Contents ")
    ranges = b"%010d %010d %010d %010d" % (0, size, size + len(hole), len(end))
    return before + ranges + b"] /Contents " + hole + end


def zipped(size: int) -> bytes:
    """Zeros by the hundred million in a few hundred kilobytes."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(size)) + packer.flush()


def xref_bomb() -> bytes:
    packed = zipped(400)
    head = (
        b"1 0 obj\n<< /Type /XRef /Size 9 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
        % len(packed)
    )
    return laid_out(head + packed + b"\nendstream\nendobj\n", b"")


def made(change: Callable[[PdfWriter], object], pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(72, 72)
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_a_script(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    writer.root_object[NameObject("/OpenAction")] = action


BOMBS: dict[str, Callable[[], bytes]] = {
    "nesting": lambda: laid_out(b"1 0 obj\n" + b"[" * 200_000),
    "a table without end": lambda: laid_out(b"xref\n0 99999999\n" + b"0000000000 65535 f \n" * 50_000),
    "a table that unpacks": xref_bomb,
}  # fmt: skip
NO_SEAL: dict[str, Callable[[], bytes]] = {
    "a password": lambda: made(lambda writer: writer.encrypt("secret")),
    "a script": lambda: made(with_a_script),
    "ten thousand pages": lambda: made(lambda _writer: None, 10_000),
}
NOT_PAPER: dict[str, tuple[bytes, str]] = {
    "a picture": (b"\xff\xd8\xff\xe0 not really", "a picture proves nothing"),
    "zeros": (bytes(10 * 1024 * 1024), "neither a certificate in PDF nor a credential"),
    "words": (b"Dear parent, we are certified", "neither a certificate in PDF nor a credential"),
}
