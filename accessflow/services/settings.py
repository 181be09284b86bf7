"""Settings in the browser: values over the catalogue's from a day on, with their history.

Versions are only ever added. The one in force on a day is the newest of those with the latest
effective date not after it; one without a value is the catalogue's again. A future date takes
effect by itself.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.nodes import CatalogueError
from accessflow.catalogue.override import Plain, UnknownKey, override, override_all, plain
from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestEvent, SettingVersion
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.domain.reading import Flaw
from accessflow.domain.roles import Role
from accessflow.services import term_caches
from accessflow.services.actor import Actor
from accessflow.services.clock import MOSCOW, moscow_date
from accessflow.services.fields import Refused
from accessflow.services.numbers import next_value
from accessflow.services.setting_fields import Section, Setting, values_of
from accessflow.workflow.states import UNFILED

_log = logging.getLogger(__name__)
ADMINS: frozenset[Role] = frozenset({"admin"})
MAY_CHANGE: Mapping[Section, frozenset[Role]] = {"letters": ADMINS | {"miac_lead"}}
"""Who changes a section, where it is not the administrator alone."""
DAYS_KEPT = 16


def effective(session: Session, catalogue: Catalogue, on: date) -> Catalogue:
    """The catalogue as it stands on that day. `catalogue` may hold another day's settings.

    A setting that this catalogue cannot use any more is left out and logged.
    """
    base = catalogue.base or catalogue
    made, broken = override_all(base, values_on(session, on))
    for key, reason in broken.items():
        _log.error("setting %s cannot be used: %s", key, reason)
    return made


class LiveCatalogue:
    """The files' catalogue with the settings of a day over it, each worked out once. Thread-safe.

    As settings are only added, one after the other, the newest one's id tells whether there is
    anything new: one look at an index a call.
    """

    def __init__(self, base: Catalogue) -> None:
        self.base = base
        self._kept: OrderedDict[tuple[int, date], Catalogue] = OrderedDict()
        self._lock = Lock()

    def on(self, session: Session, day: date) -> Catalogue:
        newest = session.scalar(select(func.max(SettingVersion.id)))
        if newest is None:
            return self.base
        with self._lock:
            if (newest, day) in self._kept:
                return self._kept[newest, day]
        made = effective(session, self.base, day)
        with self._lock:
            self._kept[newest, day] = made
            while len(self._kept) > DAYS_KEPT:
                self._kept.popitem(last=False)
        return made


def for_paper(session: Session, catalogue: Catalogue, request: Request, today: date) -> Catalogue:
    """The catalogue of the day that the request's paper bears: whoever was in office then is
    printed, also when the paper is looked at later (X15)."""
    day = paper_day(session, request, today)
    if day == today and catalogue.base is not None:
        return catalogue
    return effective(session, catalogue, day)


def paper_day(session: Session, request: Request, today: date) -> date:
    """The date of the letter itself, else of going to signature, else of sending, else today."""
    if request.our_date is not None:
        return request.our_date
    if request.state == "draft":
        return today
    prepared = session.scalar(
        select(RequestEvent.at)
        .where(RequestEvent.request_id == request.id, RequestEvent.action == "prepare")
        .order_by(RequestEvent.seq.desc())
        .limit(1)
    )
    moment = prepared or (None if request.state in UNFILED else request.sent_at)
    return moscow_date(moment) if moment else today


def values_on(session: Session, on: date) -> dict[str, Plain]:
    """What is in force on that day over the catalogue, by key."""
    versions = session.execute(
        select(SettingVersion.key, SettingVersion.value)
        .where(SettingVersion.effective_from <= on)
        .order_by(SettingVersion.effective_from, SettingVersion.id)
    )
    found = {key: value for key, value in versions}  # noqa: C416 - the later ones win
    return {key: value for key, value in found.items() if value is not None}


def current(session: Session, on: date) -> dict[str, SettingVersion]:
    """The version in force of each key that has one, with who made it."""
    versions = session.scalars(
        select(SettingVersion)
        .where(SettingVersion.effective_from <= on)
        .options(joinedload(SettingVersion.user))
        .order_by(SettingVersion.effective_from, SettingVersion.id)
    )
    return {version.key: version for version in versions}


def planned(session: Session, after: date) -> dict[str, SettingVersion]:
    """The next version of each key that is still to come."""
    versions = session.scalars(
        select(SettingVersion)
        .where(SettingVersion.effective_from > after)
        .order_by(SettingVersion.effective_from.desc(), SettingVersion.id)
    )
    return {version.key: version for version in versions}


@dataclass(frozen=True, slots=True)
class Step:
    """A version as the history tells it. `before` and `after` are plain values of the whole."""

    version: SettingVersion
    before: Plain
    after: Plain


def history(session: Session, catalogue: Catalogue, key: str) -> list[Step]:
    """Newest first."""
    base = plain(catalogue.base or catalogue, key)
    versions = versions_of(session, key)
    steps = []
    for n, version in enumerate(versions):
        earlier = [v for v in versions[:n] if v.effective_from <= version.effective_from]
        last = max(earlier, key=lambda v: (v.effective_from, v.id), default=None)
        before = last.value if last is not None and last.value is not None else base
        steps.append(Step(version, before, base if version.value is None else version.value))
    return steps[::-1]


def versions_of(session: Session, key: str) -> Sequence[SettingVersion]:
    """In the order in which they were made."""
    return session.scalars(
        select(SettingVersion)
        .where(SettingVersion.key == key)
        .options(joinedload(SettingVersion.user))
        .order_by(SettingVersion.id)
    ).all()


def newest_id(session: Session, key: str) -> int:
    """What a page says that it has seen; 0: nothing."""
    found = select(func.max(SettingVersion.id)).where(SettingVersion.key == key)
    return session.scalar(found) or 0


def may_change(actor: Actor, setting: Setting) -> bool:
    return actor.role in MAY_CHANGE.get(setting.section, ADMINS)


def require_may_change(actor: Actor, setting: Setting) -> None:
    """Raises Forbidden."""
    if not may_change(actor, setting):
        raise Forbidden(
            "Эту настройку меняет администратор, вы можете только читать.",
            key=setting.key,
            user=actor.user_id,
        )


def read(catalogue: Catalogue, setting: Setting, texts: Mapping[str, str]) -> Plain:
    """What was typed as a value that the catalogue's reader takes.

    Raises Refused with every field that it does not take, told in the field's own words.
    """
    value, flaws = values_of(setting, texts), {}
    stands = values_of(setting, {}) | plain(catalogue, setting.key)
    while True:
        try:
            made = override(catalogue, setting.key, value)
        except CatalogueError as error:
            field = setting.field(error.key) or setting.fields[0]
            if field.name in flaws:
                break
            flaws[field.name] = Flaw("setting", _told(error, field.must))
            _copy(field.name, stands, value)  # the reader goes on to what else is wrong
            continue
        break
    if flaws:
        raise Refused("Не сохранено: исправьте отмеченные поля.", flaws)
    return plain(made, setting.key)


def _told(error: CatalogueError, must: str) -> str:
    return f"«{error.value}» не подходит. {must}" if error.value else must


def _copy(name: str, source: Plain, target: Plain) -> None:
    *deeper, last = name.split(".")
    for part in deeper:
        source, target = source.get(part, {}), target.setdefault(part, {})
    if last in source:
        target[last] = source[last]
    else:
        target.pop(last, None)


@dataclass(frozen=True, slots=True)
class Saved:
    """`recounted`: open applications whose term was worked out anew."""

    version_id: int
    recounted: int = 0


def save(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    setting: Setting,
    value: Plain | None,
    since: date | None = None,
    note: str = "",
    seen: int | None = None,
) -> Saved:
    """A new version, from `since` (today unless given) on; None is the catalogue's value again.

    `seen`: the newest version that the actor's page knew. Raises Forbidden, Refused for a day in
    the past, Conflict where somebody else was faster.
    """
    require_may_change(actor, setting)
    today = moscow_date(now)
    since = since if since and setting.since else today
    require_day(since, today)
    with db.write() as session:
        next_value(session, "settings")  # one after the other, so that ids rise with time
        _require_unchanged(session, setting.key, seen)
        made = _add(session, actor, now, setting.key, value, since, note)
        return _taken_up(session, catalogue, made, today)


def require_day(since: date, today: date) -> None:
    """Raises Refused for a day in the past."""
    if since < today:
        words = "День уже прошёл: то, что напечатано и отправлено, не меняется."
        raise Refused("Не сохранено: исправьте отмеченные поля.", {"since": Flaw("date", words)})


def undo(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    setting: Setting,
    version_id: int,
) -> Saved:
    """What stood before that version, from its own day on.

    Raises NotFound, Forbidden, Conflict where it is not the newest one any more.
    """
    require_may_change(actor, setting)
    with db.write() as session:
        next_value(session, "settings")
        version = session.get(SettingVersion, version_id)
        if version is None or version.key != setting.key:
            raise NotFound("Такого изменения нет.", version=version_id)
        _require_unchanged(session, setting.key, version_id)
        since = max(version.effective_from, moscow_date(now))
        value = _before(session, version)
        note = f"Отменено изменение от {version.at.astimezone(MOSCOW):%d.%m.%Y, %H:%M}"
        made = _add(session, actor, now, setting.key, value, since, note)
        return _taken_up(session, catalogue, made, moscow_date(now))


def _before(session: Session, version: SettingVersion) -> Plain | None:
    earlier = [
        v
        for v in versions_of(session, version.key)
        if v.id < version.id and v.effective_from <= version.effective_from
    ]
    last = max(earlier, key=lambda v: (v.effective_from, v.id), default=None)
    return None if last is None else last.value


def _require_unchanged(session: Session, key: str, seen: int | None) -> None:
    newest = session.scalar(
        select(SettingVersion)
        .where(SettingVersion.key == key)
        .options(joinedload(SettingVersion.user))
        .order_by(SettingVersion.id.desc())
        .limit(1)
    )
    if seen is None or newest is None or newest.id <= seen:
        return
    who = newest.user.name if newest.user else "система"
    at = newest.at.astimezone(MOSCOW).strftime("%d.%m.%Y в %H:%M")
    raise Conflict(
        f"Пока вы правили, эту настройку изменили: {who}, {at}. Посмотрите, что стоит теперь, "
        "и сохраните своё ещё раз, если оно нужно.",
        key=key,
        version=newest.id,
    )


def _add(
    session: Session,
    actor: Actor,
    now: datetime,
    key: str,
    value: Plain | None,
    since: date,
    note: str,
) -> SettingVersion:
    version = SettingVersion(
        key=key,
        value=value,
        effective_from=since,
        user_id=actor.user_id,
        at=now,
        note=note.strip()[:500],
    )
    session.add(version)
    session.flush()
    return version


def _taken_up(
    session: Session, catalogue: Catalogue, version: SettingVersion, today: date
) -> Saved:
    """A calendar's change moves the terms that are kept for lists."""
    if not version.key.startswith("calendar."):
        return Saved(version.id)
    new = effective(session, catalogue, today)
    return Saved(version.id, term_caches.recount(session, new))


def setting(settings: Mapping[str, Setting], key: str) -> Setting:
    """Raises NotFound."""
    try:
        return settings[key]
    except KeyError:
        raise NotFound("Такой настройки нет.", key=key) from None


def default_of(catalogue: Catalogue, key: str) -> Plain:
    """The catalogue's own value. Raises NotFound."""
    try:
        return plain(catalogue.base or catalogue, key)
    except UnknownKey:
        raise NotFound("Такой настройки нет.", key=key) from None
