"""What the card of an application shows: its path, its people and what became of them, its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue, SystemSpec
from accessflow.db.tables import Request, RequestEvent, RequestFile
from accessflow.domain.errors import NotFound
from accessflow.forms.answers import Check, name_of
from accessflow.forms.defect import Defect
from accessflow.forms.rows import has_no_middle_name
from accessflow.forms.spec import FormSpec
from accessflow.services import scope
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.offers import together
from accessflow.web.request_words import STATES

Stop = tuple[str, tuple[str, ...], str]
_DRAFT: Stop = ("Черновик", ("draft",), "данные правят")
_READY: Stop = ("На подписи", ("ready",), "печать, подпись, скан")
_SENT: Stop = ("Отправлена", ("sent", "registered"), "в ИС ТП МИАЦ")
_REVIEW: Stop = ("На рассмотрении", ("in_review", "needs_info", "third_party"), "у МИАЦ")
_COMMITTEE: Stop = ("У КЗ ЛО", ("at_committee",), "письмо, акт, подпись")
_FORWARDED: Stop = ("В СТП ЕГИСЗ", ("forwarded",), "обычно 5–30 дней")
PATHS: dict[str, tuple[Stop, ...]] = {
    "access": (_DRAFT, _READY, _SENT, _REVIEW, _COMMITTEE, _FORWARDED,
               ("Исполнена", ("executed", "closed"), "")),
    "revocation": (_DRAFT, _READY, _SENT, _REVIEW, _COMMITTEE, _FORWARDED,
                   ("Исполнена", ("executed", "closed"), "")),
    "technical": (_DRAFT, _SENT, _REVIEW, ("Передано поддержке", ("forwarded",), ""),
                  ("Решено", ("executed", "closed"), "")),
    "emd_deletion": (_DRAFT, _READY, _SENT, _REVIEW, _COMMITTEE, _FORWARDED,
                     ("ЭМД удалён", ("deleted",), "придёт уведомление"),
                     ("Загружен заново", ("reuploaded", "closed"), "исправленный ЭМД")),
    "network": (_DRAFT, _READY, ("Ждёт звонка", ("sent", "awaiting_call"), "из ГКУ ЛО «ОЭП»"),
                ("Подключено", ("executed", "closed"), "можно слать «Деловой почтой»")),
    "authority": (_DRAFT, _READY, ("Отправлено", ("sent",), "в СТП ЕГИСЗ"),
                  ("ЭМД удалён", ("deleted", "closed"), "")),
}  # fmt: skip
SIDEWAYS = frozenset({"at_committee", "forwarded"})
"""Stops that not every application makes: shown once made, or while they still lie ahead."""


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


def steps(found: Request, events: Sequence[RequestEvent]) -> list[tuple[str, str, str]]:
    """The path: (label, date or hint, done | current | ahead). What ended otherwise ends there."""
    reached = {found.state: ""} | {event.target: _day(event) for event in reversed(events)}
    reached.setdefault("draft", found.created_at.strftime("%d.%m.%Y"))
    path = PATHS[found.kind]
    at = next((n for n, (_, states, _) in enumerate(path) if found.state in states), None)
    last = len(path) - 1
    shown: list[tuple[str, str, str]] = []
    for n, (label, states, hint) in enumerate(path):
        when = next((reached[s] for s in states if s in reached), None)
        if at is None:
            if when is not None:
                shown.append((label, when, "done"))
        elif (when is None and n < at) or (when is None and set(states) <= {"at_committee"}):
            continue  # it went past
        else:
            state = "done" if n < at or n == at == last else "current" if n == at else "ahead"
            shown.append((label, when or hint, state if n <= at else "ahead"))
    if at is None:
        shown.append((STATES[found.state].label, reached[found.state], "current"))
    return shown


def _day(event: RequestEvent) -> str:
    return moscow_date(event.at).strftime("%d.%m.%Y")


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
        (item.plain_label.strip(" -:") or item.help or item.key, text)
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
    """What lies with it and counts, oldest first: scans, attachments, what was sent."""
    return session.scalars(
        select(RequestFile)
        .where(
            RequestFile.request_id == found.id,
            RequestFile.voided_at.is_(None),
            RequestFile.kind != "original",
        )
        .options(joinedload(RequestFile.stored))
        .order_by(RequestFile.id)
    ).all()


LINKS: tuple[tuple[str, str, str], ...] = (
    ("resubmission_of_id", "Исправленная копия заявки", "Исправлена в заявке"),
    ("duplicate_of_id", "Повтор заявки", "Её повторяет"),
    ("stage_of_id", "К заявке МО", "Документ КЗ"),
)
"""Column, the word for the one that it points to, the word for those that point here."""


def links_of(session: Session, actor: Actor, found: Request) -> list[tuple[str, Request]]:
    """Applications that belong with this one and that the actor may see, with the word for how."""
    linked: list[tuple[str, Request]] = []
    for name, to, back in LINKS:
        column, number = getattr(Request, name), getattr(found, name)
        for condition, words in ((Request.id == number, to), (column == found.id, back)):
            others = session.scalars(
                select(Request)
                .where(condition, Request.deleted_at.is_(None), scope.requests_seen(actor))
                .order_by(Request.id)
            )
            linked += [(words, other) for other in others]
    return linked
