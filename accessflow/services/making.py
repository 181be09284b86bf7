"""How an application comes into being: what every new one has, whoever asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Organization, Request, RequestRow, Signatory, User
from accessflow.forms.application import Row
from accessflow.forms.spec import Action, FormSpec
from accessflow.services import history, scope
from accessflow.services.actor import Actor
from accessflow.services.applications import new_row
from accessflow.services.clock import moscow_date
from accessflow.services.numbers import next_value
from accessflow.services.signatories import may_sign
from accessflow.services.totals import refresh
from accessflow.workflow.spec import Kind

KINDS: dict[Action, Kind] = {
    "grant": "access",
    "revoke": "revocation",
    "cover": "technical",
    "network": "network",
    "emd_delete": "emd_deletion",
}
"""The kind of request by its action (Рег. 3.3, IV; interfaces.md)."""


def kind_of(spec: FormSpec, action: Action) -> Kind:
    """КЗ's letter and act on an ЭМД are forms of the bulletin, no appendices of the regulation:
    they leave from the authority itself (R41)."""
    return "authority" if action == "emd_delete" and spec.number is None else KINDS[action]


@dataclass(frozen=True, slots=True)
class Maker:
    """What every new request of one call has in common."""

    session: Session
    actor: Actor
    now: datetime
    catalogue: Catalogue
    organization: Organization
    head: Signatory | None
    author: User

    @property
    def today(self) -> date:
        return moscow_date(self.now)


_OWN: Select[Organization, User, Signatory | None] = (
    select(Organization, User, Signatory)
    .select_from(Organization)
    .outerjoin(User, User.id == bindparam("user_id"))
    .outerjoin(Signatory, and_(Signatory.organization_id == Organization.id, Signatory.is_head))
    .where(Organization.id == bindparam("organization_id"))
    .order_by(Signatory.id.desc())
)


def maker_of(session: Session, actor: Actor, now: datetime, catalogue: Catalogue) -> Maker:
    """For the actor's own organisation. Raises Forbidden."""
    scope.require_filer(actor, actor.organization_id)
    wanted = {"user_id": actor.user_id, "organization_id": actor.organization_id}
    found = session.execute(_OWN, wanted).all()
    organization, author, _ = found[0]
    head = _entitled((row[2] for row in found if row[2] is not None), moscow_date(now))
    head = head or _only_one(session, organization.id, moscow_date(now))
    return Maker(session, actor, now, catalogue, organization, head, author)


def maker_for(
    session: Session, actor: Actor, now: datetime, catalogue: Catalogue, organization: Organization
) -> Maker:
    """For any organisation: whether the actor may is the caller's matter."""
    head = usual_signatory(session, organization.id, moscow_date(now))
    author = session.get_one(User, actor.user_id)
    return Maker(session, actor, now, catalogue, organization, head, author)


def usual_signatory(session: Session, organization_id: int, on: date) -> Signatory | None:
    """The head, else the only one who may sign on that day: nothing is to choose then."""
    head = valid_head(session, organization_id, on)
    return head or _only_one(session, organization_id, on)


def _only_one(session: Session, organization_id: int, on: date) -> Signatory | None:
    everybody = session.scalars(
        select(Signatory).where(Signatory.organization_id == organization_id)
    )
    entitled = [one for one in everybody if may_sign(one, on)]
    return entitled[0] if len(entitled) == 1 else None


_HEADS = (
    select(Signatory)
    .where(Signatory.organization_id == bindparam("organization_id"), Signatory.is_head)
    .order_by(Signatory.id.desc())
)


def valid_head(session: Session, organization_id: int, on: date) -> Signatory | None:
    """The organisation's head, if entitled to sign on that day (R35, X12)."""
    return _entitled(session.scalars(_HEADS, {"organization_id": organization_id}), on)


def _entitled(heads: Iterable[Signatory], on: date) -> Signatory | None:
    return next((head for head in heads if may_sign(head, on)), None)


def new(maker: Maker, spec: FormSpec, action: Action, system: str | None) -> Request:
    """A draft with its number and its usual signatory, not stored yet."""
    return Request(
        number=_number(maker),
        kind=kind_of(spec, action),
        state="draft",
        action=action,
        organization=maker.organization,
        author=maker.author,
        signatory=maker.head,
        form=spec.slug,
        form_version=spec.version,
        system=system,
        fields={},
        our_ref="",
        external_no="",
        content_version=1,
        search_text="",
        created_at=maker.now,
        updated_at=maker.now,
    )


def rows_of(rows: Iterable[tuple[Row, int | None]]) -> list[RequestRow]:
    """Numbered from 1, each with its employment, if it has one."""
    found = []
    for position, (answers, employment_id) in enumerate(rows, 1):
        row = new_row(position, answers)
        row.employment_id = employment_id
        found.append(row)
    return found


def store(maker: Maker, request: Request, event: str, what: history.What) -> int:
    maker.session.add(request)
    with maker.session.no_autoflush:  # checked first, so that it is written once
        refresh(maker.session, maker.catalogue, request)
    note(maker.session, maker.actor, maker.now, request.id, event, what)
    return request.id


def note(
    session: Session, actor: Actor, now: datetime, request_id: int, event: str, what: history.What
) -> None:
    history.record(
        session, actor=actor, now=now, entity="request", entity_id=request_id, event=event,
        what=what,
    )  # fmt: skip


def _number(maker: Maker) -> str:
    """Our own, from creation on; a series for each year in Moscow."""
    year = maker.today.year
    n = next_value(maker.session, f"requests-{year}")
    return maker.catalogue.region.number_pattern.format(year=year, n=n)
