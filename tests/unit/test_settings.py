"""Settings fail loudly at the start and have no unsafe default."""

from __future__ import annotations

import stat
from collections import UserDict
from pathlib import Path
from typing import Any

import pytest

from accessflow.config import VARIABLES, Mail, Settings, SettingsError, catalogue_dir

KEY = "k" * 32


def test_the_embedded_default_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = Settings.from_env({"ACCESSFLOW_DATA": str(tmp_path / "var")})
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'accessflow.sqlite3'}"
    file = tmp_path / "var" / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(settings.secret_key) >= 48
    again = Settings.from_env({"ACCESSFLOW_DATA": str(tmp_path / "var")})
    assert again.secret_key == settings.secret_key


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_database_address_alone_moves_to_postgresql(tmp_path: Path, scheme: str) -> None:
    env = {"DATABASE_URL": f"{scheme}://u:p@h/d", "ACCESSFLOW_DATA": str(tmp_path)}
    assert Settings.from_env(env).database_url == "postgresql+psycopg://u:p@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u@h/d"),
        ("ACCESSFLOW_SECRET_KEY", "short"),
        ("ACCESSFLOW_SECURE_COOKIES", "yes"),
        ("ACCESSFLOW_BASE_URL", "accessflow.example"),
        ("ACCESSFLOW_MAIL_FROM", "nobody"),
        ("ACCESSFLOW_SMTP_PORT", "25"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    env = {"ACCESSFLOW_DATA": str(tmp_path), "ACCESSFLOW_SECRET_KEY": KEY, name: value}
    with pytest.raises(SettingsError, match=name):
        Settings.from_env(env)


def test_another_folder_holds_another_region(tmp_path: Path) -> None:
    assert catalogue_dir({"ACCESSFLOW_CATALOGUE": str(tmp_path)}) == tmp_path
    assert (catalogue_dir({}) / "region.yaml").exists()


def test_every_variable_that_is_read_is_listed() -> None:
    class Asked(UserDict[str, str]):
        names: set[str] = set()  # noqa: RUF012 - one test

        def get(self, key: str, default: Any = None) -> Any:
            self.names.add(key)
            return KEY if key == "ACCESSFLOW_SECRET_KEY" else default

    Settings.from_env(Asked())
    assert Asked.names == {name for name, _, _ in VARIABLES}


SMTP = {"ACCESSFLOW_SMTP_HOST": "mx.example", "ACCESSFLOW_MAIL_FROM": "МИАЦ <robot@miac.example>"}


def mail(tmp_path: Path, **more: str) -> Mail:
    own = {f"ACCESSFLOW_{name}": value for name, value in more.items()}
    env = {"ACCESSFLOW_DATA": str(tmp_path), "ACCESSFLOW_SECRET_KEY": KEY}
    return Settings.from_env({**env, **SMTP, **own}).mail


def test_letters_leave_under_tls_unless_it_is_turned_off(tmp_path: Path) -> None:
    assert (mail(tmp_path).tls, mail(tmp_path).port) == ("starttls", 587)
    assert mail(tmp_path, SMTP_TLS="implicit").port == 465
    assert mail(tmp_path, SMTP_TLS="none").port == 25
    assert mail(tmp_path, SMTP_PORT="2525").port == 2525


def test_without_a_server_letters_stay_in_the_data_folder(tmp_path: Path) -> None:
    local = mail(tmp_path, SMTP_HOST="", MAIL_FROM="")
    assert (local.host, local.sender) == ("", "accessflow@localhost")


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("ACCESSFLOW_MAIL_FROM", {"MAIL_FROM": ""}),
        ("ACCESSFLOW_SMTP_PORT", {"SMTP_PORT": "99999"}),
        ("ACCESSFLOW_SMTP_TLS", {"SMTP_TLS": "ssl"}),
        ("ACCESSFLOW_SMTP_PASSWORD", {"SMTP_USER": "robot"}),
        (
            "ACCESSFLOW_SMTP_TLS",
            {"SMTP_USER": "robot", "SMTP_PASSWORD": "p", "SMTP_TLS": "none"},
        ),
    ],
)
def test_a_mail_setting_that_cannot_be_used_is_named(
    tmp_path: Path, name: str, more: dict[str, str]
) -> None:
    with pytest.raises(SettingsError, match=name):
        mail(tmp_path, **more)


def test_the_password_is_not_in_what_is_printed(tmp_path: Path) -> None:
    assert "geheim" not in repr(mail(tmp_path, SMTP_USER="robot", SMTP_PASSWORD="geheim"))
