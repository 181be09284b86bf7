"""Texts as people type and paste them: blanks, invisible signs, look-alikes of two scripts.

And nouns that agree with their numbers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from accessflow.domain.reading import Flaw, Reading

Script = Literal["cyrillic", "latin"]

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
DASHES = re.compile("[\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]")
CYRILLIC = re.compile("[А-Яа-яЁё]")
LATIN = re.compile("[A-Za-z]")
_LATIN_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzËë")
_CYRILLIC_LETTERS = frozenset(map(chr, range(ord("А"), ord("я") + 1))) | frozenset("Ёё")

_PAIRS = "AА BВ CС EЕ HН KК MМ OО PР TТ XХ YУ aа cс eе oо pр xх yу kк mм tт ËЁ ëё"
TO_CYRILLIC = {pair[0]: pair[1] for pair in _PAIRS.split()}
TO_LATIN = {cyrillic: latin for latin, cyrillic in TO_CYRILLIC.items() if latin.isascii()}

_ORDINALS = (
    "первая", "вторая", "третья", "четвёртая", "пятая", "шестая", "седьмая", "восьмая", "девятая",
    "десятая", "одиннадцатая", "двенадцатая",
)  # fmt: skip


_ORDINARY = re.compile("[ -~А-Яа-яЁё№«»–—]*")
"""What needs no normalising: composed letters and visible signs."""


def clean(text: str) -> str:
    """NFC, without invisible signs, every run of blanks as one space, none at the ends."""
    if _ORDINARY.fullmatch(text):
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def plain_dashes(text: str) -> str:
    """Every kind of dash as «-»."""
    return text if text.isascii() else DASHES.sub("-", text)


def ordinal(position: int) -> str:
    """«третья» for 3, of a letter; in digits from 13 on."""
    return _ORDINALS[position - 1] if position <= len(_ORDINALS) else f"{position}-я"


def counted(number: int, one: str, few: str, many: str) -> str:
    """«1 заявка», «2 заявки», «5 заявок»."""
    return f"{grouped(number)} {noun(number, one, few, many)}"


def noun(number: int, one: str, few: str, many: str) -> str:
    """The form that agrees with the number: one (1, 21), few (2-4), many."""
    tens, units = number % 100, number % 10
    if 11 <= tens <= 14 or units == 0 or units >= 5:
        return many
    return one if units == 1 else few


def grouped(number: int) -> str:
    """12 345 with a space that does not break."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def described(letter: str) -> str:
    """The sign as a sentence names it: «латинская буква «o»», «цифра «0»», «знак «+»»."""
    if LATIN.match(letter):
        return f"латинская буква «{letter}»"
    if CYRILLIC.match(letter):
        return f"русская буква «{letter}»"
    if letter.isdigit():
        return f"цифра «{letter}»"
    return f"буква «{letter}»" if letter.isalpha() else f"знак «{letter}»"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A letter of the other script; `position` in its word from 1. `twin`: its look-alike."""

    word: str
    position: int
    letter: str
    twin: str | None


def foreign_letters(text: str, script: Script) -> tuple[Foreign, ...]:
    """Every letter of `text` that belongs to the script that is not `script`, in order."""
    strangers, twins = (
        (_LATIN_LETTERS, TO_CYRILLIC) if script == "cyrillic" else (_CYRILLIC_LETTERS, TO_LATIN)
    )
    return tuple(
        Foreign(word, at, letter, twins.get(letter))
        for word in text.split()
        for at, letter in enumerate(word, 1)
        if letter in strangers
    )


def name_foreign(letters: tuple[Foreign, ...]) -> str:
    """«в слове «Кoпылoвa» латинские буквы: вторая «o», шестая «o», восьмая «a»»."""
    parts = []
    for word in dict.fromkeys(f.word for f in letters):
        own = [f for f in letters if f.word == word]
        kind = "русск" if CYRILLIC.match(own[0].letter) else "латинск"
        noun = "ая буква" if len(own) == 1 else "ие буквы"
        named = ", ".join(f"{ordinal(f.position)} «{f.letter}»" for f in own)
        parts.append(f"в слове «{word}» {kind}{noun}: {named}")
    return "; ".join(parts)


def in_script(text: str, script: Script) -> str:
    """`text` with every look-alike letter turned into that script."""
    twins = TO_CYRILLIC if script == "cyrillic" else TO_LATIN
    return "".join(twins.get(letter, letter) for letter in text)


def read(text: str, max_length: int, what: str = "Значение") -> Reading[str]:
    """A text of at most `max_length` characters in one line; flaws `required`, `over_length`."""
    value = clean(text)
    if not value:
        return Reading.bad("required", f"{what}: заполните поле.")
    if flaw := too_long(value, max_length, what):
        return Reading(None, (flaw,))
    return Reading(value)


def too_long(value: str, max_length: int, what: str = "Значение") -> Flaw | None:
    """The flaw `over_length`, or None."""
    if len(value) <= max_length:
        return None
    message = f"{what}: {len(value)} знаков, а помещается {max_length}. Сократите текст."
    return Flaw("over_length", message)
