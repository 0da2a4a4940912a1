"""One frozen Settings, read once from the environment (prefix RRN_) and passed on."""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1", "testserver"}

NOT_YET = ("seal_key", "credential_key", "log_key", "tsa_url")
"""Settings that are promised and not built."""


class SettingsFault(Exception):
    """Faults in the settings, all of them at once, in words."""


@dataclass(frozen=True)
class Settings:
    """Where things are and whom to believe. Every field has a safe default or stops the start."""

    data_dir: Path = Path("var")
    database_url: str = ""
    public_base_url: str = "http://127.0.0.1:8000"
    secret_key: str = field(default="", repr=False)
    smtp_url: str = ""
    files_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
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
        trusted_proxies=tuple(
            part.strip() for part in value.get("trusted_proxies", "").split(",") if part.strip()
        ),
        log_level=value.get("log_level", "INFO").upper(),
        demo_password=value.get("demo_password", ""),
    )
    found = faults(settings) + [
        f"RRN_{name.upper()} is not supported yet, and ignoring it would mislead: take it out. Keys are files in the data folder."
        for name in NOT_YET
        if value.get(name)
    ]
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
        f"RRN_TRUSTED_PROXIES: {name} is not an address or network."
        for name in settings.trusted_proxies
        if not _network(name)
    ]
    return found


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
