"""Applications come into being, are copied, put away and brought back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Organization, Request, RequestRow, Signatory
from accessflow.domain.errors import Conflict, Invalid, NotFound
from accessflow.forms.spec import Action, FormSpec
from accessflow.services import candidates, history, scope
from accessflow.services import picks as picking
from accessflow.services.actor import Actor
from accessflow.services.applications import find, new_row
from accessflow.services.clock import moscow_date
from accessflow.services.numbers import next_value
from accessflow.services.picks import Picks
from accessflow.services.plan import Plan, Planned, answers_of, make_plan
from accessflow.services.signatories import may_sign
from accessflow.services.totals import refresh

KINDS: dict[Action, str] = {
    "grant": "access",
    "revoke": "revocation",
    "cover": "technical",
    "network": "network",
    "emd_delete": "emd_deletion",
}
"""The kind of request by its action (Рег. 3.3, IV; interfaces.md)."""

NOTHING = "Выберите хотя бы одного сотрудника и одну систему: пока создавать нечего."


@dataclass(frozen=True, slots=True)
class _Maker:
    """What every new request of one call has in common."""

    session: Session
    actor: Actor
    now: datetime
    catalogue: Catalogue
    organization: Organization
    head: Signatory | None

    @property
    def today(self) -> date:
        return moscow_date(self.now)


def create(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, picks: Picks
) -> list[int]:
    """One draft per system (R12), in the order of the tables; their ids. More than MAX_ROWS people
    make several of one system. Rows are filled from the people's cards, the form is the one in
    force today, the head of the organisation signs.

    Raises Invalid where there is nothing to make, Forbidden.
    """
    with db.write() as session:
        return _create(_maker(session, actor, now, catalogue), picks)


def create_picked(db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue) -> list[int]:
    """The same from what the actor has picked on the page, which is thereby used up."""
    with db.write() as session:
        maker = _maker(session, actor, now, catalogue)
        row = picking.locked(session, actor.user_id or 0, now)
        made = _create(maker, picking.picked(row))
        picking.forget(session, actor.user_id or 0)
        return made


def plan_of(session: Session, actor: Actor, catalogue: Catalogue, picked: Picks, on: date) -> Plan:
    """What `create` would make."""
    organization = session.get(Organization, actor.organization_id or 0)
    kind = organization.kind if organization else "mo"
    people = candidates.load(session, actor.organization_id or 0, picked.people)
    return make_plan(catalogue, picked, people, kind, on)


def create_single(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, form: str
) -> int:
    """A draft of a form that concerns no system: App. 2, 15, 16, the act, the letter. Its id.

    Raises NotFound, Forbidden.
    """
    with db.write() as session:
        maker = _maker(session, actor, now, catalogue)
        spec = catalogue.form(form, on=maker.today)
        if spec not in single_forms(catalogue, maker.today):
            raise NotFound("Эта форма подаётся вместе с системой: выберите её.", form=form)
        request = _new(maker, spec, spec.actions[0], None)
        if spec.columns:
            request.rows = [new_row(1, {})]
        return _store(maker, request, "created", {"Форма": ["—", spec.label]})


def single_forms(catalogue: Catalogue, on: date) -> list[FormSpec]:
    """The forms in force that are filed without a system."""
    newest = (
        catalogue.form(slug, on=on) for slug in catalogue.forms if _in_force(catalogue, slug, on)
    )
    return [form for form in newest if not {"grant", "revoke"} & set(form.actions)]


def copy(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, request_id: int
) -> int:
    """A new draft with the same rows and fields under the form in force today; its id.

    The copy has its own number, its author, and the present head; the МО's исх. № is not carried
    over. Raises NotFound, Forbidden.
    """
    with db.write() as session:
        maker = _maker(session, actor, now, catalogue)
        source = find(session, actor, request_id)
        scope.require_filer(actor, source.organization_id)
        action: Action = source.action  # type: ignore[assignment] # written from the form's own
        slug = source.form
        if source.system:
            slug = catalogue.system(source.system).form_for(action)
        request = _new(maker, catalogue.form(slug, on=maker.today), action, source.system)
        request.fields = dict(source.fields)
        request.rows = [_row(r.position, r.answers, r.employment_id) for r in source.rows]
        return _store(maker, request, "copied", {"Копия заявки": ["—", source.number]})


def delete(db: Database, *, actor: Actor, now: datetime, request_ids: Iterable[int]) -> list[str]:
    """Puts drafts away, all or none; their numbers. Raises NotFound, Forbidden, Conflict."""
    with db.write() as session:
        found = [find(session, actor, request_id) for request_id in dict.fromkeys(request_ids)]
        for request in found:
            scope.require_filer(actor, request.organization_id)
            if request.state != "draft":
                raise Conflict(
                    f"Заявка {request.number} уже не черновик: удалить её нельзя.",
                    request=request.id,
                )
            request.deleted_at = now
            _note(session, actor, now, request.id, "deleted", {})
        return [request.number for request in found]


def restore(db: Database, *, actor: Actor, now: datetime, request_ids: Iterable[int]) -> list[str]:
    """Brings deleted drafts back; their numbers. Raises NotFound, Forbidden."""
    with db.write() as session:
        wanted = dict.fromkeys(request_ids)
        found = [find(session, actor, request_id, deleted=True) for request_id in wanted]
        for request in found:
            scope.require_filer(actor, request.organization_id)
            request.deleted_at = None
            _note(session, actor, now, request.id, "restored", {})
        return [request.number for request in found]


def _maker(session: Session, actor: Actor, now: datetime, catalogue: Catalogue) -> _Maker:
    scope.require_filer(actor, actor.organization_id)
    organization = session.get_one(Organization, actor.organization_id)
    head = valid_head(session, organization.id, moscow_date(now))
    return _Maker(session, actor, now, catalogue, organization, head)


def valid_head(session: Session, organization_id: int, on: date) -> Signatory | None:
    """The organisation's head, if entitled to sign on that day (R35, X12)."""
    heads = session.scalars(
        select(Signatory)
        .where(Signatory.organization_id == organization_id, Signatory.is_head)
        .order_by(Signatory.id.desc())
    )
    return next((head for head in heads if may_sign(head, on)), None)


def _create(maker: _Maker, picked: Picks) -> list[int]:
    plan = plan_of(maker.session, maker.actor, maker.catalogue, picked, maker.today)
    if not plan.applications:
        raise Invalid(NOTHING)
    made = [_planned(maker, application) for application in plan.applications]
    for request in made:
        request.batch = made[0].number
    return [_store(maker, request, "created", _born(request, made)) for request in made]


def _planned(maker: _Maker, planned: Planned) -> Request:
    offer = planned.offer
    request = _new(maker, offer.form, offer.action, offer.slug)
    request.rows = [
        _row(position, dict(answers_of(offer, line)), line.candidate.employment)
        for position, line in enumerate(planned.lines, 1)
    ]
    return request


def _born(request: Request, made: list[Request]) -> history.What:
    what = {"Строк": ["—", str(len(request.rows))]}
    if others := [other.number for other in made if other is not request]:
        what["Вместе с"] = ["—", ", ".join(others)]
    return what


def _new(maker: _Maker, spec: FormSpec, action: Action, system: str | None) -> Request:
    return Request(
        number=_number(maker),
        kind=KINDS[action],
        state="draft",
        action=action,
        organization=maker.organization,
        author_id=maker.actor.user_id,
        signatory=maker.head,
        form=spec.slug,
        form_version=spec.version,
        system=system,
        fields={},
        created_at=maker.now,
        updated_at=maker.now,
    )


def _number(maker: _Maker) -> str:
    """Our own, from creation on; a series for each year in Moscow."""
    year = maker.today.year
    n = next_value(maker.session, f"requests-{year}")
    return maker.catalogue.region.number_pattern.format(year=year, n=n)


def _row(position: int, answers: dict[str, str], employment_id: int | None) -> RequestRow:
    row = new_row(position, answers)
    row.employment_id = employment_id
    return row


def _store(maker: _Maker, request: Request, event: str, what: history.What) -> int:
    maker.session.add(request)
    maker.session.flush()
    refresh(maker.session, maker.catalogue, request)
    _note(maker.session, maker.actor, maker.now, request.id, event, what)
    return request.id


def _note(
    session: Session, actor: Actor, now: datetime, request_id: int, event: str, what: history.What
) -> None:
    history.record(
        session, actor=actor, now=now, entity="request", entity_id=request_id, event=event,
        what=what,
    )  # fmt: skip


def _in_force(catalogue: Catalogue, slug: str, on: date) -> bool:
    return any(form.effective_from <= on for form in catalogue.forms[slug])
