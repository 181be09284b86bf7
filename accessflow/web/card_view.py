"""What the card of an application shows: its path, its people and what became of them, its data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload, load_only

from accessflow.catalogue.spec import Catalogue, SystemSpec
from accessflow.db.tables import Request, RequestFile
from accessflow.domain.errors import NotFound
from accessflow.forms.check import Check
from accessflow.forms.defect import Defect
from accessflow.forms.row_people import name_of
from accessflow.forms.rows import has_no_middle_name
from accessflow.forms.spec import FormSpec
from accessflow.services import attachments, scans, scope, whereabouts
from accessflow.services.actor import Actor
from accessflow.services.applications import is_pointed_at
from accessflow.services.card import Card
from accessflow.services.clock import moscow_date
from accessflow.services.offers import together
from accessflow.services.repeats import BRIEF
from accessflow.web.request_words import state_of

Stop = tuple[str, tuple[str, ...], str]
_DRAFT: Stop = ("Черновик", ("draft",), "данные правят")
_READY: Stop = ("На подписи", ("ready",), "печать, подпись, скан")
_SENT: Stop = ("Отправлена", ("sent", "registered"), "в ИС ТП МИАЦ")
_REVIEW: Stop = ("На рассмотрении", ("in_review", "needs_info", "third_party"), "у МИАЦ")
_COMMITTEE: Stop = ("У КЗ ЛО", ("at_committee",), "подпись, отправка")
_FORWARDED: Stop = ("У владельца системы", ("forwarded",), "обычно 5–30 дней")
_SUPPORT: Stop = ("В СТП ЕГИСЗ", ("forwarded",), "обычно 5–30 дней")
_ROWS = (_DRAFT, _READY, _SENT, _REVIEW, _COMMITTEE, _FORWARDED,
         ("Исполнена", ("executed", "closed"), ""))  # fmt: skip
PATHS: dict[str, tuple[Stop, ...]] = {
    "access": _ROWS,
    "revocation": _ROWS,
    "technical": (_DRAFT, _SENT, _REVIEW, ("У поддержки", ("forwarded",), ""),
                  ("Решена", ("executed", "closed"), "")),
    "emd_deletion": (_DRAFT, _READY, ("Отправлена", ("sent", "registered"), "в МИАЦ и КЗ ЛО"),
                     _REVIEW, ("У КЗ ЛО", ("at_committee",), "письмо и акт"), _SUPPORT,
                     ("ЭМД удалён", ("deleted",), "придёт уведомление"),
                     ("Загружен заново", ("reuploaded", "closed"), "исправленный ЭМД")),
    "network": (_DRAFT, _READY, ("Отправлена", ("sent",), "в ГКУ ЛО «ОЭП»"),
                ("Ждёт звонка", ("awaiting_call",), "из ГКУ ЛО «ОЭП»"),
                ("Подключено", ("executed", "closed"), "можно слать «Деловой почтой»")),
    "authority": (_DRAFT, _READY, ("Отправлено", ("sent",), "в СТП ЕГИСЗ"),
                  ("ЭМД удалён", ("deleted", "closed"), "")),
}  # fmt: skip


FILE_LABELS = {
    **attachments.LABELS,
    **scans.LABELS,
}
"""What a file of an application is, by kind."""


@dataclass(frozen=True, slots=True)
class Typed:
    """An answer to МИАЦ that was not taken: nothing typed is lost."""

    answer: str = ""
    happened_on: str = ""
    message: str = ""
    flaws: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the application as the card shows it; `outcome`: "" while open."""

    number: int
    name: str
    no_middle_name: bool
    snils: str
    position: str
    role: str
    errors: int
    warnings: int
    outcome: str
    cause: str


def steps(card: Card, *, mine: bool) -> list[tuple[str, str, str]]:
    """The path: (label, date or hint, done | current | ahead). What ended otherwise ends there.

    A stop that was passed by is left out; КЗ's lies ahead only for what needs it (R37, R41).
    """
    found = card.request
    days = {event.target: _day(event.at) for event in reversed(card.events)}
    days.setdefault("draft", _day(found.created_at))
    path = [s for s in PATHS[found.kind] if "at_committee" not in s[1] or _needs_committee(card)]
    path = [_as_it_went(stop, found) for stop in path]
    at = next((n for n, (_, states, _) in enumerate(path) if found.state in states), None)
    if at is None:
        return [*_made(path, days), (state_of(found).label, _since(card, False), "current")]
    finished = at == len(path) - 1
    ahead = [(label, hint, "ahead") for label, _, hint in path[at + 1 :]]
    here = (path[at][0], _since(card, mine), "done" if finished else "current")
    return [*_made(path[:at], days), here, *ahead]


def _as_it_went(stop: Stop, found: Request) -> Stop:
    """To whom it was passed on is known once it has been."""
    _, states, hint = stop
    if states != ("forwarded",) or not found.forwarded_to:
        return stop
    return whereabouts.label_of("forwarded", found.forwarded_to), states, hint


def _made(path: Sequence[Stop], days: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for label, states, _ in path:
        if when := next((days[state] for state in states if state in days), ""):
            yield label, when, "done"


def _since(card: Card, mine: bool) -> str:
    found = card.request
    day = _day(found.state_at or found.created_at)
    return f"с {day}, ход за вами" if mine else f"с {day}"


def _needs_committee(card: Card) -> bool:
    passed = any(event.target == "at_committee" for event in card.events)
    return passed or "committee_stage" in card.snapshot.facts


def _day(at: datetime) -> str:
    return moscow_date(at).strftime("%d.%m.%Y")


def people_of(found: Request, check: Check, defects: Sequence[Defect] = ()) -> list[Person]:
    if not check.spec.has_people:
        return []
    role = next((column for column in check.spec.columns if column.kind == "role"), None)
    return [
        Person(
            number=number,
            name=name_of(row.answers).full,
            no_middle_name=has_no_middle_name(row.answers),
            snils=row.snils,
            position=str(row.answers.get("position", "")),
            role=check.value(role, row.answers) if role else "",
            errors=sum(d.row == number and d.level == "error" for d in defects),
            warnings=sum(d.row == number and d.level == "warning" for d in defects),
            outcome=row.outcome,
            cause=row.cause,
        )
        for number, row in enumerate(found.rows, 1)
    ]


def fields_of(found: Request, spec: FormSpec) -> list[tuple[str, str]]:
    """What was typed beside the table, by its official label."""
    return [
        (spec.label_of(item), text)
        for item in spec.fields
        if (text := str(found.fields.get(item.key, "")).strip())
    ]


def systems_of(catalogue: Catalogue, found: Request) -> tuple[SystemSpec, ...]:
    if not found.system:
        return ()
    try:
        return together(catalogue, found.system)
    except NotFound:
        return ()


def notices_of(catalogue: Catalogue, found: Request, spec: FormSpec) -> list[str]:
    """What to mind, said once: of the form and of the systems."""
    systems = systems_of(catalogue, found)
    return list(dict.fromkeys([*spec.notices, *(n for s in systems for n in s.notices)]))


def files_of(session: Session, found: Request) -> Sequence[RequestFile]:
    """What lies with it and counts, oldest first: scans, attachments. What was sent is an archive,
    the files of a message stand with the message."""
    return session.scalars(
        select(RequestFile)
        .where(
            RequestFile.request_id == found.id,
            RequestFile.voided_at.is_(None),
            RequestFile.kind.not_in(("original", "parcel")),
            RequestFile.message_id.is_(None),
            RequestFile.message_id.is_(None),  # МИАЦ's notes have files, too
        )
        .options(joinedload(RequestFile.stored))
        .order_by(RequestFile.id)
    ).all()


LINKS: Mapping[str, tuple[str, str]] = {
    "resubmission_of_id": ("Исправленная копия заявки", "Исправлена в заявке"),
    "duplicate_of_id": ("Повтор заявки", "Её повторяет"),
    "stage_of_id": ("К заявке МО", "Документ КЗ"),
}
"""By column: the word for the one that it points to, the word for those that point here."""


def links_of(
    session: Session, actor: Actor, found: Request, names: tuple[str, ...] = tuple(LINKS)
) -> list[tuple[str, Request]]:
    """Applications that belong with this one by one of some columns, and that the actor may see,
    with the word for how."""
    to = {number: LINKS[name][0] for name in names if (number := getattr(found, name))}
    if not to and not is_pointed_at(session, found):
        return []
    others = session.scalars(_linked(actor, names), {"to": list(to), "here": found.id})
    return [(to.get(other.id) or _back(other, found, names), other) for other in others]


@lru_cache(maxsize=256)
def _linked(actor: Actor, names: tuple[str, ...]) -> Select[Request]:
    here = [getattr(Request, name) == bindparam("here") for name in names]
    return (
        select(Request)
        .where(
            or_(Request.id.in_(bindparam("to", expanding=True)), *here),
            Request.deleted_at.is_(None),
            scope.requests_seen(actor, Request.organization_id + 0),
        )
        .options(load_only(*BRIEF, *(getattr(Request, name) for name in names)))
        .order_by(Request.id)
    )


def _back(other: Request, found: Request, names: Sequence[str]) -> str:
    return next(LINKS[name][1] for name in names if getattr(other, name) == found.id)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a form that is not of people: documents, resources."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table_of(check: Check) -> Table | None:
    if check.spec.has_people or not check.spec.columns:
        return None
    columns = [column for column in check.spec.columns if column.kind != "number"]
    return Table(
        tuple(column.plain_header for column in columns),
        tuple(
            tuple(check.value(column, row) for column in columns) for row in check.application.rows
        ),
    )
