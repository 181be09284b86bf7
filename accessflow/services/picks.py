"""What somebody has picked on «Новая заявка» so far: kept on the server, so that neither a closed
tab nor a lost session loses it. No personal data: employments by id, systems by slug.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete
from sqlalchemy.orm import Session

from accessflow.db.insert import insert
from accessflow.db.session import Database
from accessflow.db.tables import Selection
from accessflow.forms.spec import Action

Pair = tuple[int, str]
"""An employment and the slug of an offer."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A pair in a table: whether it is wanted, and its role; None where the table asks for none."""

    wanted: bool
    role: str | None = None


UNTOUCHED = Cell(wanted=True)


@dataclass(frozen=True, slots=True)
class Picks:
    """People and systems in the order of picking. Every pair counts but those in `without`.

    `roles`: for everybody, by system; `own_roles`: of one pair, instead.
    """

    action: Action = "grant"
    people: tuple[int, ...] = ()
    systems: tuple[str, ...] = ()
    without: frozenset[Pair] = frozenset()
    roles: Mapping[str, str] = field(default_factory=dict)
    own_roles: Mapping[Pair, str] = field(default_factory=dict)

    def role(self, pair: Pair) -> str:
        return self.own_roles.get(pair, self.roles.get(pair[1], ""))

    def with_people(self, employments: tuple[int, ...]) -> Picks:
        return replace(self, people=tuple(dict.fromkeys((*self.people, *employments))))

    def without_person(self, employment: int) -> Picks:
        return replace(
            self,
            people=tuple(e for e in self.people if e != employment),
            without=frozenset(p for p in self.without if p[0] != employment),
            own_roles={p: r for p, r in self.own_roles.items() if p[0] != employment},
        )

    def with_systems(self, listed: set[str], checked: set[str]) -> Picks:
        """The systems of a list that was shown, as they are checked now; others stay picked."""
        kept = [s for s in self.systems if s not in listed or s in checked]
        return replace(self, systems=tuple(dict.fromkeys([*kept, *sorted(checked & listed)])))

    def with_cells(self, cells: Mapping[Pair, Cell]) -> Picks:
        """Pairs as a table shows them now; those that it does not show stay as they are."""
        own = {p: r for p, r in self.own_roles.items() if cells.get(p, UNTOUCHED).role is None}
        for pair, cell in cells.items():
            if cell.role is not None and cell.role != self.roles.get(pair[1], ""):
                own[pair] = cell.role
        without = {p for p in self.without if p not in cells}
        without |= {p for p, cell in cells.items() if not cell.wanted}
        return replace(self, without=frozenset(without), own_roles=own)

    def with_role_for_all(self, system: str, role: str) -> Picks:
        own = {p: r for p, r in self.own_roles.items() if p[1] != system}
        return replace(self, roles={**self.roles, system: role}, own_roles=own)


Edit = Callable[[Session, Picks], Picks]
"""What a press on the page makes of the picks."""


def load(session: Session, user_id: int) -> tuple[Picks, datetime | None]:
    """The picks and when they were last kept; None where there are none."""
    row = session.get(Selection, user_id)
    return (Picks(), None) if row is None else (_read(row.data), row.updated_at)


def change(db: Database, *, user_id: int, now: datetime, edit: Edit) -> Picks:
    """The picks after `edit`, kept. Two clicks at once are taken one after the other."""
    with db.write() as session:
        row = locked(session, user_id, now)
        picks = edit(session, _read(row.data))
        row.data, row.updated_at = _written(picks), now
        return picks


def locked(session: Session, user_id: int, now: datetime) -> Selection:
    """The row, made if need be, held until the transaction ends."""
    row = session.get(Selection, user_id, with_for_update=True)
    if row is not None:
        return row
    empty = insert(session, Selection).values(user_id=user_id, data={}, updated_at=now)
    session.execute(empty.on_conflict_do_nothing())
    return session.get_one(Selection, user_id, with_for_update=True)


_SELECTIONS = cast(Table, Selection.__table__)  # no row in memory outlives its end
_TAKEN = (
    delete(_SELECTIONS)
    .where(_SELECTIONS.c.user_id == bindparam("user_id"))
    .returning(_SELECTIONS.c.data)
)


def taken(session: Session, user_id: int) -> Picks:
    """The picks, used up when the transaction ends well; of two at once the second gets none."""
    return _read(session.scalar(_TAKEN, {"user_id": user_id}) or {})


def _read(data: Mapping[str, Any]) -> Picks:
    return Picks(
        action="revoke" if data.get("action") == "revoke" else "grant",
        people=tuple(data.get("people", ())),
        systems=tuple(data.get("systems", ())),
        without=frozenset(_pair(text) for text in data.get("without", ())),
        roles=dict(data.get("roles", {})),
        own_roles={_pair(text): role for text, role in data.get("own_roles", {}).items()},
    )


def _written(picks: Picks) -> dict[str, Any]:
    return {
        "action": picks.action,
        "people": list(picks.people),
        "systems": list(picks.systems),
        "without": sorted(map(pair_text, picks.without)),
        "roles": dict(picks.roles),
        "own_roles": {pair_text(pair): role for pair, role in picks.own_roles.items()},
    }


def pair_text(pair: Pair) -> str:
    return f"{pair[0]}:{pair[1]}"


def _pair(text: str) -> Pair:
    employment, _, system = text.partition(":")
    return int(employment), system
