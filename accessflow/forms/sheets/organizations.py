"""One organisation under several spellings: «ГБУЗ ЛО "Нижнегорская РБ"», «НИЖНЕГОРСКАЯ РБ»."""

from __future__ import annotations

import re

from accessflow.domain.text import clean

_FORMS = (
    "государственное бюджетное учреждение здравоохранения",
    "государственное казенное учреждение здравоохранения",
    "государственное автономное учреждение здравоохранения",
    "муниципальное бюджетное учреждение здравоохранения",
    "федеральное государственное бюджетное учреждение",
    "общество с ограниченной ответственностью",
    "ленинградской области",
    "ленинградская область",
)
_SHORT = frozenset(
    ("гбуз", "гкуз", "гауз", "гбу", "гку", "мбуз", "фгбуз", "фгбу", "муз", "лобуз", "ооо", "ло")
)
_LONGER = {
    "рб": "районная больница",
    "црб": "центральная районная больница",
    "мб": "межрайонная больница",
    "кмб": "клиническая межрайонная больница",
    "гб": "городская больница",
}


def organization_key(text: str) -> str:
    """By which two spellings are one organisation: without legal form, region, case and signs."""
    plain = clean(text).casefold().replace("ё", "е")
    plain = " ".join(re.sub(r"[\W_]+", " ", plain).split())
    for form in _FORMS:
        plain = plain.replace(form, " ")
    words = [_LONGER.get(word, word) for word in plain.split() if word not in _SHORT]
    return " ".join(words)
