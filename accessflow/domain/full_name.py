"""A whole name in one cell: «Мамедов Али Гасан оглы», «Фомичева И.В.», «Анна Ивановна Петрова»."""

from __future__ import annotations

import re

from accessflow.domain.person_name import (
    PARTICLES,
    PATRONYMIC_ENDS,
    Kind,
    PersonName,
    initials_flaw,
    is_absent,
    normalized,
    read_part,
    same_script,
)
from accessflow.domain.reading import Flaw, Reading

_PATRONYMIC = re.compile(r"(?:\w+(?:вич|вна|ична|инична)|\w{2,}ич)", re.IGNORECASE)
_PLAIN = re.compile(
    r"([А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?) ([А-ЯЁ][а-яё]+) ([А-ЯЁ][а-яё]*(?:вич|вна|чна))"
)
"""Three ordinary words, the last a patronymic: nothing to guess, nothing to mend."""
_INITIALS = re.compile(r"(?:[^\W\d_]\.-?)+|[А-ЯЁ]{2}\.")
_KINDS: tuple[Kind, ...] = ("last", "first", "middle")


def split(text: str) -> PersonName:
    """The name as its three fields, unchecked: surname first unless the patronymic stands second.

    Initials stay initials («И.», «В.»); a missing patronymic is "".
    """
    if plain := _PLAIN.fullmatch(text):
        return PersonName(*plain.groups())
    words = normalized(re.sub(r"[,;]+", " ", text)).split(" ")
    if len(words) > 2 and is_absent(words[-1]):
        words.pop()
    if found := _with_initials(words):
        return found
    words = _joined(words)
    if _patronymic_second(words):
        words = [words[2], words[0], words[1]]
    if len(words) > 3 and _PATRONYMIC.fullmatch(words[-1]):
        return PersonName(words[0], " ".join(words[1:-1]), words[-1])
    last, first, middle = (*words, "", "", "")[:3]
    return PersonName(last, first, " ".join([middle, *words[3:]]).strip())


def read(text: str) -> Reading[PersonName]:
    """A whole name, checked: the flaws of `read_part` for every field, and of `same_script`.

    Warnings besides: `name_order` (the surname stood last, or there are more words than fields).
    """
    name = split(text)
    if not name.last:
        return Reading.bad("required", "ФИО не указано. Впишите его полностью, как в ФРМР.")
    if has_initials(name):
        return Reading(None, (initials_flaw(normalized(text)),))
    readings = {
        kind: read_part(getattr(name, kind), kind)
        for kind in _KINDS
        if kind != "middle" or name.middle
    }
    flaws = [flaw for reading in readings.values() for flaw in reading.flaws]
    if any(reading.value is None for reading in readings.values()):
        return Reading(None, tuple(flaws))
    value = PersonName(**{kind: reading.value or "" for kind, reading in readings.items()})
    if flaw := same_script(value):
        return Reading(None, (*flaws, flaw))
    return Reading(value, (*flaws, *order_flaws(text, value)))


def is_plain(text: str) -> bool:
    """Whether `text` is such that `split` takes it apart at sight and `read` finds no flaw."""
    return _PLAIN.fullmatch(text) is not None


def has_initials(name: PersonName) -> bool:
    """Whether initials stand where the first name and the patronymic should."""
    return "." in name.first + name.middle or len(name.first) == len(name.middle) == 1


def order_flaws(text: str, name: PersonName) -> tuple[Flaw, ...]:
    """The warning `name_order` where `split` had to guess how `text` comes apart into `name`."""
    if is_plain(text):
        return ()
    words = _joined(normalized(text).split(" "))
    if len(words) <= 3 and words[0] == name.last:
        return ()
    message = (
        f"Проверьте, так ли разобрано ФИО: фамилия «{name.last}», имя «{name.first}»,"
        f" отчество «{name.middle or 'нет'}»."
    )
    return (Flaw("name_order", message, "warning"),)


def _with_initials(words: list[str]) -> PersonName | None:
    initials = [word for word in words if _INITIALS.fullmatch(word)]
    if not initials:
        return None
    rest = " ".join(word for word in words if word not in initials)
    letters = [f"{letter}." for letter in "".join(initials) if letter.isalpha()]
    first, middle = (*letters, "", "")[:2]
    return PersonName(rest, first, middle)


def _joined(words: list[str]) -> list[str]:
    """The words with particles joined to theirs: [«де ла Круз», «Али», «Гасан оглы»]."""
    joined: list[str] = []
    particle = ""
    for word in words:
        if len(joined) > 2 and word.lower() in PATRONYMIC_ENDS:
            joined[-1] = f"{joined[-1]} {word}"
        elif word.islower() and word in PARTICLES:
            particle = f"{particle}{word} "
        else:
            joined.append(particle + word)
            particle = ""
    return [*joined, particle.strip()] if particle else joined


def _patronymic_second(words: list[str]) -> bool:
    return (
        len(words) == 3
        and _PATRONYMIC.fullmatch(words[1]) is not None
        and _PATRONYMIC.fullmatch(words[2]) is None
        and _PATRONYMIC.fullmatch(words[0]) is None
        and not words[2].lower().endswith(tuple(PATRONYMIC_ENDS))
    )
