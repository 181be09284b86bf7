"""Settings from the environment: frozen, checked at start, no unsafe default."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
)
"""Name, default, meaning: what `docs/reference/settings.md` is made of."""


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message names it and says how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations. Paths are absolute."""

    database_url: str
    secret_key: str
    data_dir: Path
    catalogue_dir: Path
    secure_cookies: bool

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
