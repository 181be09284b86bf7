"""Russian telephone numbers: kept as E.164 and extension, printed «8 (812) 670-52-81 доб. 45».

The phonenumbers library reads letters as digits and puts every area code in three; here it only
checks ours in the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from accessflow.domain.reading import Flaw, Reading
from accessflow.domain.text import clean, described, plain_dashes

_SEVEN_DIGIT = "812 495 498 499 343 383 831 846 863 351 342 473 391 843 347 861"
_SIX_DIGIT = "8482 8202 8552 8553 8443 8634 8617 8793 3519 3466 3467 3843 4725 4236"
_CODES_OF_THREE = frozenset(_SEVEN_DIGIT.split())
"""Zones whose centre has numbers of seven digits."""
_CODES_OF_FOUR = frozenset(_SIX_DIGIT.split())
"""Towns that are not the centre of their zone and have numbers of six digits."""

_DROPPED = str.maketrans("", "", " ()-.")
_PLAIN = re.compile(r"(?:\+7|7|8)?([3489][0-9]{9})")
_EXTENSION = re.compile(
    r"[\s,;(]*(?:доб(?:авочный)?|внутр(?:енний)?|вн|ext|доп)\.?[\s:№]*([0-9]{1,6})\)?\s*$"
    r"|[\s,;(]*#\s*([0-9]{1,6})\)?\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:тел(?:ефон)?|т|моб(?:ильный)?|сот(?:овый)?|раб(?:очий)?|дом(?:ашний)?|факс|контактный)\b\.?:?",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\s*(?:[,;/\n]|\bи\b|\bили\b)\s*(?=[+\d(])")
_HINT = "Впишите код и номер: 8 (812) 670-52-81."


@dataclass(frozen=True, slots=True)
class Phone:
    """`e164` is «+7» and ten digits; `extension` up to six digits, or empty."""

    e164: str
    extension: str = ""

    @property
    def formatted(self) -> str:
        """«8 (812) 670-52-81 доб. 45», «8 (81379) 5-00-21», «8 (921) 000-01-02»."""
        national = self.e164[2:]
        width = code_width(national)
        local = national[width:]
        number = f"8 ({national[:width]}) {local[:-4]}-{local[-4:-2]}-{local[-2:]}"
        return f"{number} доб. {self.extension}" if self.extension else number

    def __str__(self) -> str:
        return self.formatted


def code_width(national: str) -> int:
    """How many of the ten digits are the area code: 3, 4 (centres) or 5 (districts).

    Where the plan is not told by the zone alone, three: the number dialled is the same.
    """
    if national[0] == "9" or national[:2] == "80" or national[:3] in _CODES_OF_THREE:
        return 3
    return 4 if national[3] == "2" or national[:4] in _CODES_OF_FOUR else 5


def read(text: str, default_code: str | None = None) -> Reading[Phone]:
    """One number. `default_code` («812») completes a local number to ten digits.

    Flaws: `required`, `phone`; warning `phone_several` where more than one stood there.
    """
    if phone := _plain(text):
        return Reading(phone)
    if not clean(text):
        return Reading.bad("required", f"Телефон не указан. {_HINT}")
    first, *others = _numbers(text)
    reading = _read_one(first, default_code)
    if reading.value is None or not others:
        return reading
    message = f"Указано несколько телефонов; взят первый: {reading.value}."
    return Reading(reading.value, (Flaw("phone_several", message, "warning", str(reading.value)),))


def _plain(text: str) -> Phone | None:
    """The quick way for one whole number in one line, with or without an extension."""
    found = None
    if not text.isascii() or "#" in text:
        found = _EXTENSION.search(text)
    digits = _PLAIN.fullmatch((text[: found.start()] if found else text).translate(_DROPPED))
    if digits is None or "\n" in text or "\r" in text:
        return None
    return Phone(f"+7{digits[1]}", (found[1] or found[2]) if found else "")


def _numbers(text: str) -> list[str]:
    lines = plain_dashes(text.strip()).replace("\r", "\n")
    return [part for part in map(clean, _SEVERAL.split(lines)) if part] or [clean(text)]


def _read_one(text: str, default_code: str | None) -> Reading[Phone]:
    found = _EXTENSION.search(text)
    extension = (found[1] or found[2]) if found else ""
    number = _LABEL.sub("", text[: found.start()] if found else text).strip(" .,;:")
    for sign in number:
        if sign not in "0123456789+-() .":
            return Reading.bad("phone", f"В телефоне лишнее: {described(sign)}. {_HINT}")
    digits = re.sub(r"\D", "", number)
    if "+" in number and (not number.lstrip("( ").startswith("+") or not digits.startswith("7")):
        return Reading.bad("phone", f"Принимаются только российские номера, на +7. {_HINT}")
    national = _national(digits, default_code)
    if national is None:
        return Reading.bad("phone", _wrong_length(digits))
    if national[0] not in "3489":
        message = f"После 8 номер начинается с 3, 4, 8 или 9, а здесь с {national[0]}. {_HINT}"
        return Reading.bad("phone", message)
    return Reading(Phone(f"+7{national}", extension))


def _national(digits: str, default_code: str | None) -> str | None:
    if len(digits) == 11 and digits[0] in "78":
        return digits[1:]
    if len(digits) == 10:
        return digits
    if default_code and len(digits) + len(default_code) == 10:
        return default_code + digits
    return None


def _wrong_length(digits: str) -> str:
    if len(digits) == 11:
        return f"Российский номер начинается с 8 или +7, а здесь с {digits[0]}. {_HINT}"
    if len(digits) in (5, 6, 7):
        return f"Не хватает кода города. {_HINT}"
    words = "не хватает цифр" if len(digits) < 10 else "лишние цифры"
    return f"В телефоне {words}: их {len(digits)}, а нужно 11 вместе с восьмёркой. {_HINT}"
