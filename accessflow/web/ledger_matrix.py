"""The matrix: people of one organisation by systems, in letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accessflow.catalogue.spec import SystemSpec
from accessflow.db.tables import Grant, Person, Request
from accessflow.services import ledger_queries, ledger_sums, people, scope
from accessflow.services.ledger_queries import Cell, Matrix
from accessflow.services.ledger_standing import Standing, standings
from accessflow.services.people import name_of
from accessflow.web import context
from accessflow.web.ledger_around import around
from accessflow.web.ledger_asked import Question, question
from accessflow.web.ledger_blueprint import blueprint
from accessflow.web.ledger_words import Sign, head_of, left_on, legend, letters, sign_of
from accessflow.web.words import initials


@dataclass(frozen=True, slots=True)
class Row:
    """A person: what stands in each column, and the applications that are under way."""

    person: Person
    name: str
    full_name: str
    position: str
    left: date | None
    cells: dict[str, list[Sign]]
    asked: dict[str, Request]
    total: int


@blueprint.get("/matrix")
def matrix() -> ResponseReturnValue:
    """Of the own organisation; those who see all pick one first."""
    found = question()
    actor = context.actor()
    its = found.organization or (None if scope.sees_all(actor) else actor.organization_id)
    beside = around(replace(found, organization=its))
    if its is None:
        return render_template("ledger/matrix.html", view="matrix", rows=None, **beside)
    found = replace(found, organization=its)
    waiting = _waiting(found)
    table = ledger_queries.matrix(
        context.session(),
        actor,
        found.asked,
        besides={person for person, _ in waiting if _meant(found, person)},
        after=_after(),
    )
    rows = _rows(table, found, waiting)
    return render_template(
        "ledger/matrix.html",
        view="matrix",
        rows=rows,
        columns=_columns(beside["sums"], found, waiting),
        head_of=head_of,
        after=table.after,
        paged="after" in request.args,
        legend=legend((letters(g.role), g.role) for grants in table.cells.values() for g in grants),
        **beside,
    )


def _waiting(found: Question) -> dict[Cell, Request]:
    """Applications under way: of today's matrix alone."""
    if found.past or found.state != "active" or found.role:
        return {}
    under_way = ledger_sums.under_way(
        context.session(), context.catalogue(), found.organization or 0
    )
    wanted = found.system
    return {cell: r for cell, r in under_way.items() if not wanted or cell[1] == wanted}


def _meant(found: Question, person: int) -> bool:
    among = found.asked.people
    return among is None or person in among


def _after() -> tuple[str, int] | None:
    """Where the last page ended: a person of the organisation."""
    person_id = request.args.get("after", type=int)
    if person_id is None:
        return None
    person = scope.person(context.session(), context.actor(), person_id)
    return person.search_name, person.id


def _rows(table: Matrix, found: Question, waiting: dict[Cell, Request]) -> list[Row]:
    session = context.session()
    every = [grant for grants in table.cells.values() for grant in grants]
    told = standings(session, context.catalogue(), every, on=found.on, known_at=found.known_at)
    by_person: dict[int, list[Grant]] = {person.id: [] for person in table.people}
    for grant in every:
        by_person[grant.person_id].append(grant)
    ids = [person.id for person in table.people]
    posts = people.positions(session, found.organization or 0, ids)
    return [
        _row(person, by_person[person.id], told, posts.get(person.id, ""), waiting)
        for person in table.people
    ]


def _row(
    person: Person,
    own: Sequence[Grant],
    told: Mapping[int, Standing],
    position: str,
    waiting: dict[Cell, Request],
) -> Row:
    cells: dict[str, list[Sign]] = {}
    for grant in own:
        cells.setdefault(grant.system, []).append(sign_of(grant, told[grant.id]))
    days = (left_on(grant, told[grant.id]) for grant in own)
    name = name_of(person).full
    return Row(
        person=person,
        name=initials(name),
        full_name=name,
        position=position,
        left=next((day for day in days if day), None),
        cells=cells,
        asked={system: r for (who, system), r in waiting.items() if who == person.id},
        total=len(own),
    )


def _columns(
    sums: ledger_sums.Sums, found: Question, waiting: dict[Cell, Request]
) -> list[SystemSpec]:
    """The systems in which anybody of the organisation holds or asks for anything, by the tables
    of the regulation, the federal ones first."""
    systems = context.catalogue().systems
    there = {found.system} if found.system else set(sums.systems) | {s for _, s in waiting}
    some = (system for slug, system in systems.items() if slug in there)
    return sorted(some, key=lambda system: (not system.federal, system.number))
