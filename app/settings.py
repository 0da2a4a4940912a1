"""One frozen Settings, read once from the environment (prefix RRN_) and passed on."""

import base64
import binascii
import hashlib
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import unquote, urlsplit

KEY_HOLDERS = "rrn.key_holders"
"""The entry points under which other packages offer places for keys, each by the scheme of its addresses (docs/operations.md)."""
LOOPBACK = {"localhost", "127.0.0.1", "::1", "testserver"}


class SettingsFault(Exception):
    """Faults in the settings, all of them at once, in words."""


@dataclass(frozen=True)
class TokenPlace:
    """Where a PKCS #11 token is: its label, the library that speaks to it, and the file its PIN lies in."""

    label: str
    module: Path
    pin_file: Path


@dataclass(frozen=True)
class Settings:
    """Where things are and whom to believe. Every field has a safe default or stops the start."""

    data_dir: Path = Path("var")
    database_url: str = ""
    public_base_url: str = "http://127.0.0.1:8000"
    secret_key: str = field(default="", repr=False)
    smtp_url: str = ""
    files_url: str = ""
    seal_key: str = ""
    """Where the root and the seal keys lie: empty for files, a `pkcs11:` URI, or another package's; so with the next two."""
    credential_key: str = ""
    log_key: str = ""
    tsa_url: str = ""
    """The time stamp authority (RFC 3161) that every seal is stamped by; empty for seals without a time stamp."""
    tsa_roots: Path | None = None
    """The roots, in PEM, under which its stamps are believed."""
    trusted_proxies: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    """The outside witnesses of the log, each `vkey@address`."""
    report_to: tuple[str, ...] = ()
    """Who outside RRN gets the report of each day: e-mail addresses."""
    log_level: str = "INFO"
    demo: bool = False
    demo_password: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """Host and port of PUBLIC_BASE_URL: the only host name the software ever writes."""
        return urlsplit(self.public_base_url).netloc

    @property
    def secure(self) -> bool:
        """True when people reach the register over https; only then can cookies be `__Host-`."""
        return self.public_base_url.startswith("https://")

    @property
    def on_this_machine(self) -> bool:
        """True for a demonstration or a test: people reach the register on a loopback address."""
        return urlsplit(self.public_base_url).hostname in LOOPBACK

    @property
    def keys_by_order(self) -> bool:
        """Whether keys are only made in a ceremony and by order of two people; on one's own machine the worker makes them."""
        return self.secure and not self.demo

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'register.db'}"

    @property
    def issued_dir(self) -> Path:
        return self.data_dir / "issued"

    @property
    def mail_dir(self) -> Path:
        return self.data_dir / "mail"

    def link(self, path: str) -> str:
        """An absolute address of ours, from PUBLIC_BASE_URL and never from the request."""
        return self.public_base_url.rstrip("/") + path


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment; raise SettingsFault listing every fault in one go."""
    env = os.environ if environment is None else environment
    value = {name.removeprefix("RRN_").lower(): text for name, text in env.items() if name.startswith("RRN_")}
    data_dir = Path(value.get("data_dir", "var"))
    settings = Settings(
        data_dir=data_dir,
        database_url=value.get("database_url", ""),
        public_base_url=value.get("public_base_url", Settings.public_base_url).rstrip("/"),
        secret_key=value.get("secret_key", "") or _kept_secret(data_dir),
        smtp_url=value.get("smtp_url", ""),
        files_url=value.get("files_url", ""),
        seal_key=value.get("seal_key", ""),
        credential_key=value.get("credential_key", ""),
        log_key=value.get("log_key", ""),
        tsa_url=value.get("tsa_url", ""),
        tsa_roots=Path(value["tsa_roots"]) if value.get("tsa_roots") else None,
        trusted_proxies=tuple(
            part.strip() for part in value.get("trusted_proxies", "").split(",") if part.strip()
        ),
        witnesses=_witnesses(value.get("witnesses", "")),
        report_to=tuple(part.strip() for part in value.get("report_to", "").split(",") if part.strip()),
        log_level=value.get("log_level", "INFO").upper(),
        demo_password=value.get("demo_password", ""),
    )
    found = faults(settings)
    if found:
        raise SettingsFault("\n".join(found))
    return settings


def faults(settings: Settings) -> list[str]:
    """Every fault of the settings, each a sentence that says what to write instead."""
    found = []
    base = urlsplit(settings.public_base_url)
    if base.scheme not in ("http", "https") or not base.hostname:
        found.append("RRN_PUBLIC_BASE_URL must be a full address such as https://register.example.org.")
    elif base.scheme == "http" and base.hostname not in LOOPBACK:
        found.append(
            "RRN_PUBLIC_BASE_URL must start with https:// unless it is this machine (127.0.0.1 or localhost)."
        )
    if len(settings.secret_key) < 32:
        found.append(
            "RRN_SECRET_KEY must be at least 32 characters long; leave it out and one is made and kept."
        )
    if settings.database_url and urlsplit(settings.database_url).scheme.split("+")[0] not in (
        "sqlite",
        "postgresql",
    ):
        found.append("RRN_DATABASE_URL must be an sqlite:/// or postgresql:// address.")
    if settings.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        found.append("RRN_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
    found += [
        f"RRN_{name.upper()}: {fault}"
        for name in ("seal_key", "credential_key", "log_key")
        if (fault := _place_fault(getattr(settings, name)))
    ]
    found += [
        f"RRN_TRUSTED_PROXIES: {name} is not an address or network."
        for name in settings.trusted_proxies
        if not _network(name)
    ]
    found += [
        f"RRN_REPORT_TO: {text[:80]} is not an e-mail address; write them with commas between."
        for text in settings.report_to
        if not re.fullmatch(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,189}", text)
    ]
    found += [fault for text in settings.witnesses if (fault := _witness_fault(settings, text))]
    return found + _stamp_faults(settings)


def _stamp_faults(settings: Settings) -> list[str]:
    """What is wrong with the time stamp authority: where it is asked, and whom to believe that it answered."""
    if not settings.tsa_url and not settings.tsa_roots:
        return []
    found, parts = [], urlsplit(settings.tsa_url)
    near = settings.on_this_machine and parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or near):
        found.append(
            "RRN_TSA_URL must be the https:// address of a time stamp authority; leave it and RRN_TSA_ROOTS out for seals without time stamps."
        )
    if settings.tsa_roots is None or not settings.tsa_roots.is_file():
        found.append(
            "RRN_TSA_ROOTS must be a file with the certificates (PEM) under which the authority of RRN_TSA_URL is believed."
        )
    elif b"-----BEGIN CERTIFICATE-----" not in settings.tsa_roots.read_bytes():
        found.append("RRN_TSA_ROOTS holds no certificate in PEM.")
    return found


def _witnesses(text: str) -> tuple[str, ...]:
    """What stands in the setting, or in the file it names: one `vkey@address` after another."""
    if text and "@" not in text and Path(text).is_file():
        lines = Path(text).read_text().splitlines()
        text = "\n".join(line for line in lines if not line.startswith("#"))
    return tuple(text.split())


def _witness_fault(settings: Settings, text: str) -> str:
    """What is wrong with one witness, or nothing: its key is that of a cosigner and fits its id (C2SP signed-note)."""
    said = f"RRN_WITNESSES: {text[:80]} is not"
    found = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)@(https?://[^\s/@?#]+[^\s?#]*)", text)
    if found is None:
        return f"{said} the line of a witness: its key, @ and its address, as rrn witness init prints it."
    try:
        key = base64.b64decode(found[3], validate=True)
    except binascii.Error:
        key = b""
    digest = hashlib.sha256(found[1].encode() + b"\n" + key).hexdigest()
    if len(key) != 33 or key[0] != 4 or digest[:8] != found[2]:
        return f"{said} a whole key of a witness: copy the line again."
    if found[4].startswith("http:") and not settings.on_this_machine:
        return f"{said} reached over https://, and only a register on this machine may use http://."
    return ""


def _place_fault(uri: str) -> str:
    try:
        scheme = uri.partition(":")[0]
        if uri and (scheme == "pkcs11" or not entry_points(group=KEY_HOLDERS, name=scheme)):
            token_place(uri)
    except ValueError as fault:
        return str(fault)
    return ""


def token_place(uri: str) -> TokenPlace:
    """A `pkcs11:` URI (RFC 7512) read; ValueError with a sentence that says what to write instead.

    Of the many attributes of the RFC, those that say which token, which library and where the PIN is. The keys in it are
    found by owner, purpose and thumbprint, so the address names none.
    """
    scheme, _colon, rest = uri.partition(":")
    path, _mark, query = rest.partition("?")
    said = [part.partition("=") for part in (*path.split(";"), *query.split("&")) if part]
    value = {name: unquote(text) for name, _equals, text in said}
    pin_file = value.get("pin-source", "").removeprefix("file:")
    if scheme != "pkcs11" or len(said) != 3 or value.keys() != {"token", "module-path", "pin-source"}:
        raise ValueError(
            "leave it out to keep keys in files, or write pkcs11:token=LABEL?module-path=/path/of/library.so&pin-source=file:/path/of/pin"
            " with exactly these three parts. A PIN itself does not belong in an address. No installed package holds keys at other addresses of this kind."
        )
    if not value["token"] or not all(Path(one).is_absolute() for one in (value["module-path"], pin_file)):
        raise ValueError("name the token, and the library and the file of the PIN by their full paths.")
    return TokenPlace(value["token"], Path(value["module-path"]), Path(pin_file))


def _network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _kept_secret(data_dir: Path) -> str:
    """The secret made at the first start and kept beside the data, readable by its owner only."""
    path = data_dir / "secret-key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
