"""The applications that a new name takes: App. 2 to a system, or a pair under the two names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from accessflow.db.tables import Employment
from accessflow.domain.person_name import PersonName
from accessflow.services import job_changes, making, problem, technical
from accessflow.services.dismissal_making import Revoked, revocations_of
from accessflow.services.granting import Granted, grants_of
from accessflow.services.job_rights import Right
from accessflow.services.making import Maker
from accessflow.services.plan import Planned
from accessflow.services.requests import create_planned


@dataclass(frozen=True, slots=True)
class Told:
    """What the description says: the former and the new name and address, since when and why."""

    before: PersonName
    after: PersonName
    old_email: str
    email: str
    day: date
    ground: str


def tell(maker: Maker, rights: Sequence[Right], told: Told) -> list[int]:
    """One App. 2 a system (R12), in one batch; their ids."""
    by_system: dict[str, list[Right]] = {}
    for right in rights:
        by_system.setdefault(right.offer.label, []).append(right)
    spec = maker.catalogue.form(technical.COVER, on=maker.today)
    made = []
    for label, held in by_system.items():
        request = making.new(maker, spec, "cover", None)
        request.subject = "access"
        request.fields = _fields(label, held, told)
        made.append(request)
    for request in made:
        request.batch = made[0].number
    subject = technical.SUBJECTS["access"].label
    return [making.store(maker, r, "created", {"О чём": ["—", subject]}) for r in made]


def again(maker: Maker, job: Employment, rights: Sequence[Right], told: Told) -> dict[int, int]:
    """Pairs: what takes away says the former name and address, by which the account is known; by
    application, the number of its pair."""
    session, catalogue, on = maker.session, maker.catalogue, maker.today
    revoked = [Revoked(job.id, r.offer.slug, r.role) for r in rights]
    granted = [Granted(job.id, r.offer.slug, r.role, r.expires_on) for r in rights]
    away = revocations_of(session, catalogue, job.organization, revoked, on)
    given = grants_of(session, catalogue, job.organization, granted, on)
    planned = [*(_formerly(one, told) for one in away), *given]
    made = create_planned(maker, planned) if planned else []
    return job_changes.pairs_of(planned, made)


def _formerly(planned: Planned, told: Told) -> Planned:
    lines = tuple(
        replace(
            line,
            candidate=replace(
                line.candidate,
                name=told.before,
                no_middle_name=not told.before.middle,
                email=told.old_email,
            ),
        )
        for line in planned.lines
    )
    return replace(planned, lines=lines)


def _fields(label: str, held: Sequence[Right], told: Told) -> dict[str, str]:
    roles = ", ".join(dict.fromkeys(right.role for right in held if right.role))
    parts = {
        "system": label,
        "role": roles,
        "steps": "\n".join(_sentences(told)),
        "expected": "Учётная запись под новыми данными, права прежние.",
        "got": "Учётная запись под прежними данными.",
    }
    composed = {into: problem.composed(parts, into) for into in ("description", "expected_result")}
    return composed | {problem.KEPT + key: text for key, text in parts.items() if text}


def _sentences(told: Told) -> Iterable[str]:
    changed = told.before != told.after
    if changed:
        yield f"У пользователя сменились ФИО: {told.after.full} (ранее: {told.before.full})."
    else:
        yield f"У пользователя {told.after.full} сменился адрес электронной почты."
    if told.old_email != told.email:
        yield f"Адрес электронной почты: {told.email or 'нет'} (ранее: {told.old_email or 'нет'})."
    ground = f", основание: {told.ground}" if told.ground else ""
    yield f"Изменение с {told.day:%d.%m.%Y}{ground}. СНИЛС прежний."
    yield "Просим изменить данные учётной записи, права роли сохранить."
