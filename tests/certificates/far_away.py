"""Keys that somebody else holds, as a key management service of a cloud would: a signer behind HTTP, and the adapter to it.

The service hands out public keys and signatures over digests, takes its time, refuses, and errs, as a test asks it to.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import Hash
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from app.certificates.keys import KeyAway, KeyFault, PublicKey, Purpose, SigningKey, thumbprint
from app.certificates.keys.public import Public, der_of, hash_of
from app.settings import KEY_HOLDERS

SECONDS = 0.5
"""How long the adapter waits for one answer."""


@dataclass
class Service:
    """What the service holds, and how it behaves."""

    keys: dict[str, Any] = field(default_factory=dict)
    signed: int = 0
    fails: list[int] = field(default_factory=list)
    """Which of the signatures to come are refused with 503, counted from now."""
    lies: bool = False
    """Whether it signs something else than it is asked to."""
    open: threading.Event = field(default_factory=threading.Event)
    """While it is not set, nobody gets an answer."""
    port: int = 0

    @property
    def uri(self) -> str:
        return f"faraway:http://127.0.0.1:{self.port}"

    def fail(self, *which: int) -> None:
        self.fails = [self.signed + one for one in which]

    def make(self, said: dict[str, str]) -> dict[str, str]:
        """A new key on the curve that is asked for, and its public part in PEM."""
        private: Any
        if said["curve"] == "ed25519":
            private = ed25519.Ed25519PrivateKey.generate()
        else:
            private = ec.generate_private_key(ec.SECP384R1() if said["curve"] == "p384" else ec.SECP256R1())
        self.keys[thumbprint(private.public_key())] = private
        return {"pem": _pem(private.public_key())}

    def sign(self, said: dict[str, str]) -> dict[str, str]:
        """The signature as services give it: both numbers side by side, over a digest that was made elsewhere."""
        self.open.wait(30)
        self.signed += 1
        if self.signed in self.fails:
            raise Unwilling
        private, content = self.keys[said["key"]], base64.b64decode(said["content"])
        if self.lies:
            content = bytes(len(content))
        if isinstance(private, ed25519.Ed25519PrivateKey):
            return {"raw": base64.b64encode(private.sign(content)).decode()}
        hashed = utils.Prehashed(hash_of(private.public_key()))
        numbers = utils.decode_dss_signature(private.sign(content, ec.ECDSA(hashed)))
        size = private.curve.key_size // 8
        return {"raw": base64.b64encode(b"".join(one.to_bytes(size, "big") for one in numbers)).decode()}

    def end(self, said: dict[str, str]) -> dict[str, str]:
        self.keys.pop(said["key"], None)
        return {}


class Unwilling(Exception):
    """Answered with 503."""


def _pem(key: Public) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@contextmanager
def a_service() -> Iterator[Service]:
    """A service that answers, in threads of its own."""
    service = Service()
    service.open.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                status, answer = 200, getattr(service, self.path.strip("/"))(said)
            except Unwilling:
                status, answer = 503, {}
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        service.open.set()
        server.shutdown()
        server.server_close()


def installed(folder: Path) -> Path:
    """What an installed package leaves for others to find: the entry point of its vault. The folder goes onto the path."""
    about = folder / "faraway-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: faraway\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{KEY_HOLDERS}]\nfaraway = {__name__}:FarVault\n")
    return folder


class FarVault:
    """The adapter: what another package would bring, and all of it."""

    def __init__(self, uri: str) -> None:
        self.address = uri.partition(":")[2]

    def make(self, purpose: Purpose, owner: str) -> Public:
        """See Vault."""
        curve = {Purpose.ROOT: "p384", Purpose.LOG: "ed25519"}.get(purpose, "p256")
        made = load_pem_public_key(
            self.ask("make", curve=curve, name=f"{purpose} of {owner}")["pem"].encode()
        )
        assert isinstance(made, Public)
        return made

    def open(self, key: PublicKey) -> SigningKey:
        """See Vault."""
        return FarKey(key, self)

    def destroy(self, key: PublicKey) -> None:
        """See Vault."""
        self.ask("end", key=key.id)

    def ask(self, what: str, **said: str) -> dict[str, str]:
        """One question, one answer, within the time there is."""
        request = Request(f"{self.address}/{what}", json.dumps(said).encode())
        try:
            with urlopen(request, timeout=SECONDS) as answer:
                found: dict[str, str] = json.load(answer)
                return found
        except HTTPError as fault:
            raise KeyAway(f"the service answers {fault.code}") from fault


@dataclass(frozen=True)
class FarKey:
    """A key whose private half is far away: only digests go there."""

    public: PublicKey
    vault: FarVault

    def sign(self, message: bytes) -> bytes:
        """See SigningKey."""
        if isinstance(self.public.public_key, ed25519.Ed25519PublicKey):
            return self._asked(message)
        if not isinstance(self.public.public_key, ec.EllipticCurvePublicKey):
            raise KeyFault("a key of another kind")
        hashed = Hash(hash_of(self.public.public_key))
        hashed.update(message)
        return der_of(self._asked(hashed.finalize()))

    def _asked(self, content: bytes) -> bytes:
        said = self.vault.ask("sign", key=self.public.id, content=base64.b64encode(content).decode())
        return base64.b64decode(said["raw"])
