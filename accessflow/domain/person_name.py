"""Names of people: one field at a time, then one script for all (domain D «ФИО», R42)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from accessflow.domain.reading import Flaw, Reading
from accessflow.domain.text import (
    CYRILLIC,
    LATIN,
    Script,
    clean,
    described,
    foreign_letters,
    in_script,
    name_foreign,
    plain_dashes,
)

Kind = Literal["last", "first", "middle"]
IN_WORDS: dict[Kind, str] = {"last": "фамилии", "first": "имени", "middle": "отчестве"}
_MISSING: dict[Kind, str] = {
    "last": "Фамилия не указана. Впишите её, как в ФРМР.",
    "first": "Имя не указано. Впишите его, как в ФРМР.",
    "middle": "Отчество не указано. Впишите его или отметьте, что отчества нет.",
}

PATRONYMIC_ENDS = frozenset({"оглы", "кызы", "улы", "уулу"})
_PARTICLES = """
де ди да дю ля ла ле ло фон цу ван вер дер ден дос дас эль аль ас аш бен ибн бин бей бек заде паша
хан шах тер of de di da du la le von zu van der den dos das el al ben ibn bin bey zade ter y и
"""
PARTICLES = PATRONYMIC_ENDS | frozenset(_PARTICLES.split())

_FIELD = re.compile(r"[А-ЯЁа-яё]+(?:[ -][А-ЯЁа-яё]+)*|[A-Za-z]+(?:[ -][A-Za-z]+)*")
_WRONG_SIGN = re.compile(r"[^ А-ЯЁа-яёA-Za-zËë-]")
_ORDINARY = re.compile(r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)*")
_INITIALS = re.compile(r"(?:[А-ЯЁа-яёA-Za-z]\.[ -]?)+|[А-ЯЁA-Z]{2}\.")
_ABSENT = re.compile(
    r"-+|нету?\.?|н/?о|б/?о\.?|отсутствует\.?|не имеет(?:ся)?\.?|без отчества\.?"
    r"|нет отчества|отчества нет|прочерк",
    re.IGNORECASE,
)
APOSTROPHES = "'’‘ʼʹ′`´\"«»“”"


@dataclass(frozen=True, slots=True)
class PersonName:
    """`middle` is empty for a person without a patronymic."""

    last: str
    first: str
    middle: str = ""

    @property
    def full(self) -> str:
        """«Иванов Иван Иванович», no trailing blank without a patronymic."""
        return " ".join(part for part in (self.last, self.first, self.middle) if part)

    @property
    def short(self) -> str:
        """«Иванов И.И.», as signature lines print it."""
        initials = "".join(f"{part[0]}." for part in (self.first, self.middle) if part)
        return f"{self.last} {initials}".strip()

    @property
    def key(self) -> str:
        """What tells whether two spellings may be one person: no case, ё as е, dashes as «-»."""
        return plain_dashes(clean(self.full)).casefold().replace("ё", "е")

    def __str__(self) -> str:
        return self.full


def read_part(text: str, kind: Kind) -> Reading[str]:
    """One field, its dashes and blanks put in order; "" for a patronymic typed as «нет».

    Flaws: `required name_characters name_script homoglyph name_initials`, warning `name_case`.
    """
    if kind == "middle" and is_absent(text):
        return Reading("")
    if _ORDINARY.fullmatch(text):
        return Reading(text)
    value = normalized(text)
    if not value:
        return Reading.bad("required", _MISSING[kind])
    if flaw := _wrong_signs(value, kind) or _wrong_script(value, kind):
        return Reading(None, (flaw,))
    proper = title_case(value)
    if proper != value:
        message = f"Проверьте большие и маленькие буквы в {IN_WORDS[kind]}: «{proper}»?"
        return Reading(value, (Flaw("name_case", message, "warning", proper),))
    return Reading(value)


def normalized(text: str) -> str:
    """NFC, every dash as «-» without blanks around it, single blanks."""
    return re.sub(r"(?<=\S) ?- ?(?=\S)", "-", plain_dashes(clean(text)))


def is_absent(text: str) -> bool:
    """Whether a text in the place of a patronymic says that there is none: «нет», «-»."""
    return _ABSENT.fullmatch(plain_dashes(clean(text)).strip("()")) is not None


def title_case(text: str) -> str:
    """ФАДЕЕВА, фадеева, ФАДЕЕВа -> Фадеева; «оглы», «де», МакДональд stay as they are."""
    shouted = text.isupper()

    def title(found: re.Match[str]) -> str:
        word = found[0]
        if word.lower() in PARTICLES and (word.islower() or found.start()):
            return word.lower() if shouted else word
        return _title_word(word)

    return re.sub(r"[^\W\d_]+", title, text)


def _title_word(word: str) -> str:
    if re.fullmatch(r"(?:[А-ЯЁA-Z][а-яёa-z]+)+|[А-ЯЁA-Z]", word):
        return word
    return word.capitalize()


def _wrong_signs(value: str, kind: Kind) -> Flaw | None:
    if kind != "last" and _INITIALS.fullmatch(value):
        return initials_flaw(value)
    if wrong := _WRONG_SIGN.search(value):
        return _sign_flaw(value, wrong[0], kind)
    if not re.fullmatch(r"[^ -]+(?:[ -][^ -]+)*", value):
        message = f"Лишний дефис в {IN_WORDS[kind]} «{value}»: он стоит только между словами."
        mended = re.sub("-+", "-", value.strip("- "))
        return Flaw("name_characters", message, "error", mended or None)
    return None


def _sign_flaw(value: str, sign: str, kind: Kind) -> Flaw:
    where = IN_WORDS[kind]
    if sign in APOSTROPHES:
        message = f"Апостроф в {where} «{value}» не принимается: напишите, как в ФРМР, без него."
        return Flaw("name_characters", message)
    if sign in "03" and CYRILLIC.search(value):
        fix = title_case(value.replace("0", "о").replace("3", "з"))
        message = f"В {where} «{value}» цифра «{sign}» вместо буквы. Должно быть «{fix}»?"
        return Flaw("homoglyph", message, "error", fix)
    message = f"В {where} «{value}» лишняя {described(sign)}: бывают только буквы, дефис и пробел."
    return Flaw("name_characters", message.replace("лишняя знак", "лишний знак"))


def _wrong_script(value: str, kind: Kind) -> Flaw | None:
    if _FIELD.fullmatch(value):
        return None
    script = main_script(value)
    strangers = foreign_letters(value, script)
    named = name_foreign(strangers)
    if any(f.twin is None for f in strangers):
        message = f"В {IN_WORDS[kind]} смешаны два алфавита: {named}. Напишите одним."
        return Flaw("name_script", message)
    fix = in_script(value, script)
    message = f"В {IN_WORDS[kind]} буквы другого алфавита: {named}. Должно быть «{fix}»."
    return Flaw("homoglyph", message, "error", fix)


def main_script(value: str) -> Script:
    """The script of most letters; of letters that no look-alike explains first of all."""
    latin = foreign_letters(value, "cyrillic")
    cyrillic = foreign_letters(value, "latin")
    certain = sum(f.twin is None for f in latin) - sum(f.twin is None for f in cyrillic)
    if certain:
        return "latin" if certain > 0 else "cyrillic"
    return "latin" if len(latin) > len(cyrillic) else "cyrillic"


def same_script(name: PersonName) -> Flaw | None:
    """`name_script` where the fields are each in one script, but not all in the same (R42)."""
    parts = {"фамилия": name.last, "имя": name.first, "отчество": name.middle}
    latin = [word for word, part in parts.items() if LATIN.search(part)]
    cyrillic = [word for word, part in parts.items() if CYRILLIC.search(part)]
    if not latin or not cyrillic:
        return None
    message = (
        f"Латинскими буквами: {', '.join(latin)}; русскими: {', '.join(cyrillic)}."
        " Напишите ФИО одним алфавитом, как в ФРМР."
    )
    fix = in_script(name.full, "cyrillic")
    return Flaw("name_script", message, "error", None if LATIN.search(fix) else fix)


def initials_flaw(text: str) -> Flaw:
    """`name_initials`: a full name is needed where initials stand."""
    message = f"«{text}» — инициалы. Впишите имя и отчество полностью, как в ФРМР."
    return Flaw("name_initials", message)


def same_but_yo(one: PersonName, other: PersonName) -> bool:
    """Whether two names differ in ё/е alone: «Семёнов», «Семенов» (a warning, one person)."""
    return one.key == other.key and one.full.casefold() != other.full.casefold()
