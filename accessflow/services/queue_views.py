"""The queue's views: those that everybody has, and filters kept under a name of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from accessflow.db.session import Database
from accessflow.db.tables import SavedView, User
from accessflow.domain import text as plain
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.services.actor import Actor
from accessflow.services.queue import SCOPES, Wanted
from accessflow.services.queue_facets import FACETS
from accessflow.workflow.rows import MIAC

LONGEST_NAME = 60
MOST = 30
"""So many views of one's own."""


@dataclass(frozen=True, slots=True)
class View:
    """A view that everybody has; `counts`: its number stands on its tab."""

    slug: str
    label: str
    wanted: Wanted
    counts: bool = True


def _open(**chosen: tuple[str, ...]) -> Wanted:
    return Wanted(chosen=chosen)


_COMMITTEE = View("committee", "На этапе КЗ", _open(state=("at_committee",)))
_FOR_MIAC = (
    View("open", "Все открытые", _open()),
    View("new", "Новые", _open(state=("registered",), assignee=("none",))),
    View("mine", "Мои", _open(assignee=("me",))),
    View("hot", "Горят", _open(term=("late", "today", "soon"))),
    View("dismissals", "Увольнения", _open(sign=("dismissal",))),
    View("paused", "Ждут ответа", _open(state=("needs_info", "third_party"))),
    View("forwarded", "Переданы", _open(state=("forwarded",))),
    _COMMITTEE,
    View(
        "to_close", "К закрытию",
        Wanted("all", chosen={"state": ("executed", "deleted", "reuploaded")}), counts=False,
    ),
    View("all", "Все заявки", Wanted("all"), counts=False),
)  # fmt: skip
_FOR_OTHERS = (_COMMITTEE, _FOR_MIAC[0], _FOR_MIAC[3], _FOR_MIAC[-1])


def built_in(actor: Actor) -> tuple[View, ...]:
    """The first one is what the queue opens with."""
    return _FOR_MIAC if actor.role in MIAC else _FOR_OTHERS


def arguments(wanted: Wanted, *, sort: str = "", size: int | None = None) -> dict[str, Any]:
    """The address's arguments for it; what a СНИЛС was found in is not kept."""
    kept: dict[str, Any] = {name: list(some) for name, some in wanted.chosen.items()}
    if wanted.scope != SCOPES[0]:
        kept["scope"] = wanted.scope
    if wanted.text:
        kept["q"] = wanted.text
    if sort:
        kept["sort"] = sort
    if size:
        kept["size"] = size
    return kept


def wanted_of(query: Mapping[str, Any]) -> Wanted:
    """The other way round; what is not understood is left out."""
    chosen = {
        name: tuple(str(value) for value in query[name])
        for name in FACETS
        if isinstance(query.get(name), list) and query[name]
    }
    scope = query.get("scope", SCOPES[0])
    return Wanted(scope if scope in SCOPES else SCOPES[0], str(query.get("q", "")), chosen)


def saved(session: Session, actor: Actor) -> Sequence[SavedView]:
    """One's own and the shared ones, one's own first."""
    mine = SavedView.user_id == (actor.user_id or 0)
    query = (
        select(SavedView)
        .where(or_(mine, SavedView.shared))
        .options(joinedload(SavedView.user))
        .order_by(mine.desc(), SavedView.name, SavedView.id)
    )
    return session.scalars(query).all()


def save(
    db: Database, *, actor: Actor, now: datetime, name: str, shared: bool, query: Mapping[str, Any]
) -> int:
    """The id. `query` as `arguments` gives it. Raises Invalid for the name, Conflict beyond
    MOST."""
    with db.write() as session:
        own = session.get(User, actor.user_id or 0, with_for_update=True)
        if own is None:
            raise Forbidden("Виды сохраняет тот, кто вошёл.", user=actor.user_id)
        kept = select(func.count()).select_from(SavedView).where(SavedView.user_id == own.id)
        if session.scalars(kept).one() >= MOST:
            raise Conflict(f"Видов уже {MOST}: удалите лишний.", user=own.id)
        row = SavedView(user_id=own.id, name=_name(session, own.id, name, None), shared=shared,
                        query=dict(query), created_at=now)  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def change(
    db: Database, *, actor: Actor, view_id: int, name: str, shared: bool,
    query: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """A new name, shared or not any more, and another filter where one is given. Raises NotFound,
    Conflict for another's, Invalid."""
    with db.write() as session:
        row = _own(session, actor, view_id)
        row.name, row.shared = _name(session, row.user_id, name, row.id), shared
        if query is not None:
            row.query = dict(query)


def delete(db: Database, *, actor: Actor, view_id: int) -> dict[str, Any]:
    """What it was, to save it again. Raises NotFound, Conflict for another's."""
    with db.write() as session:
        row = _own(session, actor, view_id)
        session.delete(row)
        return {"name": row.name, "shared": row.shared, "query": row.query}


def view(session: Session, actor: Actor, view_id: int) -> SavedView:
    """One's own or a shared one. Raises NotFound."""
    row = session.get(SavedView, view_id)
    if row is None or not (row.shared or is_own(actor, row)):
        raise NotFound("Такого вида нет.", view=view_id)
    return row


def is_own(actor: Actor, row: SavedView) -> bool:
    return row.user_id == actor.user_id


def _own(session: Session, actor: Actor, view_id: int) -> SavedView:
    """Raises NotFound, Conflict for another's."""
    row = view(session, actor, view_id)
    if not is_own(actor, row):
        raise Conflict("Общий вид меняет тот, кто его сохранил.", view=view_id)
    return row


def _name(session: Session, user_id: int, text: str, own_id: int | None) -> str:
    name = plain.clean(text)
    if not name:
        raise Invalid("Назовите вид.", {"name": "Назовите вид."})
    if len(name) > LONGEST_NAME:
        message = f"Название длиннее {LONGEST_NAME} знаков: сократите его."
        raise Invalid(message, {"name": message})
    same = select(SavedView.id).where(
        SavedView.user_id == user_id, SavedView.name == name, SavedView.id != (own_id or 0)
    )
    if session.scalar(same) is not None:
        message = f"Вид «{name}» у вас уже есть: назовите иначе."
        raise Invalid(message, {"name": message})
    return name
