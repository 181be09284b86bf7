"""Lines pasted from a sheet: names, СНИЛС and e-mails in any order -> people of the staff.

Nothing of it is kept: the text comes with the page and goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from accessflow.db.session import Database
from accessflow.domain import email as emails
from accessflow.domain import full_name
from accessflow.domain import snils as snilses
from accessflow.domain.person_name import PersonName
from accessflow.forms.spec import Action
from accessflow.services import candidates, employments, people, scope
from accessflow.services.actor import Actor
from accessflow.services.candidates import Candidate

MOST_LINES = 1000
_EMAIL = re.compile(r"[^\s;,<>]*@[^\s;,<>]*")
_SNILS = re.compile(r"(?<![\d+])\d{3}[-–—‑ ]?\d{3}[-–—‑ ]?\d{3}[-–—‑ ]*\d{2}(?!\d)", re.ASCII)
_CELLS = re.compile(r"\t|;|\s{2,}|,\s")
_WORD = re.compile(r"[^\W\d_]+(?:[-.'’ ]+[^\W\d_]+)*\.?")
_TITLES = ("фамилия", "снилс", "фио", "ф.и.о", "e-mail", "email", "почта")
_CHECK = "Сверьте цифры с документом и исправьте в поле выше."


@dataclass(frozen=True, slots=True)
class Line:
    """What was read in one line; `number` from 1 as a person counts them."""

    number: int
    name: str
    snils: str
    email: str

    @property
    def who(self) -> str:
        """How the line is called where it is spoken of; never the whole СНИЛС."""
        return self.name or (f"СНИЛС …{self.snils[-6:]}" if self.snils else "без ФИО")


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` was not taken, or (level warning) was, with a doubt."""

    line: Line
    message: str
    hint: str = ""
    level: str = "error"


@dataclass(frozen=True, slots=True)
class Found:
    line: Line
    candidate: Candidate

    @property
    def new_email(self) -> str:
        """The line's address where the card has none."""
        address = emails.read(self.line.email).value if self.line.email else None
        return address.text if address and not self.candidate.email else ""


@dataclass(frozen=True, slots=True)
class Pasted:
    """`total` lines with something in them; each is in `found` or has an error in `problems`."""

    total: int
    found: tuple[Found, ...]
    problems: tuple[Problem, ...]


def read(text: str) -> list[Line]:
    """The lines of a pasted text; blank ones and the header are left out."""
    lines = [
        _line(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()
    ]
    return [line for line in lines if not _is_title(line)][:MOST_LINES]


def _line(number: int, text: str) -> Line:
    address = _EMAIL.search(text)
    rest = text.replace(address[0], "\t") if address else text
    digits = _snils(rest)
    if digits:
        rest = rest.replace(digits, "\t")
    return Line(number, _name(rest), digits, address[0] if address else "")


def _is_title(line: Line) -> bool:
    words = line.name.casefold()
    return not line.snils and not line.email and any(title in words for title in _TITLES)


def _snils(text: str) -> str:
    """The number that passes the check, else the one that is written like a СНИЛС, else the first
    that is not a phone."""
    found: list[str] = _SNILS.findall(text)
    for number in found:
        if snilses.read(number).value:
            return number
    written = [number for number in found if number[3] in "-–—‑ "]
    plain = [number for number in found if number[:2] not in ("79", "89")]
    return next(iter([*written, *plain]), "")


def _name(text: str) -> str:
    """The cell that is a whole name, else the first three words that stand in their own cells."""
    cells = [cell for raw in _CELLS.split(text) if (cell := raw.strip(" .,№0123456789"))]
    cells = [cell for cell in cells if _WORD.fullmatch(cell.strip("."))]
    whole = [cell for cell in cells if len(cell.split()) > 1]
    if whole:
        return max(whole, key=lambda cell: (_looks_like_a_name(cell), -cells.index(cell)))
    return " ".join(cells[:3])


def _looks_like_a_name(cell: str) -> int:
    name = full_name.split(cell)
    patronymic = name.middle.casefold().endswith(("вич", "вна", "ична", "ич", "оглы", "кызы"))
    capital = all(word[0].isupper() for word in cell.split())
    return 2 * patronymic + capital


def recognise(
    session: Session, organization_id: int, text: str, action: Action, on: date
) -> Pasted:
    """Every line looked up among the staff: by its СНИЛС, else by its whole name."""
    lines = read(text)
    numbers = {line.number: snilses.read(line.snils).value for line in lines if line.snils}
    by_snils = candidates.staff_by_snils(
        session, organization_id, (number.digits for number in numbers.values() if number)
    )
    names = {line.number: full_name.split(line.name).key for line in lines if line.name}
    by_name = candidates.staff_by_name(session, organization_id, names.values())
    found: list[Found] = []
    problems: list[Problem] = []
    for line in lines:
        number = numbers.get(line.number)
        if line.snils and number is None:
            flaw = snilses.read(line.snils).flaws[0]
            problems.append(Problem(line, flaw.message, _CHECK))
            continue
        jobs = (
            by_snils.get(number.digits, [])
            if number
            else by_name.get(names.get(line.number, ""), [])
        )
        problem = _problem(line, jobs, action, on)
        if problem is None:
            found.append(Found(line, jobs[0]))
            problems += _doubts(found[-1])
        else:
            problems.append(problem)
    return Pasted(len(lines), tuple(found), tuple(problems))


def _problem(line: Line, jobs: list[Candidate], action: Action, on: date) -> Problem | None:
    if not line.snils and not line.name:
        return Problem(line, "Здесь нет ни ФИО, ни СНИЛС.", "Впишите одно из двух.")
    if not jobs:
        by = "с таким СНИЛС" if line.snils else "с таким ФИО"
        hint = "Добавьте сотрудника на странице «Сотрудники» или загрузите список файлом."
        return Problem(line, f"Сотрудника {by} в вашем списке нет.", hint)
    if len({job.person for job in jobs}) > 1:
        message = f"Сотрудников с таким ФИО {len({job.person for job in jobs})}."
        return Problem(line, message, "Допишите СНИЛС, чтобы их различить.")
    if action == "grant" and jobs[0].has_left(on):
        message = f"Уволен(а) {jobs[0].until:%d.%m.%Y}: доступ не предоставляют."
        return Problem(line, message, "Переключите на «Отозвать доступ», если нужен отзыв.")
    return None


def _doubts(found: Found) -> Iterable[Problem]:
    line, known = found.line, found.candidate
    if line.name and line.snils and not _same(line.name, known.name):
        message = f"Под этим СНИЛС у вас {known.name.full}."
        hint = "Взят сотрудник по СНИЛС. Если описка, уберите его и проверьте номер."
        yield Problem(line, message, hint, "warning")
    if not line.email:
        return
    reading = emails.read(line.email)
    if reading.value is None:
        yield Problem(line, reading.flaws[0].message, "E-mail не взят.", "warning")
    elif known.email and reading.value.text.casefold() != known.email.casefold():
        message = f"В карточке другой e-mail: {known.email}."
        yield Problem(line, message, "Взят из карточки. Новый впишите в карточку.", "warning")


def _same(text: str, name: PersonName) -> bool:
    """Also «Петрова А. И.» for the whole name."""
    typed = full_name.split(text)
    if typed.key == name.key:
        return True
    surname = typed.last.casefold().replace("ё", "е") == name.last.casefold().replace("ё", "е")
    return surname and full_name.has_initials(typed)


def note_emails(db: Database, *, actor: Actor, now: datetime, found: Iterable[Found]) -> int:
    """Writes pasted addresses into the cards that have none; how many were written.

    Raises Forbidden.
    """
    addresses: Mapping[int, str] = {
        f.candidate.employment: f.new_email for f in found if f.new_email
    }
    with db.write() as session:
        for employment, address in addresses.items():
            row = people.job(session, actor, employment)
            scope.require_people_changed(actor, row.organization_id)
            employments.update_job(
                session, actor=actor, now=now, row=row, values={"email": address}
            )
    return len(addresses)
