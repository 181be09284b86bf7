"""Applications come into being, are copied, put away and brought back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import DismissalRevocation, Organization, Request, RequestRow
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.forms.spec import Action, FormSpec
from accessflow.services import candidates, history, pairs, scope
from accessflow.services import picks as picking
from accessflow.services.actor import Actor
from accessflow.services.applications import find, locked, new_row
from accessflow.services.making import Maker, kind_of, maker_of, new, note, rows_of, store
from accessflow.services.picks import Edit, Picks
from accessflow.services.plan import Plan, Planned, answers_of, make_plan
from accessflow.workflow.snapshot import EXECUTED

RESUBMITTED = frozenset({"refused", "annulled", "withdrawn", "executed", "closed"})
"""States that leave something to ask for again."""
NOTHING = "Выберите хотя бы одного сотрудника и одну систему: пока создавать нечего."


def create(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, picks: Picks
) -> list[int]:
    """One draft per system (R12), in the order of the tables; their ids. More than MAX_ROWS people
    make several of one system. Rows are filled from the people's cards, the form is the one in
    force today, the head of the organisation signs.

    Raises Invalid where there is nothing to make, Forbidden.
    """
    with db.write() as session:
        return _create(maker_of(session, actor, now, catalogue), picks)


def create_picked(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, edit: Edit
) -> list[int]:
    """The same from what the actor has picked on the page, as its last press edits it; the picks
    are thereby used up. Where it raises, neither the press nor anything else is kept."""
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        return _create(maker, edit(session, picking.taken(session, actor.user_id or 0)))


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
        maker = maker_of(session, actor, now, catalogue)
        spec = catalogue.form(form, on=maker.today)
        if spec not in single_forms(catalogue, maker.today):
            raise NotFound("Эта форма подаётся вместе с системой: выберите её.", form=form)
        if not _may_write(spec, maker.organization.kind):
            raise Forbidden(
                f"«{spec.label}» пишет КЗ ЛО. Подайте заявку на удаление ЭМД (приложение 16).",
                form=form,
            )
        request = new(maker, spec, spec.actions[0], None)
        if spec.columns:
            request.rows = [new_row(1, {})]
        return store(maker, request, "created", {"Форма": ["—", spec.label]})


def single_forms(catalogue: Catalogue, on: date, kind: str = "") -> list[FormSpec]:
    """The forms in force that are filed without a system, by an organisation of that kind."""
    newest = (
        catalogue.form(slug, on=on) for slug in catalogue.forms if _in_force(catalogue, slug, on)
    )
    single = [form for form in newest if not {"grant", "revoke"} & set(form.actions)]
    return [form for form in single if not kind or _may_write(form, kind)]


def _may_write(spec: FormSpec, kind: str) -> bool:
    """КЗ's own letter and act are КЗ's alone (R41)."""
    return kind == "committee" or kind_of(spec, spec.actions[0]) != "authority"


def copy(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, request_id: int
) -> int:
    """A new draft with the same rows and fields under the form in force today; its id.

    The copy has its own number, its author, and the present head; the МО's исх. № is not carried
    over. Raises NotFound, Forbidden.
    """
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        source = find(session, actor, request_id)
        scope.require_filer(actor, source.organization_id)
        return _copy(maker, source, source.rows)


def resubmit(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, request_id: int
) -> int:
    """The corrected copy of an application that came to nothing, in whole or in part (R19, R38);
    its id. Rows that were executed are left out; the two are linked.

    Raises NotFound, Forbidden, Conflict for one that is not answered yet or left nothing open.
    """
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        source = locked(session, actor, request_id)
        scope.require_filer(actor, source.organization_id)
        if source.state not in RESUBMITTED:
            raise Conflict(
                "Исправленную копию делают после отказа, аннулирования или отзыва."
                " Сейчас отзовите заявку или ответьте МИАЦ.",
                request=source.id,
            )
        rows = [row for row in source.rows if row.outcome not in EXECUTED]
        if source.rows and not rows:
            raise Conflict("Все строки этой заявки исполнены: повторять нечего.", request=source.id)
        made = _copy(maker, source, rows, resubmission=True)
        _of_same_dismissals(session, source, made)
        partner = pairs.partner_of(session, source)
        if partner is not None:
            copies = [made]
            if partner.state in pairs.DEAD:
                copies.append(_copy(maker, partner, partner.rows, resubmission=True))
            pairs.stand_in(session, (session.get_one(Request, copy) for copy in copies))
        return made


def _of_same_dismissals(session: Session, source: Request, copy_id: int) -> None:
    """What is asked for again for somebody who leaves belongs to the dismissal as the first did."""
    links = select(DismissalRevocation.dismissal_id).where(
        DismissalRevocation.request_id == source.id
    )
    session.add_all(
        DismissalRevocation(dismissal_id=dismissal_id, request_id=copy_id)
        for dismissal_id in session.scalars(links).all()
    )


def _copy(
    maker: Maker, source: Request, rows: Iterable[RequestRow], *, resubmission: bool = False
) -> int:
    action: Action = source.action  # type: ignore[assignment] # written from the form's own
    slug = source.form
    if source.system:
        slug = maker.catalogue.system(source.system).form_for(action)
    request = new(maker, maker.catalogue.form(slug, on=maker.today), action, source.system)
    request.fields = dict(source.fields)
    request.subject = source.subject
    request.criticality, request.priority = source.criticality, source.priority
    request.rows = rows_of((row.answers, row.employment_id) for row in rows)
    if resubmission:
        request.resubmission_of_id = source.id
    label = "Исправленная копия заявки" if resubmission else "Копия заявки"
    return store(maker, request, "copied", {label: ["—", source.number]})


def delete(db: Database, *, actor: Actor, now: datetime, request_ids: Iterable[int]) -> list[str]:
    """Puts drafts away, all or none, halves of a pair with each other; their numbers.

    Raises NotFound, Forbidden, Conflict.
    """
    with db.write() as session:
        found = [find(session, actor, r) for r in pairs.ids_of(session, request_ids, unfiled=True)]
        for request in found:
            scope.require_filer(actor, request.organization_id)
            if request.state != "draft":
                raise Conflict(
                    f"Заявка {request.number} уже не черновик: удалить её нельзя.",
                    request=request.id,
                )
            request.deleted_at = now
            note(session, actor, now, request.id, "deleted", {})
        return [request.number for request in found]


def restore(db: Database, *, actor: Actor, now: datetime, request_ids: Iterable[int]) -> list[str]:
    """Brings deleted drafts back, pairs whole; their numbers. Raises NotFound, Forbidden."""
    with db.write() as session:
        wanted = pairs.ids_of(session, request_ids, deleted=True)
        found = [find(session, actor, request_id, deleted=True) for request_id in wanted]
        for request in found:
            scope.require_filer(actor, request.organization_id)
            if request.state != "draft":
                raise NotFound("Такой заявки нет.", request=request.id)
            request.deleted_at = None
            note(session, actor, now, request.id, "restored", {})
        return [request.number for request in found]


def _create(maker: Maker, picked: Picks) -> list[int]:
    plan = plan_of(maker.session, maker.actor, maker.catalogue, picked, maker.today)
    if not plan.applications:
        raise Invalid(NOTHING)
    return create_planned(maker, plan.applications)


def create_planned(maker: Maker, applications: Iterable[Planned]) -> list[int]:
    """The drafts of a plan, in one batch, inside a transaction of the caller; their ids."""
    planned = list(applications)
    made = [new(maker, one.offer.form, one.offer.action, one.offer.slug) for one in planned]
    ids = []
    for request, one in zip(made, planned, strict=True):
        request.batch = made[0].number
        request.rows = rows_of(
            (dict(answers_of(one.offer, line)), line.candidate.employment) for line in one.lines
        )
        ids.append(store(maker, request, "created", _born(request, made)))
        maker.session.expire(request, ["rows"])  # there may be thousands
    return ids


def _born(request: Request, made: list[Request]) -> history.What:
    what = {"Строк": ["—", str(len(request.rows))]}
    if others := [other.number for other in made if other is not request]:
        what["Вместе с"] = ["—", ", ".join(others)]
    return what


def _in_force(catalogue: Catalogue, slug: str, on: date) -> bool:
    return any(form.effective_from <= on for form in catalogue.forms[slug])
