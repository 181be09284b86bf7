"""How rows of a machine are written: who, and the two ways of working with МИАЦ.

What МИАЦ's specialist does in accessflow the organisation's secretary notes down where МИАЦ answers
from outside: `desk` makes both rows of one matter.
"""

from __future__ import annotations

from collections.abc import Iterable

from accessflow.domain.roles import Role
from accessflow.workflow.spec import Transition, Where, Who

FILERS: frozenset[Role] = frozenset({"secretary", "hr", "committee"})
OFFICE: frozenset[Role] = FILERS | {"signatory"}
MIAC: frozenset[Role] = frozenset({"miac_specialist", "miac_lead"})
COMMITTEE: frozenset[Role] = frozenset({"committee"})
SYSTEM: frozenset[Who] = frozenset({"system"})

HAPPENED = "happened_on"
"""What is noted down may have happened on an earlier day."""
Sources = str | tuple[str, ...]


def row(
    sources: Sources,
    action: str,
    target: str,
    actors: Iterable[Who],
    label: str,
    *,
    where: Where = "",
    guards: tuple[str, ...] = (),
    asks: tuple[str, ...] = (),
    letters: tuple[str, ...] = (),
    effects: tuple[str, ...] = (),
    own: bool = False,
) -> tuple[Transition, ...]:
    """One row a source; the target «=» stays where it is."""
    found = (sources,) if isinstance(sources, str) else sources
    return tuple(
        Transition(
            source=source,
            action=action,
            target=source if target == "=" else target,
            actors=frozenset(actors),
            label=label,
            where=where,
            guards=guards,
            asks=asks,
            letters=letters,
            effects=effects,
            own=own,
        )
        for source in found
    )


def filer(
    sources: Sources,
    action: str,
    target: str,
    label: str,
    *,
    actors: Iterable[Who] = FILERS,
    where: Where = "",
    guards: tuple[str, ...] = (),
    asks: tuple[str, ...] = (),
    letters: tuple[str, ...] = (),
    effects: tuple[str, ...] = (),
) -> tuple[Transition, ...]:
    """What the organisation does with its own application."""
    return row(
        sources,
        action,
        target,
        actors,
        label,
        where=where,
        guards=guards,
        asks=asks,
        letters=letters,
        effects=effects,
        own=True,
    )


def desk(
    sources: Sources,
    action: str,
    target: str,
    label: str,
    outside: str,
    *,
    guards: tuple[str, ...] = (),
    asks: tuple[str, ...] = (),
    letters: tuple[str, ...] = (),
    effects: tuple[str, ...] = (),
    noted_letters: tuple[str, ...] = (),
) -> tuple[Transition, ...]:
    """What МИАЦ decides; `outside` labels the secretary's note of it, `noted_letters` go out with
    the note: to somebody else than the organisation."""
    inside_rows = row(
        sources,
        action,
        target,
        MIAC,
        label,
        where="inside",
        guards=guards,
        asks=asks,
        letters=letters,
        effects=effects,
    )
    # The organisation itself learns it by МИАЦ's own letter: ours would only repeat it.
    noted = filer(
        sources,
        action,
        target,
        outside,
        where="outside",
        guards=guards,
        asks=(*asks, HAPPENED),
        letters=noted_letters,
        effects=effects,
    )
    return inside_rows + noted


def conclusion(
    sources: Sources,
    action: str,
    target: str,
    label: str,
    *,
    guards: tuple[str, ...],
    letters: tuple[str, ...],
    effects: tuple[str, ...] = (),
) -> tuple[Transition, ...]:
    """What follows by itself from what was decided; the letters are МИАЦ's, so that they leave only
    where МИАЦ works here: from outside it writes its own."""
    inside = system(
        sources, action, target, label, where="inside", guards=guards, letters=letters,
        effects=effects,
    )  # fmt: skip
    return inside + system(
        sources, action, target, label, where="outside", guards=guards, effects=effects
    )


def system(
    sources: Sources,
    action: str,
    target: str,
    label: str,
    *,
    where: Where = "",
    guards: tuple[str, ...] = (),
    letters: tuple[str, ...] = (),
    effects: tuple[str, ...] = (),
) -> tuple[Transition, ...]:
    """What happens by itself as soon as the guards hold."""
    return row(
        sources,
        action,
        target,
        SYSTEM,
        label,
        where=where,
        guards=guards,
        letters=letters,
        effects=effects,
    )
