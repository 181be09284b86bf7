"""Settings fail loudly at the start and have no unsafe default."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from accessflow.config import VARIABLES, Settings, SettingsError, catalogue_dir

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
    class Asked(dict[str, str]):
        names: set[str] = set()  # noqa: RUF012 - one test

        def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
            self.names.add(key)
            return KEY if key == "ACCESSFLOW_SECRET_KEY" else default

    Settings.from_env(Asked())
    assert Asked.names == {name for name, _, _ in VARIABLES}
