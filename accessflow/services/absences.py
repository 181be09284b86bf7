"""Who of МИАЦ is away and who works in the place: by days, nothing is moved about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Boolean, Row, Select, and_, bindparam, or_, select, type_coerce
from sqlalchemy.orm import Session, joinedload, load_only

from accessflow.db.fixed_list import among
from accessflow.db.session import Database, once
from accessflow.db.tables import Absence, User
from accessflow.domain.errors import Forbidden, Invalid, NotFound
from accessflow.services import history
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.workflow.rows import MIAC

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Away:
    """What is entered of an absence: both days are in it."""

    user_id: int | None
    substitute_id: int | None
    since: date | None
    until: date | None


_WORKS = and_(among(User.role, MIAC), User.active)
# Nearly every page of МИАЦ's asks for both; an absence outlasts the account.
_STAFF: Select[User, bool, Absence | None] = (
    select(User, type_coerce(_WORKS, Boolean), Absence)
    .outerjoin(Absence, and_(Absence.user_id == User.id, Absence.until >= bindparam("today")))
    .where(or_(_WORKS, Absence.id.is_not(None)))
    .options(load_only(User.name), joinedload(Absence.substitute).load_only(User.name))
    .order_by(User.name, User.id, Absence.since, Absence.id)
)


def colleagues(session: Session, today: date) -> Sequence[User]:
    """The accounts of МИАЦ that work, in order."""
    return list(dict.fromkeys(user for user, works, _ in _staff(session, today) if works))


def covered(session: Session, actor: Actor, today: date) -> frozenset[int]:
    """Whom the actor stands in for today, also through another who is away, too."""
    if actor.role not in MIAC or actor.user_id is None:
        return frozenset()
    found: set[int] = {actor.user_id}
    pairs = [(row.user_id, row.substitute_id) for row in _on(session, today)]
    while more := {user for user, by in pairs if by in found} - found:
        found |= more
    return frozenset(found - {actor.user_id})


def substitutes(session: Session, today: date) -> Mapping[int, User]:
    """Who stands in today, by whom is away."""
    return {row.user_id: row.substitute for row in _on(session, today)}


def _on(session: Session, today: date) -> Sequence[Absence]:
    """A later entry goes before an earlier one of the same person: it comes last."""
    lasting = (row for row in listed(session, today) if row.since <= today)
    return sorted(lasting, key=lambda row: row.id)


def listed(session: Session, today: date) -> Sequence[Absence]:
    """Those that last or are to come, of everybody, in order."""
    found = [absence for _, _, absence in _staff(session, today) if absence is not None]
    return sorted(found, key=lambda absence: (absence.since, absence.id))


def _staff(session: Session, today: date) -> Sequence[Row[User, bool, Absence | None]]:
    wanted = {"today": today}
    return once(session, ("staff", today), lambda: session.execute(_STAFF, wanted).all())


def may_enter(actor: Actor, user_id: int) -> bool:
    """One's own; the lead those of everybody."""
    return actor.role == "miac_lead" or (actor.role in MIAC and actor.user_id == user_id)


def enter(db: Database, *, actor: Actor, now: datetime, away: Away) -> int:
    """The id. Raises Forbidden, Invalid with a sentence by field."""
    actor.require(*MIAC)
    with db.write() as session:
        row = _checked(session, actor, away, moscow_date(now))
        session.add(row)
        session.flush()
        names = {u.id: u.name for u in colleagues(session, moscow_date(now))}
        days = f"{row.since:%d.%m.%Y}–{row.until:%d.%m.%Y}"
        what = {"Отсутствует": ["—", f"{days}, замещает {names[row.substitute_id]}"]}
        history.record(session, actor=actor, now=now, entity="user", entity_id=row.user_id,
                       event="absence", what=what)  # fmt: skip
        return row.id


def remove(db: Database, *, actor: Actor, now: datetime, absence_id: int) -> Away:
    """What it was, to enter it again. Raises NotFound, Forbidden."""
    with db.write() as session:
        row = session.get(Absence, absence_id)
        if row is None:
            raise NotFound("Такой записи нет.", absence=absence_id)
        _require(actor, row.user_id)
        session.delete(row)
        history.record(session, actor=actor, now=now, entity="user", entity_id=row.user_id,
                       event="absence_removed", what={})  # fmt: skip
        return Away(row.user_id, row.substitute_id, row.since, row.until)


def _require(actor: Actor, user_id: int) -> None:
    if not may_enter(actor, user_id):
        raise Forbidden("Отсутствие другого сотрудника вносит руководитель МИАЦ.", user=user_id)


def _checked(session: Session, actor: Actor, away: Away, today: date) -> Absence:
    known = {user.id for user in colleagues(session, today)}
    fields: dict[str, str] = {}
    if away.user_id not in known:
        fields["user"] = "Выберите сотрудника МИАЦ."
    if away.substitute_id not in known:
        fields["substitute"] = "Выберите, кто замещает."
    elif away.substitute_id == away.user_id:
        fields["substitute"] = "Замещать себя нельзя: выберите другого."
    fields |= _wrong_days(away, today)
    if fields or away.user_id is None or away.substitute_id is None:
        raise Invalid("Не сохранено: исправьте отмеченные поля.", fields)
    _require(actor, away.user_id)
    since, until = away.since or today, away.until or today
    _require_free(session, away.user_id, since, until)
    return Absence(user_id=away.user_id, substitute_id=away.substitute_id, since=since, until=until)


def _wrong_days(away: Away, today: date) -> dict[str, str]:
    if away.since is None or away.until is None:
        names = {"since": away.since, "until": away.until}
        return {name: "Дата пишется так: 23.11.2026." for name, day in names.items() if not day}
    if away.until < away.since:
        return {"until": "Последний день раньше первого."}
    if away.until < today:
        return {"until": "Этот день уже прошёл."}
    if away.until - away.since > LONGEST:
        return {"until": "Дольше года: проверьте даты."}
    return {}


def _require_free(session: Session, user_id: int, since: date, until: date) -> None:
    crossing = select(Absence).where(
        Absence.user_id == user_id, and_(Absence.since <= until, Absence.until >= since)
    )
    if found := session.scalars(crossing.limit(1)).first():
        told = f"На {found.since:%d.%m.%Y}–{found.until:%d.%m.%Y} отсутствие уже внесено."
        raise Invalid(told, {"since": told})
