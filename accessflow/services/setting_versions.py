"""The versions of each setting: what is in force on a day, what is planned, what stood before.

Versions are only ever added. The one in force on a day is the newest of those with the latest
effective date not after it; one without a value is the catalogue's again. A future date takes
effect by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.override import Plain, UnknownKey, plain
from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import SettingVersion
from accessflow.domain.errors import NotFound


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

    def whole(value: Plain | None) -> Plain:
        return base if value is None else value

    steps = [Step(v, whole(value_before(versions, v)), whole(v.value)) for v in versions]
    return steps[::-1]


def value_before(versions: Sequence[SettingVersion], version: SettingVersion) -> Plain | None:
    """What stood on that version's day when it was made; None: the catalogue's own value."""
    earlier = [
        v for v in versions if v.id < version.id and v.effective_from <= version.effective_from
    ]
    last = max(earlier, key=lambda v: (v.effective_from, v.id), default=None)
    return None if last is None else last.value


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


def default_of(catalogue: Catalogue, key: str) -> Plain:
    """The catalogue's own value. Raises NotFound."""
    try:
        return plain(catalogue.base or catalogue, key)
    except UnknownKey:
        raise NotFound("Такой настройки нет.", key=key) from None
