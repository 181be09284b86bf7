"""СНИЛС: eleven digits, of which the last two check the first nine (consultant.ru LAW_124607)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import mul

from accessflow.domain.reading import Flaw, Reading
from accessflow.domain.text import clean, described, plain_dashes

LAST_UNCHECKED = 1_001_998
"""Up to 001-001-998 numbers were given out before check digits existed."""

_PLAIN = re.compile(r"\d{3}-?\d{3}-?\d{3}[ -]?\d{2}", re.ASCII)
_ZEROS = "0" * 9
_WEIGHTS = tuple(range(9, 0, -1))


@dataclass(frozen=True, slots=True, repr=False)
class Snils:
    """`digits` are the eleven. Its repr is masked, so that no log shows the number."""

    digits: str

    @property
    def formatted(self) -> str:
        """«112-233-445 95», as every form prints it."""
        d = self.digits
        return f"{d[:3]}-{d[3:6]}-{d[6:9]} {d[9:]}"

    @property
    def masked(self) -> str:
        """«***-***-445 95», as lists show it (domain H2)."""
        return f"***-***-{self.digits[6:9]} {self.digits[9:]}"

    def __str__(self) -> str:
        return self.formatted

    def __repr__(self) -> str:
        return f"Snils({self.masked})"


def read(text: str) -> Reading[Snils]:
    """Flaws: `required`, `snils_format`, `snils_checksum`, warning `snils_unverified`.

    None of them carries a fix: any of the digits may be the wrong one.
    """
    plain = _PLAIN.fullmatch(text) is not None
    value = text if plain else plain_dashes(clean(text))
    if not value:
        return Reading.bad("required", "СНИЛС не указан. Впишите 11 цифр: 112-233-445 95.")
    digits = value.replace("-", "").replace(" ", "")
    if plain and digits[:9] != _ZEROS:
        return _checked(digits)
    if message := _malformed(digits):
        return Reading.bad("snils_format", message)
    return _checked(digits)


def check_digits(nine: str) -> str:
    """The two digits that check the first nine."""
    total = sum(map(mul, nine.encode(), _WEIGHTS)) - ord("0") * sum(_WEIGHTS)
    return f"{total % 101 % 100:02d}"


def _malformed(digits: str) -> str | None:
    for at, sign in enumerate(digits, 1):
        if sign not in "0123456789":
            return f"СНИЛС состоит из цифр, а на {at}-м месте {described(sign)}. Впишите цифру."
    if len(digits) != 11:
        return f"В СНИЛС 11 цифр, а здесь {len(digits)}. Сверьте номер с документом."
    if digits[:9] == _ZEROS:
        return "СНИЛС из одних нулей не бывает. Впишите номер по документу."
    return None


def _checked(digits: str) -> Reading[Snils]:
    if int(digits[:9]) <= LAST_UNCHECKED:
        message = "Такой ранний СНИЛС нельзя проверить по контрольному числу: сверьте с документом."
        return Reading(Snils(digits), (Flaw("snils_unverified", message, "warning"),))
    if digits[9:] != check_digits(digits[:9]):
        message = "Контрольное число СНИЛС не сходится: в номере ошибка. Сверьте его с документом."
        return Reading.bad("snils_checksum", message)
    return Reading(Snils(digits))
