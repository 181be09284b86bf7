"""What each letter of a transition says: from the step that is applied to the message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Organization, Request, RequestRow
from accessflow.notify import messages
from accessflow.notify.rendering import About, House, Message, Wording
from accessflow.services import terms, timeline
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.workflow.asks import CAUSES

if TYPE_CHECKING:
    from accessflow.services.acting import Moment

KINDS = {
    "access": "предоставление доступа",
    "revocation": "прекращение доступа",
    "technical": "техническое обращение",
    "emd_deletion": "удаление ЭМД",
    "network": "подключение к защищённой сети",
    "authority": "документ органа управления здравоохранением",
}
OUTCOMES = {
    "": "решения нет",
    "granted": "доступ предоставлен",
    "revoked": "доступ прекращён",
    "refused": "отказ",
}
MIAC_SIDE = "МИАЦ"


def house_of(catalogue: Catalogue) -> House:
    """МИАЦ, in its own words where it has put any."""
    contacts = catalogue.region.contacts
    wording = {kind: Wording(own.subject, own.text) for kind, own in catalogue.letters.items()}
    return House(contacts["miac_name"], contacts["miac_phone"], wording)


def house_of_organization(catalogue: Catalogue, organization: Organization) -> House:
    """The organisation itself, for what it sends."""
    return House(organization.short_name, organization.phone, house_of(catalogue).wording)


def house_by(session: Session, catalogue: Catalogue, actor: Actor) -> House:
    """In whose name a letter is written: of the organisation or КЗ whose person acts, else МИАЦ."""
    own = session.get(Organization, actor.organization_id) if actor.organization_id else None
    return house_of_organization(catalogue, own) if own else house_of(catalogue)


def about(catalogue: Catalogue, request: Request, *, path: str = "requests") -> About:
    """`path`: «requests» or «queue», where the reader has the page; "" for who has none."""
    system = catalogue.systems.get(request.system or "")
    return About(
        number=request.number,
        what=KINDS[request.kind],
        system=system.label if system else "",
        organization=request.organization.short_name,
        path=f"{path}/{request.id}" if path else "",
        registration_no=request.registration_no or "",
    )


def matter(catalogue: Catalogue, request: Request) -> str:
    """What is sent, as in «направляет …»."""
    system = catalogue.systems.get(request.system or "")
    to = f" к системе «{system.label}»" if system else ""
    return {
        "access": f"заявку {request.number} на предоставление доступа{to}",
        "revocation": f"заявку {request.number} на прекращение доступа{to}",
        "technical": f"обращение {request.number} о технической проблеме",
        "emd_deletion": f"письмо {request.number} об удалении ЭМД",
        "network": f"заявку {request.number} на подключение к защищённой сети",
        "authority": f"документ {request.number} об удалении ЭМД",
    }[request.kind]


def day(value: date | None) -> str:
    return value.strftime("%d.%m.%Y") if value else ""


def decided(request: Request) -> list[messages.Decided]:
    """Person by person; nothing where the application has no people."""
    return [
        (person_name(row), OUTCOMES[row.outcome], cause_in_words(row.cause)) for row in request.rows
    ]


def cause_in_words(cause: str) -> str:
    """A cause of the lists by its slug, any other as it was typed."""
    for known in CAUSES.values():
        if cause in known:
            return known[cause]
    return cause


def person_name(row: RequestRow) -> str:
    """As it stands in the application; a row without a name by its number."""
    parts = (str(row.answers.get(f"{part}_name", "")) for part in ("last", "first", "middle"))
    return " ".join(part.strip() for part in parts if part.strip()) or f"Строка {row.position}"


def short_name(full_name: str) -> str:
    """«Малахова Е. Ю.» of «Малахова Екатерина Юрьевна»."""
    last, *rest = full_name.split() or [""]
    return " ".join([last, *(f"{part[0]}." for part in rest[:2])])


def compose(moment: Moment, kind: str, whose: About) -> Message:
    """The message `kind` of this step; `whose` is what its reader may open."""
    return WRITERS[kind](moment, house_by(moment.session, moment.catalogue, moment.actor), whose)


def given(moment: Moment, key: str) -> str:
    return str(moment.step.given.get(key, ""))


def _noted(
    function: Callable[..., Message], ask: str = "note", key: str = "note"
) -> Callable[[Moment, House, About], Message]:
    """A message that says one thing that the action was given."""

    def write(moment: Moment, house: House, whose: About) -> Message:
        values: dict[str, Any] = {key: given(moment, ask)}
        return function(house, whose, **values)

    return write


def _registered(moment: Moment, house: House, whose: About) -> Message:
    due = _due(moment)
    return messages.registered(house, whose, registration_no=whose.registration_no, due=due)


RESUMED = {
    "third_answered": "Третья сторона ответила.",
    "proceed": "МИАЦ продолжает без ответа на запрос сведений.",
    "take_back": "МИАЦ забрал заявку обратно.",
}
"""Why it is under review again, by action."""


def _resumed(moment: Moment, house: House, whose: About) -> Message:
    why = RESUMED[moment.step.transition.action]
    return messages.resumed(house, whose, why=why, due=_due(moment), note=given(moment, "note"))


def _due(moment: Moment) -> str:
    events = timeline.events_of(moment.session, moment.request.id)
    due = terms.due_of(events, moment.request, moment.catalogue, moscow_date(moment.now))
    return day(due.day if due else None)


def _third_asked(moment: Moment, house: House, whose: About) -> Message:
    return messages.third_asked(
        house, whose, third_party=given(moment, "third_party"), text=given(moment, "text")
    )


def _extended(moment: Moment, house: House, whose: About) -> Message:
    until = moment.step.given["until"]
    return messages.extended(
        house,
        whose,
        cause=cause_in_words(given(moment, "extension_cause")),
        until=day(until if isinstance(until, date) else date.fromisoformat(until)),
        author_facts=given(moment, "author_facts"),
        outside_need=given(moment, "outside_need"),
        actions_taken=given(moment, "actions_taken"),
    )


def _forwarded(moment: Moment, house: House, whose: About) -> Message:
    to = given(moment, "forwarded_to") or moment.request.forwarded_to or "владельцу системы"
    return messages.forwarded(
        house,
        whose,
        forwarded_to=to,
        external_no=given(moment, "external_no"),
        note=given(moment, "note"),
    )


def _package(moment: Moment, house: House, whose: About) -> Message:
    return messages.package(
        house,
        whose,
        matter=matter(moment.catalogue, moment.request),
        external_no=given(moment, "external_no"),
        note=given(moment, "note"),
    )


def _refused(moment: Moment, house: House, whose: About) -> Message:
    return messages.refused(
        house,
        whose,
        cause=cause_in_words(given(moment, "cause")),
        text=given(moment, "text"),
        rows=decided(moment.request),
    )


def _annulled(moment: Moment, house: House, whose: About) -> Message:
    cause = cause_in_words(given(moment, "cause"))
    return messages.annulled(house, whose, cause=cause, text=given(moment, "text"))


def _duplicate(moment: Moment, house: House, whose: About) -> Message:
    """The original's number alone: it may be of another organisation."""
    request = moment.request
    original_id = request.duplicate_of_id or moment.step.given.get("duplicate_of")
    original = moment.session.get(Request, original_id)
    number = (original.registration_no or original.number) if original else ""
    return messages.duplicate(house, whose, original=number, note=given(moment, "note"))


def _reopened(moment: Moment, house: House, whose: About) -> Message:
    by_filer = moment.actor.organization_id == moment.request.organization_id
    who = moment.request.organization.short_name if by_filer else MIAC_SIDE
    text = given(moment, "text") or given(moment, "note")
    return messages.reopened(house, whose, who=who, text=text)


def _executed(moment: Moment, house: House, whose: About) -> Message:
    return messages.executed(house, whose, rows=decided(moment.request))


def _closed(moment: Moment, house: House, whose: About) -> Message:
    days = moment.catalogue.region.limits.reopen_days
    return messages.closed(house, whose, rows=_outcomes(moment.request), reopen_days=days)


def _outcomes(request: Request) -> list[messages.Decided]:
    return decided(request) if any(row.outcome for row in request.rows) else []


WRITERS: Mapping[str, Callable[[Moment, House, About], Message]] = MappingProxyType(
    {
        "registered": _registered,
        "info_requested": _noted(messages.info_requested, "text", "text"),
        "answered": _noted(messages.answered, "answer", "text"),
        "third_asked": _third_asked,
        "resumed": _resumed,
        "extended": _extended,
        "forwarded": _forwarded,
        "package": _package,
        "to_committee": _noted(messages.to_committee),
        "executed": _executed,
        "refused": _refused,
        "annulled": _annulled,
        "duplicate": _duplicate,
        "withdrawn": _noted(messages.withdrawn),
        "reopened": _reopened,
        "closed": _closed,
        "resolved": _noted(messages.resolved, "text", "text"),
        "deleted": _noted(messages.deleted),
        "reuploaded": _noted(messages.reuploaded),
        "connected": _noted(messages.connected),
    }
)
"""By kind; the parcel and КЗ's package, which go with files, are written in `letters.py`."""
