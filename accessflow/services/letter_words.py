"""Words that letters have in common: in whose name, about which application, decided how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Organization, Request, RequestRow
from accessflow.notify import messages
from accessflow.notify.rendering import About, House, Wording
from accessflow.services.actor import Actor
from accessflow.workflow.asks import CAUSES

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


def house_for(catalogue: Catalogue, organization: Organization | None) -> House:
    """In whose name accessflow itself writes to this organisation: МИАЦ's where it works here; in
    the name of a МИАЦ that works outside nothing is written."""
    if organization is not None and organization.miac_outside:
        return house_of_organization(catalogue, organization)
    return house_of(catalogue)


def house_about(catalogue: Catalogue, request: Request) -> House:
    """The same about an application: it stays as it was sent, whatever is set later."""
    own = request.organization
    outside = request.outside or (request.sent_at is None and own.miac_outside)
    return house_of_organization(catalogue, own) if outside else house_of(catalogue)


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
    """Person by person; nothing where no row has been decided."""
    if not any(row.outcome for row in request.rows):
        return []
    return decisions_of(request, request.rows)


def decisions_of(request: Request, rows: Iterable[RequestRow]) -> list[messages.Decided]:
    """Of these rows of the request."""
    called = row_labels(request)
    return [(called[row.id], OUTCOMES[row.outcome], cause_in_words(row.cause)) for row in rows]


def row_labels(request: Request) -> dict[int, str]:
    """What each row is called, by its id: its person; among namesakes with its number and role."""
    names = {row.id: person_name(row) for row in request.rows}
    often = Counter(names.values())
    for row in request.rows:
        if often[person_name(row)] > 1:
            role = str(row.answers.get("role", "")).strip()
            which = f"строка {row.position}, {role}" if role else f"строка {row.position}"
            names[row.id] = f"{names[row.id]} ({which})"
    return names


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
