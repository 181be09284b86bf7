"""A request for data is put together of reasons, and what somebody has typed stays theirs."""

from __future__ import annotations

import pytest

from accessflow.services.asking_reasons import Reason, Reasons, composed

INTRO = "По заявке 2026-00001 (ФРМСС) нужны сведения:"
OFFERED = (Reason("a", "Печать", "Нет печати."), Reason("b", "Опечатка", "Есть опечатка."))


@pytest.mark.parametrize(
    ("text", "ticked", "expected"),
    [
        ("", "", ""),
        ("", "ab", f"{INTRO}\n1. Нет печати.\n2. Есть опечатка."),
        (f"{INTRO}\n1. Нет печати.\n2. Есть опечатка.", "b", f"{INTRO}\n1. Есть опечатка."),
        (f"{INTRO}\n1. Нет печати.", "", ""),
        ("Добрый день.", "a", "Добрый день.\n1. Нет печати."),
        ("Добрый день.\n1. Нет печати!", "", "Добрый день.\n1. Нет печати!"),
        ("1. Нет печати.", "a", "1. Нет печати."),
        ("3. Своё.\n9. Ещё.", "b", "1. Своё.\n2. Ещё.\n3. Есть опечатка."),
    ],
)
def test_lines_follow_the_ticks(text: str, ticked: str, expected: str) -> None:
    assert composed(text, Reasons(OFFERED, set(ticked), INTRO)) == expected
