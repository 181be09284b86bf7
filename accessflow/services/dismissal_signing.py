"""The revocations of dismissals go to «На подпись» together: every draft that has no error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Dismissal
from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import acting, scope
from accessflow.services.actor import Actor
from accessflow.services.dismissal_cover import covers_of
from accessflow.services.files import FileStore


@dataclass(frozen=True, slots=True)
class Prepared:
    """Numbers of what waits for its signature now; ids, numbers and reasons of what does not."""

    ready: tuple[str, ...] = ()
    kept: tuple[tuple[int, str, str], ...] = ()


def prepare(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    dismissal_ids: Iterable[int],
) -> Prepared:
    """Each by itself: one that cannot be signed yet does not keep the others. Raises Forbidden."""
    scope.require_filer(actor, actor.organization_id)
    with db.read() as session:
        drafts = _drafts(session, actor, catalogue, list(dismissal_ids))
    return prepare_drafts(db, actor=actor, now=now, catalogue=catalogue, files=files, drafts=drafts)


def prepare_drafts(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    drafts: Iterable[tuple[int, str]],
) -> Prepared:
    """The same of any drafts, by their ids and numbers."""
    ready: list[str] = []
    kept: list[tuple[int, str, str]] = []
    for request_id, number in drafts:
        try:
            acting.act(
                db, actor=actor, now=now, catalogue=catalogue, files=files,
                request_id=request_id, action="prepare",
            )  # fmt: skip
        except (Invalid, Conflict) as refusal:
            kept.append((request_id, number, refusal.message))
        else:
            ready.append(number)
    return Prepared(tuple(ready), tuple(kept))


def _drafts(
    session: Session, actor: Actor, catalogue: Catalogue, ids: Sequence[int]
) -> list[tuple[int, str]]:
    """Whatever asks for a right of theirs to be taken away, made for the dismissal or before."""
    found = session.scalars(
        select(Dismissal).where(
            Dismissal.id.in_(ids), Dismissal.organization_id == actor.organization_id
        )
    ).all()
    covers = covers_of(session, catalogue, found)
    drafts = {
        asking.request.id: asking.request.number
        for cover in covers.values()
        for asking in cover.asked
        if asking.open and asking.request.state == "draft"
    }
    return sorted(drafts.items())
