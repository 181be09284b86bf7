"""E-mail addresses: their form, likely slips, and what «the same address» means (R34)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

import idna
from email_validator import EmailNotValidError, validate_email

from accessflow.domain.reading import Flaw, Reading
from accessflow.domain.text import (
    CYRILLIC,
    LATIN,
    clean,
    described,
    foreign_letters,
    in_script,
    ordinal,
    too_long,
)

_KNOWN = """
mail.ru yandex.ru ya.ru gmail.com bk.ru list.ru inbox.ru internet.ru rambler.ru lenta.ru narod.ru
yandex.com hotmail.com outlook.com icloud.com yahoo.com vk.com lenreg.ru zdrav.lenreg.ru
rosminzdrav.ru mail.com email.ru live.ru hotmail.ru pochta.ru xmail.ru
"""
KNOWN_DOMAINS = frozenset(_KNOWN.split())
"""Widely used domains, and those that differ from them by a letter and are real all the same."""
CUTOFF = 0.84

_PLAIN = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9_]|[.+-](?=[A-Za-z0-9_])){0,60}"
    r"@(?:(?!xn--|..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?\.){1,4}(?:[A-Za-z]{2}|com|org|net|info|COM|ORG|NET)",
    re.ASCII,
)
_HINT = "Адрес пишется так: a.petrova@mail.ru."


@dataclass(frozen=True, slots=True)
class Email:
    """`text` as it is printed."""

    text: str

    @property
    def normalized(self) -> str:
        """What two addresses are compared by: lower case, the domain in its ASCII form.

        Dots and plus signs count: whose they are is for each provider to say.
        """
        local, _, domain = self.text.rpartition("@")
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        return f"{local}@{ascii_domain}".lower()

    @property
    def domain(self) -> str:
        return self.text.rpartition("@")[2].lower()

    def __str__(self) -> str:
        return self.text


def read(text: str, known: Collection[str] = KNOWN_DOMAINS) -> Reading[Email]:
    """Flaws: `required email_format homoglyph over_length`; warning `email_typo` with a fix.

    `known` are the domains that a slip is looked for among.
    """
    if _PLAIN.fullmatch(text):
        return _with_typo(Email(text), known)
    value = stripped(text)
    if not value:
        return Reading.bad("required", f"E-mail не указан. {_HINT}")
    if _PLAIN.fullmatch(value) or (flaw := _flaw(value, known)) is None:
        return _with_typo(Email(value), known)
    return Reading(None, (flaw,))


def stripped(text: str) -> str:
    """The address without what clings to it: blanks, «mailto:», «<…>», a trailing «;»."""
    value = clean(text).strip(" ;,<>\"'")
    if value[:7].lower() == "mailto:":
        value = value[7:].strip()
    return value.rstrip(".")


def suggest(domain: str, known: Collection[str] = KNOWN_DOMAINS) -> str | None:
    """The known domain that `domain` is likely a slip of, None for a known one or none alike."""
    return _suggest(domain.lower(), frozenset(known))


@lru_cache(maxsize=4096)
def _suggest(domain: str, known: frozenset[str]) -> str | None:
    if domain in known:
        return None
    return next(iter(get_close_matches(domain, sorted(known), 1, CUTOFF)), None)


def _with_typo(email: Email, known: Collection[str]) -> Reading[Email]:
    domain = email.domain
    likely = None if domain in known else suggest(domain, known)
    if likely is None:
        return Reading(email)
    fix = f"{email.text.rpartition('@')[0]}@{likely}"
    message = f"Возможно, опечатка в адресе: после @ «{domain}», а не «{likely}»? Проверьте."
    return Reading(email, (Flaw("email_typo", message, "warning", fix),))


def _flaw(value: str, known: Collection[str]) -> Flaw | None:
    if len(value) > 254:
        return too_long(value, 254, "E-mail")
    if letters := _cyrillic(value):
        return _homoglyphs(value, letters)
    if message := _malformed(value):
        return Flaw("email_format", f"{message} {_HINT}", "error", _mended(value, known))
    if not _valid(value):
        message = "Такой адрес невозможен: проверьте знаки до и после @."
        return Flaw("email_format", f"{message} {_HINT}", "error", _mended(value, known))
    return None


def _valid(value: str) -> bool:
    try:
        validate_email(value, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return True


def _cyrillic(value: str) -> tuple[tuple[int, str], ...]:
    """Place and letter of every Cyrillic letter, but for a genuine domain (почта.рф)."""
    local, at, domain = value.rpartition("@")
    if at and CYRILLIC.search(domain) and not LATIN.search(domain):
        value = local
    return tuple((place, sign) for place, sign in enumerate(value, 1) if CYRILLIC.match(sign))


def _homoglyphs(value: str, letters: tuple[tuple[int, str], ...]) -> Flaw:
    named = ", ".join(f"{ordinal(place)} «{sign}»" for place, sign in letters)
    plural = "ая буква" if len(letters) == 1 else "ие буквы"
    message = f"В адресе русск{plural}: {named}."
    if any(f.twin is None for f in foreign_letters(value, "latin")):
        return Flaw("email_format", f"{message} Адрес пишется латинскими буквами.")
    fix = in_script(value, "latin")
    code = "homoglyph" if _valid(fix) else "email_format"
    ending = f"Должно быть {fix}?" if code == "homoglyph" else _HINT
    return Flaw(code, f"{message} {ending}", "error", fix if code == "homoglyph" else None)


def _malformed(value: str) -> str | None:
    local, at, domain = value.rpartition("@")
    if not at:
        return "В адресе нет знака @."
    if "@" in local:
        several = len(re.findall(r"\S+@\S+\.\S+", re.sub(r"[;,]", " ", value))) > 1
        return "Здесь несколько адресов: оставьте один." if several else "В адресе лишний знак @."
    if " " in value:
        return "В адресе пробел."
    if not local or not domain:
        return f"В адресе ничего нет {'до' if not local else 'после'} @."
    if "." not in domain:
        return "В адресе после @ нет точки."
    sign = next((s for s in value if not re.match(r"[\w.+@-]", s)), None)
    return f"В адресе лишнее: {described(sign)}." if sign else None


def _mended(value: str, known: Collection[str]) -> str | None:
    """The address with what a hand slips on put right, where that alone makes it a valid one."""
    mended = re.sub(r"@{2,}", "@", value.replace(" ", "").replace(",", ".")).strip(".")
    mended = re.sub(r"\.{2,}", ".", mended).replace(".@", "@").replace("@.", "@")
    local, at, domain = mended.rpartition("@")
    if at and "." not in domain and (likely := suggest(domain, known)):
        mended = f"{local}@{likely}"
    return mended if mended != value and mended.count("@") == 1 and _valid(mended) else None
