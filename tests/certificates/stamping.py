"""A real time stamp authority on this machine: it answers RFC 3161 over HTTP, and can be told to answer wrongly or not at all.

Whether its certificate was revoked is said by a list or by a responder (OCSP), whichever its certificate names.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
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
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from app.certificates.stamp import asking, proving

BEGUN = datetime(2020, 1, 1, tzinfo=UTC)
ENDS = datetime(2045, 1, 1, tzinfo=UTC)
PERSON = "Hollow Oak Time Stamps"


@dataclass
class Tsa:
    """The authority: what it does is changed while it runs."""

    root: x509.Certificate
    root_key: rsa.RSAPrivateKey
    leaf: x509.Certificate
    stamper: DummyTimeStamper
    now: datetime
    """What its clock says."""
    port: int
    mood: str = "right"
    says: str = "counts"
    """What is said about its certificate: counts, revoked, stale, forged, broken, slow."""
    url: str = ""
    asked: list[str] = field(default_factory=list)
    """The SHA-256 of every request it read, as people of the authority see them: nothing but digests."""
    heard: list[str] = field(default_factory=list)
    """Every path it was asked at, in order."""
    silent_responder: bool = False
    upper: x509.Certificate = field(init=False)
    upper_key: rsa.RSAPrivateKey = field(init=False)

    def set_right(self, now: datetime) -> None:
        """As if nothing had ever happened."""
        self.mood, self.says, self.now = "right", "counts", now
        self.asked.clear()
        self.heard.clear()
        for memory in (asking._silent, asking.learned, proving._known):
            memory.clear()

    def new_certificate(self, until: datetime = ENDS) -> None:
        """It goes on with another certificate and key, under the same root."""
        key = rsa.generate_private_key(65537, 2048)
        ways = [one.value for one in self.leaf.extensions if isinstance(one.value, NAMING)]
        self.leaf = _certificate(
            PERSON, key, "Hollow Oak root", self.root_key, ca=False, more=ways, until=until
        )
        self.stamper = _stamper(self.leaf, key)

    def put_below(self, name: str) -> x509.Certificate:
        """Its root becomes one that issues below another, of that name: the new root. Its list is at `/upper`."""
        self.upper_key = rsa.generate_private_key(65537, 2048)
        upper = _certificate(name, self.upper_key, name, self.upper_key, ca=True)
        way = _way("list", f"http://127.0.0.1:{self.port}/upper")
        issuing = _certificate("Hollow Oak root", self.root_key, name, self.upper_key, ca=True, more=[way])
        self.stamper.certs_to_embed = [
            asn1.Certificate.load(issuing.public_bytes(serialization.Encoding.DER))
        ]
        self.upper = upper
        return upper

    def list(self, path: str = "/list") -> bytes:
        """The list of revoked certificates (RFC 5280) that lies at a path."""
        begun = self.now - timedelta(days=9 if self.says == "stale" else 1)
        by, key = (self.upper, self.upper_key) if path == "/upper" else (self.root, self.root_key)
        built = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(by.subject)
            .last_update(begun)
            .next_update(begun + timedelta(days=7))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
            )
        )
        if self.says == "revoked":
            line = x509.RevokedCertificateBuilder().serial_number(self.leaf.serial_number)
            built = built.add_revoked_certificate(line.revocation_date(begun).build())
        signer = rsa.generate_private_key(65537, 2048) if self.says == "forged" else key
        return built.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def answer_about(self, body: bytes) -> bytes:
        """What its responder says (RFC 6960)."""
        asked = ocsp.load_der_ocsp_request(body)
        assert asked.serial_number == self.leaf.serial_number
        begun = self.now - timedelta(days=9 if self.says == "stale" else 1)
        is_revoked = self.says == "revoked"
        built = ocsp.OCSPResponseBuilder().add_response(
            self.leaf, self.root, asked.hash_algorithm,
            ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD,
            begun, begun + timedelta(days=2), begun if is_revoked else None, None,
        ).responder_id(ocsp.OCSPResponderEncoding.HASH, self.root)  # fmt: skip
        made = built.sign(self.root_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        return made[:-1] + bytes([made[-1] ^ 1]) if self.says == "forged" else made

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


NAMING = (x509.CRLDistributionPoints, x509.AuthorityInformationAccess)


def make_tsa(now: datetime, *names: str, until: datetime = ENDS) -> Tsa:
    """Its root and its own key; its certificate names a `list`, a `responder`, or nobody, and ends when it is said to."""
    root_key, key = (rsa.generate_private_key(65537, 2048) for _unused in range(2))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = _certificate("Hollow Oak root", root_key, "Hollow Oak root", root_key, ca=True)
    ways = [_way(name, f"http://127.0.0.1:{port}/{name}") for name in names]
    leaf = _certificate(PERSON, key, "Hollow Oak root", root_key, ca=False, more=ways, until=until)
    return Tsa(root, root_key, leaf, _stamper(leaf, key), now, port)


def _way(name: str, url: str) -> x509.ExtensionType:
    place = x509.UniformResourceIdentifier(url)
    if name == "list":
        return x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)])
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)]
    )


def _stamper(leaf: x509.Certificate, key: rsa.RSAPrivateKey) -> DummyTimeStamper:
    return DummyTimeStamper(
        asn1.Certificate.load(leaf.public_bytes(serialization.Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        ),
    )


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: str, by: rsa.RSAPrivateKey, *, ca: bool,
    more: Iterable[x509.ExtensionType] = (), until: datetime = ENDS,
) -> x509.Certificate:  # fmt: skip
    def called(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    built = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGUN)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not ca:
        stamps = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        built = built.add_extension(stamps, critical=True)
    for one in more:
        built = built.add_extension(one, critical=False)
    return built.sign(by, hashes.SHA256())


@contextmanager
def running(tsa: Tsa) -> Iterator[Tsa]:
    """The authority, answering on a port of this machine for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            tsa.heard.append(self.path)
            if self.path == "/responder":
                self.say(lambda: tsa.answer_about(body))
            else:
                if tsa.mood == "slow":
                    time.sleep(2)
                self.send(*tsa.answer(body))

        def do_GET(self) -> None:
            tsa.heard.append(self.path)
            self.say(lambda: tsa.list(self.path))

        def say(self, about: Callable[[], bytes]) -> None:
            """What is said about the authority's certificate."""
            if tsa.says == "slow":
                time.sleep(2)
            is_broken = tsa.says == "broken" or (tsa.silent_responder and self.path == "/responder")
            self.send(500 if is_broken else 200, "application/octet-stream", b"" if is_broken else about())

        def send(self, status: int, media: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(content)))
            with suppress(BrokenPipeError):  # whoever asked waits no longer
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", tsa.port), Handler)
    tsa.url = f"http://127.0.0.1:{server.server_address[1]}/tsa"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield tsa
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
