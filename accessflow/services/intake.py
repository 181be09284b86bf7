"""What reached МИАЦ by mail or on paper is registered by hand, with its scan (Рег. 3.4; R4, R5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Organization, Request
from accessflow.documents import scan as scanning
from accessflow.documents.sheet_in import read_tables
from accessflow.domain import email as emails
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Invalid
from accessflow.forms.application import Application
from accessflow.forms.sheet_application import application_from_sheet
from accessflow.forms.spec import FormSpec
from accessflow.services import (
    acting,
    claims,
    making,
    registering,
    scan_uploads,
    technical,
    timeline,
)
from accessflow.services import files as filing
from accessflow.services.actor import Actor
from accessflow.services.clock import MOSCOW, moscow_date
from accessflow.services.files import FileStore
from accessflow.services.routes import CHANNELS
from accessflow.workflow.asks import ASKS

BY_HAND = tuple(channel for channel in CHANNELS if channel != "accessflow")
Uploads = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Came:
    """What is told of an arrival. `on`: the day in Moscow it came, from which the term counts;
    `registration_no`: МИАЦ's number where it has one already; `reply_to`: the mailbox it came from,
    else the organisation's; `subject`: of a technical problem."""

    organization_id: int
    channel: str
    on: date
    registration_no: str = ""
    reply_to: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    request_id: int
    number: str
    registration_no: str | None
    state: str


def read_sheet(catalogue: Catalogue, data: bytes, filename: str) -> Application:
    """Our own XLSX as it came. Raises Invalid, NotFound."""
    return application_from_sheet(read_tables(data, filename), catalogue)


def register(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    application: Application,
    came: Came,
    uploads: Uploads,
) -> Registered:
    """Makes the application for its organisation, lays the scan to it, and gives the number.

    What is wrong in it is shown on the card and keeps nobody from registering it: МИАЦ asks, annuls
    or refuses. `uploads`: (name, content) of the scan, one file or its pages. Raises Forbidden,
    NotFound for the form, Invalid.
    """
    actor.require("miac_specialist", "miac_lead")
    spec = catalogue.form(application.form, on=moscow_date(now))
    with db.write() as session:
        organization = session.get(Organization, came.organization_id)
        _require_possible(catalogue, spec, application, came, organization, uploads, now)
        maker = making.maker_for(session, actor, now, catalogue, session.get_one(
            Organization, came.organization_id))  # fmt: skip
        request = _made(maker, spec, application, came)
        if uploads:
            _lay(session, actor, now, files, request, uploads)
        claims.claim_emails(
            session, request, spec=replace(spec, unique_email=_softly(spec)), now=now
        )
        data: dict[str, Any] = {"channel": came.channel, "came_on": came.on}
        timeline.append(
            session, request, actor=actor, now=now, action="intake", target="sent", data=data
        )
        request.state, request.state_at = "sent", now
        acting.follow(session, now, catalogue, files, request)
        return Registered(request.id, request.number, request.registration_no, request.state)


def _require_possible(
    catalogue: Catalogue,
    spec: FormSpec,
    application: Application,
    came: Came,
    organization: Organization | None,
    uploads: Uploads,
    now: datetime,
) -> None:
    fields = _wrong_form(catalogue, spec, application, came)
    if organization is None or organization.archived_at is not None:
        fields["organization"] = "Выберите организацию."
    if came.channel not in BY_HAND:
        fields["channel"] = "Выберите, как заявка пришла."
    if len(came.registration_no.strip()) > ASKS["registration_no"].max_length:
        fields["registration_no"] = "Слишком длинный номер: помещается 64 знака."
    if came.on > moscow_date(now):
        fields["on"] = "Этого дня ещё не было."
    if came.reply_to and emails.read(came.reply_to).value is None:
        fields["reply_to"] = "Это не адрес электронной почты."
    if spec.signature.signer != "none" and not uploads:
        fields["scan"] = "Приложите скан того, что пришло."
    if fields:
        raise Invalid("Заполните то, что отмечено.", fields)


def _wrong_form(
    catalogue: Catalogue, spec: FormSpec, application: Application, came: Came
) -> dict[str, str]:
    fields: dict[str, str] = {}
    if application.action not in spec.actions:
        fields["form"] = f"{spec.label} с таким действием не подаётся."
    elif making.kind_of(spec, application.action) == "authority":
        fields["form"] = f"«{spec.label}» пишет КЗ ЛО, а не организация."
    if spec.layout == "table" and application.system not in catalogue.systems:
        fields["system"] = "Выберите систему."
    if spec.slug == technical.COVER and came.subject not in technical.SUBJECTS:
        fields["subject"] = "Выберите, о чём обращение."
    return fields


def _made(maker: making.Maker, spec: FormSpec, application: Application, came: Came) -> Request:
    request = making.new(maker, spec, application.action, application.system)
    request.fields = {key: text for key, text in application.fields.items() if text}
    request.rows = making.rows_of((dict(row), None) for row in application.rows)
    request.our_ref = application.our_ref
    request.our_date = read_date(application.our_date)
    request.subject = came.subject
    request.channel, request.outside = came.channel, False
    request.reply_mailbox = came.reply_to or maker.organization.mailbox
    request.sent_at = _moment(came.on, maker.now)
    making.store(maker, request, "created", {"Пришла": ["—", CHANNELS[came.channel]]})
    if request.kind == "technical":
        technical.take_criticality(maker.catalogue, request)
    if number := came.registration_no.strip():
        registering.give_number(maker.session, maker.catalogue, request, maker.now, number)
    return request


def _moment(day: date, now: datetime) -> datetime:
    """The end of an earlier day in Moscow, else now."""
    if day == moscow_date(now):
        return now
    return datetime.combine(day, time(23, 59, 59), MOSCOW)


def _softly(spec: FormSpec) -> Any:
    """A taken address is told by the checks, and keeps nobody from registering."""
    return "warning" if spec.unique_email == "error" else spec.unique_email


def _lay(
    session: Session, actor: Actor, now: datetime, store: FileStore, request: Request,
    uploads: Uploads,
) -> None:  # fmt: skip
    """The scan as one PDF, the files as they came beside it. Whoever registers has looked at it;
    its code is not asked for, for the paper may have been filled in by hand."""
    named = scan_uploads.named(uploads)
    pdf = scanning.assemble(named)
    pages = len(scanning.look(pdf))
    for name, content in named:
        filing.attach(
            session, store, request, content, name=name, kind="original", actor=actor, now=now
        )
    row = filing.attach(
        session, store, request, pdf, name=named[0][0], kind="scan", actor=actor, now=now
    )
    row.pages, row.confirmed = pages, True
    row.checks = {
        "code": "unreadable", "number": request.number, "version": request.content_version,
        "read": 0, "pages": pages, "expected": pages, "dpi": None, "drawn": [], "turned": [],
        "blank": 0, "extra": "",
    }  # fmt: skip
