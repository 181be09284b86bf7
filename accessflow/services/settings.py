"""Settings in the browser: who may change one, what may be typed, the new version and its undoing.

How versions stand to each other: `services/setting_versions.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.nodes import CatalogueError
from accessflow.catalogue.override import Plain, override, plain
from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import SettingVersion
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.domain.reading import Flaw
from accessflow.domain.roles import Role
from accessflow.services import term_caches
from accessflow.services.actor import Actor
from accessflow.services.clock import MOSCOW, moscow_date
from accessflow.services.fields import Refused
from accessflow.services.live_catalogue import effective
from accessflow.services.numbers import next_value
from accessflow.services.setting_fields import Section, Setting
from accessflow.services.setting_texts import values_of
from accessflow.services.setting_versions import value_before, versions_of

ADMINS: frozenset[Role] = frozenset({"admin"})
MAY_CHANGE: Mapping[Section, frozenset[Role]] = {"letters": ADMINS | {"miac_lead"}}
"""Who changes a section, where it is not the administrator alone."""


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
        value = value_before(versions_of(session, version.key), version)
        note = f"Отменено изменение от {version.at.astimezone(MOSCOW):%d.%m.%Y, %H:%M}"
        made = _add(session, actor, now, setting.key, value, since, note)
        return _taken_up(session, catalogue, made, moscow_date(now))


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
