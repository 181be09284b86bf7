"""The off-line commands as scripts call them: no settings, no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue_examples import catalogue, regulation

SAMPLE: dict[str, Any] = {
    "form": "appendix-08",
    "system": "frmss",
    "action": "grant",
    "organization": {
        "full_name": "ГБУЗ ЛО «Приозёрская районная больница (учебная)»",
        "short_name": "ГБУЗ ЛО «Приозёрская РБ-учебная»",
        "oid": "1.2.643.5.1.13.13.12.2.47.4821",
        "inn": "4703123451",
        "legal_address": "г. Приозёрск",
        "subject_rf": "Ленинградская область",
    },
    "signatory": {"position": "Главный врач", "name": "Иванов И.И."},
    "author": {"name": "Малахова Е.Ю.", "phone": "8 (812) 670-52-81", "email": "a@example.org"},
    "rows": [
        {
            "last_name": "Петрова",
            "first_name": "Анна",
            "middle_name": "Ивановна",
            "snils": "112-233-445 95",
            "position": "Врач-статистик",
            "work_phone": "8 (812) 670-52-81",
            "contact_phone": "+7 921 000-00-00",
            "email": "a.petrova@example.org",
            "role": "Медицинский работник",
        }
    ],
}


def accessflow(*arguments: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ACCESSFLOW", "DATABASE"))}
    return subprocess.run(
        [sys.executable, "-m", "accessflow.cli", *map(str, arguments)],
        cwd=cwd,
        env=kept | env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def sample(folder: Path, **changes: Any) -> Path:
    file = folder / "application.json"
    file.write_text(json.dumps(SAMPLE | changes, ensure_ascii=False), "utf-8")
    return file


def test_systems_and_forms_are_listed_as_data(tmp_path: Path) -> None:
    systems = accessflow("systems", "--json", cwd=tmp_path)
    assert systems.returncode == 0
    assert len(json.loads(systems.stdout)) == 33
    forms = json.loads(accessflow("forms", "--json", cwd=tmp_path).stdout)
    slugs = [f"appendix-{int(n):02d}" for n in regulation()["forms"]]
    assert [form["slug"] for form in forms] == [*sorted(slugs), "emd-act", "emd-letter"]
    assert not any(tmp_path.iterdir()), "nothing is written by a question"


def test_a_sound_application_passes_and_becomes_a_set(tmp_path: Path) -> None:
    file = sample(tmp_path)
    checked = accessflow("check", file, "--json", cwd=tmp_path)
    assert (checked.returncode, json.loads(checked.stdout)) == (0, [])
    rendered = accessflow("render", file, "--out", tmp_path / "out", cwd=tmp_path)
    assert rendered.returncode == 0, rendered.stderr
    files = [Path(line) for line in rendered.stdout.splitlines()]
    assert sorted(f.suffix for f in files) == [".docx", ".pdf", ".xlsx"]
    assert all(f.stat().st_size > 1000 for f in files)
    assert len({f.stem for f in files}) == 1


def test_defects_are_named_by_row_and_field_and_nothing_is_written(tmp_path: Path) -> None:
    file = sample(tmp_path, rows=[SAMPLE["rows"][0] | {"snils": "112-233-445 96", "email": ""}])
    checked = accessflow("check", file, "--json", cwd=tmp_path)
    assert checked.returncode == 1
    found = [(d["row"], d["field"], d["code"], d["level"]) for d in json.loads(checked.stdout)]
    assert found == [
        (1, "snils", "snils_checksum", "error"),
        (1, "email", "required", "error"),
    ]
    lines = accessflow("check", file, cwd=tmp_path).stdout.splitlines()
    assert lines[0].startswith("row 1 · snils · snils_checksum · ")
    rendered = accessflow("render", file, "--out", tmp_path / "out", cwd=tmp_path)
    assert rendered.returncode == 1
    assert not (tmp_path / "out").exists()


def test_a_warning_does_not_stop(tmp_path: Path) -> None:
    file = sample(tmp_path, rows=[SAMPLE["rows"][0] | {"email": "petrova@gmial.com"}])
    checked = accessflow("check", file, "--json", cwd=tmp_path)
    assert checked.returncode == 0
    assert [d["code"] for d in json.loads(checked.stdout)] == ["email_typo"]
    assert accessflow("render", file, "--out", tmp_path / "out", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"form": "appendix-99"}, "form"), ({"system": "nowhere"}, "system")],
)
def test_an_unknown_form_or_system_is_a_mismatch(
    tmp_path: Path, changes: dict[str, str], field: str
) -> None:
    checked = accessflow("check", sample(tmp_path, **changes), "--json", cwd=tmp_path)
    assert checked.returncode == 1
    assert [(d["field"], d["code"]) for d in json.loads(checked.stdout)] == [
        (field, "form_mismatch")
    ]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"action": "bless"}', '{"action": "grant", "rows": 5}']
)
def test_what_is_no_application_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, "utf-8")
    refused = accessflow("check", file, cwd=tmp_path)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert refused.stderr.strip()


def test_a_missing_file_and_a_wrong_command_have_their_own_codes(tmp_path: Path) -> None:
    assert accessflow("check", tmp_path / "none.json", cwd=tmp_path).returncode == 1
    assert accessflow("bless", cwd=tmp_path).returncode == 2
    assert accessflow("render", tmp_path / "x", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("slug", sorted(catalogue().forms))
def test_every_blank_form_is_three_files(tmp_path: Path, slug: str) -> None:
    made = accessflow("blank", slug, "--out", tmp_path, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert sorted(Path(f).suffix for f in made.stdout.splitlines()) == [".docx", ".pdf", ".xlsx"]


def test_a_filled_sheet_is_checked_and_rendered_like_the_data_it_came_from(tmp_path: Path) -> None:
    first = accessflow("render", sample(tmp_path), "--out", tmp_path / "one", cwd=tmp_path)
    sheet = next(f for f in first.stdout.splitlines() if f.endswith(".xlsx"))
    checked = accessflow("check", sheet, "--json", cwd=tmp_path)
    assert (checked.returncode, json.loads(checked.stdout)) == (0, []), checked.stderr
    again = accessflow("render", sheet, "--out", tmp_path / "two", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    for old, new in zip(first.stdout.splitlines(), again.stdout.splitlines(), strict=True):
        assert Path(old).read_bytes() == Path(new).read_bytes()


def test_a_broken_catalogue_is_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "region.yaml").write_text("slug: [", "utf-8")
    refused = accessflow("systems", "--json", cwd=tmp_path, ACCESSFLOW_CATALOGUE=str(tmp_path))
    assert refused.returncode == 1
    assert f"{tmp_path / 'region.yaml'}:" in refused.stderr
    assert "Traceback" not in refused.stderr
