"""Settings from the environment: frozen, checked at start, no unsafe default."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

VARIABLES: tuple[tuple[str, str, str], ...] = (
    ("DATABASE_URL", "sqlite:///var/accessflow.sqlite3", "SQLite, or PostgreSQL 15 and newer"),
    ("ACCESSFLOW_DATA", "var", "the folder of the embedded database, the key and the files"),
    (
        "ACCESSFLOW_SECRET_KEY",
        "made once, kept in the data folder",
        "signs sessions; several hosts share one of at least 32 characters",
    ),
    ("ACCESSFLOW_CATALOGUE", "catalogue/lenobl of the package", "another region's regulation"),
    ("ACCESSFLOW_SECURE_COOKIES", "0", "1 where the page is served over TLS"),
    (
        "ACCESSFLOW_BASE_URL",
        "http://127.0.0.1:8000",
        "the server's address in the links of letters",
    ),
    (
        "ACCESSFLOW_SMTP_HOST",
        "none: letters lie in `mail` of the data folder, shown at /dev/mail",
        "the server that takes letters",
    ),
    ("ACCESSFLOW_SMTP_PORT", "587; 465 with implicit TLS, 25 without TLS", "its port"),
    ("ACCESSFLOW_SMTP_TLS", "starttls", "starttls, implicit, or none (a relay without a password)"),
    ("ACCESSFLOW_SMTP_USER", "none", "the login there, if it asks for one"),
    ("ACCESSFLOW_SMTP_PASSWORD", "none", "its password"),
    (
        "ACCESSFLOW_MAIL_FROM",
        "accessflow@localhost without a server, else needed",
        "the sender: an address, or «Name <address>»",
    ),
)
"""Name, default, meaning: what `docs/reference/settings.md` is made of."""


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message names it and says how to mend it."""


Tls = Literal["starttls", "implicit", "none"]
_PORTS: Mapping[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class Mail:
    """How letters leave. Without a `host` they go into the local mailbox of the data folder."""

    sender: str = "accessflow@localhost"
    host: str = ""
    port: int = 0
    tls: Tls = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations. Paths are absolute."""

    database_url: str
    secret_key: str
    data_dir: Path
    catalogue_dir: Path
    secure_cookies: bool
    base_url: str = "http://127.0.0.1:8000"
    mail: Mail = Mail()

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Reads VARIABLES. Embedded default: SQLite and a made key under `./var`.

        Raises SettingsError.
        """
        env = os.environ if env is None else env
        data = Path(env.get("ACCESSFLOW_DATA") or "var").resolve()
        url = env.get("DATABASE_URL") or f"sqlite:///{data / 'accessflow.sqlite3'}"
        return cls(
            database_url=_database_url(url),
            secret_key=_secret_key(env, data),
            data_dir=data,
            catalogue_dir=catalogue_dir(env),
            secure_cookies=_flag(env, "ACCESSFLOW_SECURE_COOKIES"),
            base_url=_base_url(env),
            mail=_mail(env),
        )


def catalogue_dir(env: Mapping[str, str] | None = None) -> Path:
    """The folder of the regulation's data; the off-line commands need this setting alone."""
    env = os.environ if env is None else env
    own = env.get("ACCESSFLOW_CATALOGUE")
    return Path(own).resolve() if own else Path(__file__).parent / "catalogue" / "lenobl"


def _database_url(url: str) -> str:
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    scheme = url.split(":", 1)[0]
    raise SettingsError(f"DATABASE_URL: «{scheme}» is neither sqlite nor postgresql")


def _secret_key(env: Mapping[str, str], data: Path) -> str:
    """The key that signs sessions: given (several hosts must share one), or made once and kept."""
    if key := env.get("ACCESSFLOW_SECRET_KEY"):
        if len(key) < 32:
            raise SettingsError("ACCESSFLOW_SECRET_KEY: at least 32 characters are needed")
        return key
    file = data / "secret.key"
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text()


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "0")
    if value not in ("0", "1"):
        raise SettingsError(f"{name}: «{value}» is neither 0 nor 1")
    return value == "1"


def _base_url(env: Mapping[str, str]) -> str:
    """Without a slash at its end."""
    url = (env.get("ACCESSFLOW_BASE_URL") or "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"ACCESSFLOW_BASE_URL: «{url}» is no address like https://host")
    return url


def _mail(env: Mapping[str, str]) -> Mail:
    names = [f"ACCESSFLOW_SMTP_{part}" for part in ("HOST", "PORT", "TLS", "USER", "PASSWORD")]
    host, port, tls_text, user, password = (env.get(name) or "" for name in names)
    sender = _sender(env.get("ACCESSFLOW_MAIL_FROM") or "")
    if not host:
        for name, value in zip(names[1:], (port, tls_text, user, password), strict=True):
            if value:
                raise SettingsError(f"{name}: stands without ACCESSFLOW_SMTP_HOST")
        return Mail(sender=sender) if sender else Mail()
    if not sender:
        raise SettingsError("ACCESSFLOW_MAIL_FROM: is needed with ACCESSFLOW_SMTP_HOST")
    tls = _tls(tls_text or "starttls")
    _check_login(tls, user, password)
    return Mail(sender, host, _port(port, tls), tls, user, password)


def _sender(text: str) -> str:
    address = parseaddr(text)[1]
    local, _, domain = address.rpartition("@")
    if text and not (local and domain and address.isascii()):
        raise SettingsError(f"ACCESSFLOW_MAIL_FROM: «{text}» is no e-mail address")
    return text


def _tls(text: str) -> Tls:
    for tls in get_args(Tls):
        if text == tls:
            return tls  # type: ignore[no-any-return] # of the literal's own values
    raise SettingsError(f"ACCESSFLOW_SMTP_TLS: «{text}» is none of starttls, implicit, none")


def _port(text: str, tls: Tls) -> int:
    port = int(text) if text.isdecimal() else 0
    if text and not 0 < port < 65536:
        raise SettingsError(f"ACCESSFLOW_SMTP_PORT: «{text}» is no port")
    return port or _PORTS[tls]


def _check_login(tls: Tls, user: str, password: str) -> None:
    if bool(user) != bool(password):
        raise SettingsError(
            "ACCESSFLOW_SMTP_USER and ACCESSFLOW_SMTP_PASSWORD: one lacks the other"
        )
    if user and tls == "none":
        raise SettingsError("ACCESSFLOW_SMTP_TLS: a password is never sent without TLS")
