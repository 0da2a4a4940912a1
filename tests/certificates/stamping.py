"""A real time stamp authority on this machine: it answers RFC 3161 over HTTP, and can be told to answer wrongly or not at all."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

BEGUN = datetime(2020, 1, 1, tzinfo=UTC)
ENDS = datetime(2045, 1, 1, tzinfo=UTC)
PERSON = "Hollow Oak Time Stamps"


@dataclass
class Tsa:
    """The authority: what it does is changed while it runs."""

    root: x509.Certificate
    stamper: DummyTimeStamper
    now: datetime
    """What its clock says."""
    mood: str = "right"
    url: str = ""
    asked: list[str] = field(default_factory=list)
    """The SHA-256 of every request it read, as people of the authority see them: nothing but digests."""

    def roots(self, folder: Path) -> Path:
        """The file that says whom to believe."""
        path = folder / "tsa-roots.pem"
        path.write_bytes(self.root.public_bytes(serialization.Encoding.PEM))
        return path

    def answer(self, body: bytes) -> tuple[int, str, bytes]:
        """Status, media type and bytes of what it answers just now."""
        request = tsp.TimeStampReq.load(body)
        self.asked.append(request["message_imprint"]["hashed_message"].native.hex())
        if self.mood == "other digest":
            request["message_imprint"]["hashed_message"] = bytes(32)
        if self.mood == "other nonce":
            request["nonce"] = 7
        if self.mood == "refuses":
            refusal = tsp.TimeStampResp({"status": tsp.PKIStatusInfo({"status": "rejection"})})
            return 200, "application/timestamp-reply", refusal.dump()
        if self.mood == "rubbish":
            return 200, "application/timestamp-reply", b"\x30\x82 no token"
        if self.mood == "page":
            return 200, "text/html", b"<h1>Out of office</h1>"
        if self.mood == "broken":
            return 500, "text/plain", b"broken"
        self.stamper.fixed_dt = self.now + (
            timedelta(days=3) if self.mood == "other clock" else timedelta(seconds=2)
        )
        answered = self.stamper.request_tsa_response(request).dump()
        if self.mood == "huge":
            answered += bytes(100_000)
        return 200, "application/timestamp-reply", bytes(answered)


def make_tsa(now: datetime) -> Tsa:
    """Its root and its own key."""
    root_key, key = (rsa.generate_private_key(65537, 2048) for _unused in range(2))
    root = _certificate("Hollow Oak root", root_key, "Hollow Oak root", root_key, ca=True)
    leaf = _certificate(PERSON, key, "Hollow Oak root", root_key, ca=False)
    stamper = DummyTimeStamper(
        asn1.Certificate.load(leaf.public_bytes(serialization.Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        ),
    )
    return Tsa(root, stamper, now)


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: str, by: rsa.RSAPrivateKey, *, ca: bool
) -> x509.Certificate:
    def called(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    built = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGUN)
        .not_valid_after(ENDS)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not ca:
        stamps = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        built = built.add_extension(stamps, critical=True)
    return built.sign(by, hashes.SHA256())


@contextmanager
def running(tsa: Tsa) -> Iterator[Tsa]:
    """The authority, answering on a port of this machine for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if tsa.mood == "slow":
                time.sleep(2)
            status, media, content = tsa.answer(body)
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(content)))
            with suppress(BrokenPipeError):  # whoever asked waits no longer
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tsa.url = f"http://127.0.0.1:{server.server_address[1]}/tsa"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield tsa
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
