"""ИНН of an organisation (10 digits) or of a person (12), checked by its control digits."""

from __future__ import annotations

from dataclasses import dataclass

from stdnum.ru import inn as stdnum_inn

from accessflow.domain.reading import Reading
from accessflow.domain.text import clean, described


@dataclass(frozen=True, slots=True)
class Inn:
    digits: str

    @property
    def of_person(self) -> bool:
        """Twelve digits: a person or an ИП; ten: an organisation."""
        return len(self.digits) == 12

    def __str__(self) -> str:
        return self.digits


def read(text: str) -> Reading[Inn]:
    """Flaws: `required`, `inn`. No fix: any of the digits may be the wrong one."""
    digits = clean(text).replace(" ", "")
    if not digits:
        return Reading.bad("required", "ИНН не указан. Впишите 10 цифр (12 у ИП).")
    if message := _malformed(digits):
        return Reading.bad("inn", message)
    if not stdnum_inn.is_valid(digits):
        return Reading.bad("inn", "Контрольные цифры ИНН не сходятся: сверьте номер.")
    return Reading(Inn(digits))


def _malformed(digits: str) -> str | None:
    for at, sign in enumerate(digits, 1):
        if sign not in "0123456789":
            return f"ИНН состоит из цифр, а на {at}-м месте {described(sign)}. Впишите цифру."
    if len(digits) not in (10, 12):
        return f"В ИНН 10 цифр (12 у ИП), а здесь {len(digits)}. Сверьте номер."
    if not digits.strip("0"):
        return "ИНН из одних нулей не бывает. Впишите номер."
    return None
