"""What МИАЦ writes often: reasons and replies chosen in dialogs, edited by МИАЦ.

Until somebody edits them the catalogue's own are offered; the first edit puts all of those into the
database. So reading never writes, and a region's catalogue brings its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import CannedText
from accessflow.domain.errors import NotFound
from accessflow.domain.roles import Role
from accessflow.services import history
from accessflow.services.actor import Actor
from accessflow.services.fields import Fields
from accessflow.services.numbers import next_value

KINDS: Mapping[str, str] = {
    "request_info": "Запрос данных",
    "refuse": "Отказ",
    "annul": "Аннулирование",
    "extend": "Продление срока",
    "reply": "Ответ",
}
EDITORS: frozenset[Role] = frozenset({"miac_specialist", "miac_lead", "admin"})
LONGEST_TITLE = 100
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Canned:
    """`id` is 0 for one of the catalogue's that nobody has edited yet; `number` tells those
    apart, from 1 on."""

    id: int
    kind: str
    title: str
    text: str
    archived: bool = False
    number: int = 0


def of_kind(session: Session, catalogue: Catalogue, kind: str) -> list[Canned]:
    """Those to choose from, by title."""
    return [text for text in texts(session, catalogue) if text.kind == kind and not text.archived]


_TEXTS = select(CannedText)


def texts(session: Session, catalogue: Catalogue) -> list[Canned]:
    """All of them in the order of KINDS, archived ones too."""
    rows = session.scalars(_TEXTS).all()
    found = [Canned(r.id, r.kind, r.title, r.text, r.archived_at is not None) for r in rows]
    if not rows:
        found = [
            Canned(0, text.kind, text.title, text.text, number=number)
            for number, text in enumerate(catalogue.canned, 1)
        ]
    order = list(KINDS)
    return sorted(found, key=lambda text: (order.index(text.kind), text.title.casefold(), text.id))


def find(session: Session, catalogue: Catalogue, text_id: int) -> Canned:
    """By id; a negative one is the number of a text of the catalogue. Raises NotFound."""
    for text in texts(session, catalogue):
        if text_id == (text.id or -text.number):
            return text
    raise NotFound("Такой заготовки нет.", text=text_id)


def add(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    kind: str,
    title: str,
    text: str,
    confirmed: bool = False,
) -> int:
    """The new one's id. Raises Forbidden, Refused."""
    actor.require(*EDITORS)
    values = _read(kind, title, text, confirmed=confirmed)
    with db.write() as session:
        _begin(session, catalogue)
        row = CannedText(**values)
        session.add(row)
        session.flush()
        history.record(
            session, actor=actor, now=now, entity="canned", entity_id=row.id, event="created"
        )
        return row.id


def change(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    text_id: int,
    kind: str,
    title: str,
    text: str,
    confirmed: bool = False,
) -> int:
    """`text_id` as `find` takes it. Raises Forbidden, NotFound, Refused."""
    actor.require(*EDITORS)
    values = _read(kind, title, text, confirmed=confirmed)
    with db.write() as session:
        row = _row(session, catalogue, text_id)
        history.apply(
            session, actor=actor, now=now, entity="canned", row=row, values=values, labels=LABELS
        )
        return row.id


def set_archived(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    text_id: int,
    archived: bool,
) -> int:
    """Raises Forbidden, NotFound."""
    actor.require(*EDITORS)
    with db.write() as session:
        row = _row(session, catalogue, text_id)
        row.archived_at = now if archived else None
        event = "archived" if archived else "restored"
        history.record(
            session, actor=actor, now=now, entity="canned", entity_id=row.id, event=event
        )
        return row.id


LABELS = {"kind": "Для чего", "title": "Название", "text": "Текст"}


def _read(kind: str, title: str, text: str, *, confirmed: bool) -> dict[str, str]:
    fields = Fields()
    if kind not in KINDS:
        fields.error("kind", "required", "Выберите, для чего заготовка.")
    title = fields.text("title", title, LONGEST_TITLE, required="Назовите заготовку.")
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not lines:
        fields.error("text", "required", "Напишите текст.")
    if len(lines) > LONGEST_TEXT:
        fields.error(
            "text", "over_length", f"{len(lines)} знаков, а помещается {LONGEST_TEXT}. Сократите."
        )
    fields.check(confirmed=confirmed)
    return {"kind": kind, "title": title, "text": lines}


def _begin(session: Session, catalogue: Catalogue) -> dict[int, CannedText]:
    """The catalogue's texts become rows with the first edit, once; by their number."""
    next_value(session, "canned-texts")  # two first editors come one after the other
    if session.scalar(select(func.count()).select_from(CannedText)):
        return {}
    rows = {
        number: CannedText(kind=text.kind, title=text.title, text=text.text)
        for number, text in enumerate(catalogue.canned, 1)
    }
    session.add_all(rows.values())
    session.flush()
    return rows


def _row(session: Session, catalogue: Catalogue, text_id: int) -> CannedText:
    """Raises NotFound. Of two who edit the same text of the catalogue at once the second comes
    too late, and is told so."""
    begun = _begin(session, catalogue)
    row = begun.get(-text_id) if text_id < 0 else session.get(CannedText, text_id)
    if row is None:
        raise NotFound("Такой заготовки больше нет: список изменили.", text=text_id)
    return row
