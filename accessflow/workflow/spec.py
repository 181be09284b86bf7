"""What a machine is made of: states, transitions as rows, what an action asks for.

`label` is Russian and never empty: buttons, letters, the diagram and `accessflow states` use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from accessflow.domain.roles import Role

Kind = Literal["access", "revocation", "technical", "emd_deletion", "network", "authority"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Who = Role | Literal["system"]
Where = Literal["", "inside", "outside"]
"""Whether МИАЦ works in accessflow or answers from outside; "" is either way."""


@dataclass(frozen=True, slots=True)
class State:
    """`terminal`: the matter is at an end (it may be reopened); `pauses`: the term stands still."""

    slug: str
    label: str
    terminal: bool = False
    pauses: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Something an action is given. `kind`: text, long_text, date, cause, request, rows,
    positions (numbers of rows), channel, flag.

    `max_length` in characters, of texts.
    """

    key: str
    label: str
    kind: str = "text"
    required: bool = True
    help: str = ""
    max_length: int = 4000


@dataclass(frozen=True, slots=True)
class Transition:
    """One row. `own`: filers act on applications of their own organisation only.

    `guards` name predicates of `workflow/guards.py`; `asks` keys of `workflow/asks.py`; `letters`
    messages of `notify`; `effects` what the service does besides.
    """

    source: str
    action: str
    target: str
    actors: frozenset[Who]
    label: str
    where: Where = ""
    guards: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    own: bool = False

    @property
    def automatic(self) -> bool:
        """Taken by the system by itself as soon as its guards hold."""
        return self.actors == frozenset({"system"})


@dataclass(frozen=True, slots=True)
class Machine:
    """`states` in the order of a life; the first one is the start."""

    kind: Kind
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    @property
    def start(self) -> State:
        return self.states[0]

    @property
    def by_slug(self) -> Mapping[str, State]:
        return {state.slug: state for state in self.states}
