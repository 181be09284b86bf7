"""What changes in a job and with it in its rights: a role, the unit, somebody who has come.

Each change is one transaction: the card, its history, the applications and how they hang together.
A role is changed by a pair, what takes the old one away and what gives the new one: the regulation
knows no form for a change (Рег. 3.3), and neither half goes without the other (`pairs.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Employment
from accessflow.domain.errors import Conflict, Forbidden
from accessflow.services import change_records, employments, history, objects, people, units
from accessflow.services.actor import Actor
from accessflow.services.dismissal_making import Revoked, revocations_of
from accessflow.services.fields import Fields
from accessflow.services.granting import Granted, grants_of
from accessflow.services.job_rights import Right, rights_of, suggestions
from accessflow.services.ledger_settling import lock_jobs
from accessflow.services.making import Maker, maker_of
from accessflow.services.plan import Planned
from accessflow.services.requests import create_planned
from accessflow.workflow.holding import role_key

Step = Literal["keep", "change", "again", "revoke"]
STEPS: tuple[Step, ...] = ("keep", "change", "again", "revoke")


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a right: kept, changed for another role, given again as it is (another unit,
    another object), taken away. `functional_object`: of what is given, None for the former."""

    step: Step = "keep"
    role: str = ""
    functional_object: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A change as typed. `decisions` by the right's key, those not named are kept; `position`,
    `unit_id`: of a transfer."""

    employment_id: int
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    happened_on: str = ""
    ground: str = ""
    position: str = ""
    unit_id: str = ""


def change_role(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, move: Move
) -> int:
    """The id of the change. Raises Refused with flaws by field (`role-<key>`, `happened_on`),
    Conflict where a right is being taken away already, NotFound, Forbidden."""
    with db.write() as session:
        maker, job = _begun(session, actor, now, catalogue, move.employment_id)
        fields = Fields()
        rights, day = _read(maker, job, move, fields)
        if not any(_decision(move, right).step != "keep" for right in rights):
            fields.error("decisions", "nothing", "Отметьте хотя бы один доступ, который меняется.")
        fields.check(confirmed=True)
        return _carried_out(maker, job, "role", move, rights, day, {})


def transfer(db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, move: Move) -> int:
    """To another unit or post of the same organisation. Raises as `change_role`."""
    with db.write() as session:
        maker, job = _begun(session, actor, now, catalogue, move.employment_id)
        fields = Fields()
        rights, day = _read(maker, job, move, fields)
        values = _place(session, job, move, fields)
        fields.check(confirmed=True)
        before = {"Подразделение": _unit(job), "Должность": job.position or "—"}
        employments.update_job(session, actor=actor, now=now, row=job, values=values)
        session.flush()
        after = {"Подразделение": _unit(job), "Должность": job.position or "—"}
        what = {k: [before[k], after[k]] for k in before if before[k] != after[k]}
        return _carried_out(maker, job, "unit", move, rights, day, what)


def arrive(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    employment_id: int,
    wanted: Iterable[str],
) -> int:
    """Grants for somebody who has come, by keys of `suggestions`. Raises as `change_role`."""
    with db.write() as session:
        maker, job = _begun(session, actor, now, catalogue, employment_id)
        chosen = set(wanted)
        picked = [s for s in suggestions(session, catalogue, job, maker.today) if s.key in chosen]
        fields = Fields()
        if not picked:
            fields.error("decisions", "nothing", "Отметьте хотя бы один доступ из списка.")
        fields.check(confirmed=True)
        planned = grants_of(
            session, catalogue, job.organization,
            [Granted(job.id, one.offer.slug, one.role) for one in picked], maker.today,
        )  # fmt: skip
        made = create_planned(maker, planned)
        what = {f"Доступ: {one.offer.label}": ["—", one.role or "выдать"] for one in picked}
        change = change_records.keep(maker, job, "arrival", maker.today, "", what)
        change_records.link(session, change, dict.fromkeys(made, 0))
        return change.id


def _begun(
    session: Session, actor: Actor, now: datetime, catalogue: Catalogue, employment_id: int
) -> tuple[Maker, Employment]:
    """Two clicks at once are taken one after the other."""
    job = change_records.begun_job(session, actor, employment_id)
    lock_jobs(session, [job.id])
    maker = maker_of(session, actor, now, catalogue)
    if not people.is_current(job, maker.today):
        raise Forbidden("Этот человек у вас уже не работает: доступы отзывает увольнение.")
    return maker, job


def _decision(move: Move, right: Right) -> Decision:
    return move.decisions.get(right.key, Decision())


def _read(
    maker: Maker, job: Employment, move: Move, fields: Fields
) -> tuple[tuple[Right, ...], date]:
    """Raises Conflict."""
    rights = rights_of(maker.session, maker.catalogue, job, maker.today)
    for right in rights:
        decision = _decision(move, right)
        if decision.step != "keep" and right.asked:
            raise Conflict(
                f"«{right.offer.label}»: доступ уже отзывает заявка {right.asked}."
                " Закончите её или удалите черновик, потом меняйте роль."
            )
        if decision.step == "change" and decision.role not in {r.name for r in right.roles}:
            message = f"{right.offer.label}: выберите новую роль из списка."
            fields.error(f"role-{right.key}", "role", message)
        if decision.step in ("change", "again") and right.offer.exceptional:
            message = f"{right.offer.label}: {right.offer.exceptional}. Подайте отдельной заявкой."
            fields.error(f"role-{right.key}", "exceptional", message)
        fields.text(f"object-{right.key}", decision.functional_object or "", objects.LONGEST)
    _refuse_twice(move, rights, fields)
    fields.text("ground", move.ground, 255)
    return rights, fields.day("happened_on", move.happened_on) or maker.today


def _refuse_twice(move: Move, rights: Sequence[Right], fields: Fields) -> None:
    """A role that is held already, or is wanted twice, is not given again."""
    seen = {
        (right.offer.slug, role_key(right.role))
        for right in rights
        if _decision(move, right).step == "keep"
    }
    for right in rights:
        decision = _decision(move, right)
        if decision.step != "change":
            continue
        place = (right.offer.slug, role_key(decision.role))
        if place in seen:
            message = f"{right.offer.label}: роль «{decision.role}» у сотрудника уже есть."
            fields.error(f"role-{right.key}", "held", message)
        seen.add(place)


def _place(session: Session, job: Employment, move: Move, fields: Fields) -> dict[str, object]:
    position = fields.text("position", move.position, 255, required="Укажите должность.")
    unit = None
    if move.unit_id:
        wanted = int(move.unit_id) if move.unit_id.isdecimal() else 0
        known = units.of_organization(session, job.organization_id)
        unit = next((one for one in known if one.id == wanted), None)
        if unit is None:
            fields.error("unit_id", "unit", "Выберите подразделение из списка.")
    if (unit.id if unit else None, position) == (job.unit_id, job.position):
        fields.error("unit_id", "same", "Ни подразделение, ни должность не изменились.")
    return {"unit": unit, "position": position}


def _unit(job: Employment) -> str:
    return job.unit.name if job.unit else "—"


def _carried_out(
    maker: Maker,
    job: Employment,
    kind: change_records.Kind,
    move: Move,
    rights: Sequence[Right],
    day: date,
    what: history.What,
) -> int:
    session, catalogue = maker.session, maker.catalogue
    decided = [(right, _decision(move, right)) for right in rights]
    away = [(r, d) for r, d in decided if d.step != "keep"]
    given = [(r, d) for r, d in away if d.step in ("change", "again")]
    revoked = [Revoked(job.id, r.offer.slug, r.role) for r, _ in away]
    granted = [
        Granted(
            job.id, r.offer.slug, d.role if d.step == "change" else r.role, r.expires_on,
            d.functional_object,
        )
        for r, d in given
    ]  # fmt: skip
    planned: list[Planned] = [
        *revocations_of(session, catalogue, job.organization, revoked, maker.today),
        *grants_of(session, catalogue, job.organization, granted, maker.today),
    ]
    made = create_planned(maker, planned) if planned else []
    told = what | {f"Доступ: {r.offer.label}": [r.role or "есть", _after(d)] for r, d in away}
    ground = " ".join(move.ground.split())[:255]
    change = change_records.keep(maker, job, kind, day, ground, told)
    change_records.link(session, change, pairs_of(planned, made))
    if kind == "role":
        history.record(
            session, actor=maker.actor, now=maker.now, entity="employment", entity_id=job.id,
            event="changed", what=told,
        )  # fmt: skip
    return change.id


def _after(decision: Decision) -> str:
    if decision.step == "revoke":
        return "отозвать"
    return decision.role if decision.step == "change" else "переоформить"


def pairs_of(planned: Sequence[Planned], made: Sequence[int]) -> dict[int, int]:
    """By application: what takes away and what gives in one system are halves of one move."""
    both = {
        slug
        for slug in (p.offer.slug for p in planned)
        if {p.offer.action for p in planned if p.offer.slug == slug} == {"grant", "revoke"}
    }
    numbers = {slug: n for n, slug in enumerate(sorted(both), 1)}
    return {
        request_id: numbers.get(one.offer.slug, 0)
        for request_id, one in zip(made, planned, strict=True)
    }
