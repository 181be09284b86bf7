"""A broken catalogue stops the start with file, line and reason."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from accessflow.catalogue import CatalogueError, load
from accessflow.config import catalogue_dir
from accessflow.domain.errors import NotFound


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "region"
    shutil.copytree(catalogue_dir(), copy)
    return copy


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("forms/appendix-08.yaml", "kind: snils", "kind: shoe_size", "«shoe_size» is none of"),
        (
            "forms/appendix-08.yaml",
            "effective_from: 2023-05-19",
            "effective_from: 19.05.2023",
            "is no date",
        ),
        ("forms/appendix-08.yaml", "layout: table", "layout: poem", "«poem» is none of"),
        ("forms/appendix-08.yaml", "unique_email: error", "unique_emails: error", "unknown key"),
        ("forms/appendix-08.yaml", "actions: [grant, revoke]", "actions: [bless]", "«bless»"),
        ("forms/appendix-08.yaml", "prerequisites: [frmr]", "prerequisites: [luck]", "«luck»"),
        (
            "forms/appendix-03.yaml",
            "{system|Наименование системы}",
            "{sistem}",
            "can never be filled",
        ),
        (
            "forms/appendix-03.yaml",
            "{system|Наименование системы}",
            "{system|",
            "closes no placeholder",
        ),
        (
            "forms/appendix-16.yaml",
            "official.health_deputy.addressee",
            "official.nobody.name",
            "no official «nobody»",
        ),
        (
            "systems.yaml",
            "grant_form: appendix-08",
            "grant_form: appendix-88",
            "no form «appendix-88»",
        ),
        (
            "systems.yaml",
            "revoke_form: appendix-08",
            "revoke_form: appendix-03",
            "no form to revoke",
        ),
        ("systems.yaml", "slug: rmo", "slug: frmss", "stands twice"),
        (
            "systems.yaml",
            'roles: ["Направляющая МО"]',
            'roles: ["Дирижёр"]',
            "explains no «Дирижёр»",
        ),
        ("region.yaml", "time_zone: Europe/Moscow", "time_zone: Europe/Priozersk", "no zone"),
        ("region.yaml", "left_margin_mm: 20", "left_margin_mm: 5", "20 to 40"),
        ("region.yaml", "kis@lenreg.ru", "kis.lenreg.ru", "is no e-mail address"),
        ("region.yaml", '5: ["09:00", "16:00"]', '5: ["16:00", "09:00"]', "16:00 is not before"),
        ("region.yaml", "days: {1:", "days: {mon:", "«office»"),
        ("calendar.yaml", "2026-12-31", "2027-12-31", "is no day of 2026"),
        ("calendar.yaml", "working: [2027-02-20]", "working: [2027-02-22]", "cannot both work"),
    ],
)
def test_it_names_file_line_and_reason(
    folder: Path, name: str, old: str, new: str, reason: str
) -> None:
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError, match=reason) as caught:
        load(folder)
    assert caught.value.file == file
    changed = text[: text.index(old)].count("\n") + 1
    assert 0 <= changed - caught.value.line <= 2  # a list is named by its first line
    assert str(caught.value).startswith(f"{file}:{caught.value.line}: ")


def test_a_role_without_an_explanation_stops_the_start(folder: Path) -> None:
    file = folder / "forms" / "appendix-14.yaml"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if "explanation:" in line)
    file.write_text("".join(lines[:at] + lines[at + 1 :]), "utf-8")
    with pytest.raises(CatalogueError, match="has no explanation"):
        load(folder)


@pytest.mark.parametrize("name", ["region.yaml", "systems.yaml", "calendar.yaml"])
def test_a_missing_or_broken_file_stops_the_start(folder: Path, name: str) -> None:
    (folder / name).write_text("a: [1, 2", "utf-8")
    with pytest.raises(CatalogueError, match="is no YAML"):
        load(folder)
    (folder / name).unlink()
    with pytest.raises(CatalogueError, match="cannot be read"):
        load(folder)


def test_a_key_that_stands_twice_stops_the_start(folder: Path) -> None:
    file = folder / "forms" / "appendix-08.yaml"
    file.write_text(file.read_text("utf-8") + "\nnumber: 9\n", "utf-8")
    with pytest.raises(CatalogueError, match="«number» stands twice"):
        load(folder)


def test_two_versions_of_a_form_live_side_by_side(folder: Path) -> None:
    old = (folder / "forms" / "appendix-08.yaml").read_text("utf-8")
    new = old.replace('version: "1.5"', 'version: "1.6"').replace("2023-05-19", "2027-01-01")
    (folder / "forms" / "appendix-08-v1.6.yaml").write_text(new, "utf-8")
    catalogue = load(folder)
    before, after = date(2026, 12, 31), date(2027, 1, 1)
    assert catalogue.form("appendix-08", on=before).version == "1.5"
    assert catalogue.form("appendix-08", on=after).version == "1.6"
    kept = catalogue.form("appendix-08", version="1.5")
    assert not catalogue.superseded(kept, before)
    assert catalogue.superseded(kept, after)
    with pytest.raises(NotFound):
        catalogue.form("appendix-08", on=date(2020, 1, 1))


def test_the_same_version_twice_stops_the_start(folder: Path) -> None:
    text = (folder / "forms" / "appendix-08.yaml").read_text("utf-8")
    (folder / "forms" / "appendix-08-copy.yaml").write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match="stands twice"):
        load(folder)
