"""`accessflow deadline` as scripts call it: one ISO date on standard output."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.test_cli_offline import accessflow


def asked(*arguments: str, cwd: Path) -> tuple[int, str, str]:
    done = accessflow("deadline", *arguments, cwd=cwd)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "last_day"),
    [
        (("dismissal", "2026-06-01"), "2026-06-04"),
        (("dismissal", "2026-12-30"), "2027-01-13"),
        (("dismissal", "31.10.2025"), "2025-11-06"),
        (("reaction", "2026-06-03"), "2026-07-03"),
        (("reaction", "2026-12-01"), "2027-01-11"),
        (("reaction", "2026-06-03", "--pause", "2026-06-10:2026-06-17"), "2026-07-10"),
        (
            ("reaction", "2026-06-03", "--pause", "2026-06-10:2026-06-14", "2026-06-12:2026-06-17"),
            "2026-07-10",
        ),
        (
            ("reaction", "2026-06-03", "--pause", "2026-06-12:2026-06-17",
             "--pause", "2026-06-10:2026-06-14"),
            "2026-07-10",
        ),
    ],
)  # fmt: skip
def test_the_last_day_is_printed_and_nothing_else(
    tmp_path: Path, arguments: tuple[str, ...], last_day: str
) -> None:
    assert asked(*arguments, cwd=tmp_path) == (0, f"{last_day}\n", "")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "last_day"),
    [
        (("dismissal", "2027-12-30"), "2028-01-12"),
        (("reaction", "2027-12-01"), "2028-01-10"),
    ],
)
def test_an_unknown_year_is_answered_with_a_note_aside(
    tmp_path: Path, arguments: tuple[str, ...], last_day: str
) -> None:
    code, out, err = asked(*arguments, cwd=tmp_path)
    assert (code, out) == (0, f"{last_day}\n")
    assert err.startswith("предварительно: ")


def test_a_pause_outside_the_term_is_told(tmp_path: Path) -> None:
    outside = "2026-08-01:2026-08-10"
    code, out, err = asked("reaction", "2026-06-03", "--pause", outside, cwd=tmp_path)
    assert (code, out) == (0, "2026-07-03\n")
    assert err == f"Пауза {outside} не учтена: она вне срока.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dismissal", "вчера"), "«вчера» — не дата."),
        (("dismissal", "2026-02-30"), "«2026-02-30» — не дата."),
        (("reaction", "9999-12-31"), "год должен быть от 2000 до 2099"),
        (("reaction", "2026-06-03", "--pause", "2026-06-10"), "— не пауза."),
        (("reaction", "2026-06-03", "--pause", "2026-06-10:"), "— не пауза."),
        (("reaction", "2026-06-03", "--pause", "2026-06-10:soon"), "«soon» — не дата."),
        (("reaction", "2026-06-03", "--pause", "2026-06-17:2026-06-10"), "раньше её начала"),
    ],
)
def test_wrong_input_is_one_sentence_and_no_date(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = asked(*arguments, cwd=tmp_path)
    assert (code, out) == (1, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [(), ("dismissal",), ("holiday", "2026-06-01")])
def test_a_wrong_call_is_a_matter_of_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, out, _ = asked(*arguments, cwd=tmp_path)
    assert (code, out) == (2, "")
