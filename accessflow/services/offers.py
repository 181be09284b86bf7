"""What can be applied for: systems as a person picks them, those of one application as one.

ФРМО and ФРМР stand in two rows of the regulation's table and share one App. 10 (X18).
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date

from accessflow.catalogue.spec import Catalogue, SystemSpec
from accessflow.forms.spec import Action, FormSpec, Role


@dataclass(frozen=True, slots=True)
class Offer:
    """One application for `systems`, under `form`; `system` is the one that it is stored with.

    `roles` are those to choose from for the organisation's kind; `free_role`: the role is typed.
    """

    systems: tuple[SystemSpec, ...]
    form: FormSpec
    action: Action
    roles: tuple[Role, ...]
    free_role: bool

    @property
    def system(self) -> SystemSpec:
        return self.systems[0]

    @property
    def slug(self) -> str:
        return self.system.slug

    @property
    def label(self) -> str:
        return joined_label(self.systems)

    @property
    def description(self) -> str:
        return "; ".join(s.description for s in self.systems)

    @property
    def federal(self) -> bool:
        return self.system.federal

    @property
    def notices(self) -> tuple[str, ...]:
        """What to know of the systems for this action: an inferred revocation (X7) is said on a
        revocation, development (X9) on a grant."""
        told = [s for s in self.systems if _notices_concern(s, self.action)]
        return tuple(dict.fromkeys(notice for s in told for notice in s.notices))

    @property
    def exceptional(self) -> str:
        """Why МИАЦ has to let an application through, else "" (X9)."""
        if self.action == "grant" and any(s.status == "in_development" for s in self.systems):
            return "система в разработке: примут, только если МИАЦ пропустит, нужно обоснование"
        return ""

    @property
    def fixed_role(self) -> str:
        """The only role there is: it is not asked for (R31)."""
        return self.roles[0].name if len(self.roles) == 1 else ""

    @property
    def asks_email(self) -> bool:
        return any(c.kind == "email" and c.required for c in self.form.columns)


def _notices_concern(system: SystemSpec, action: Action) -> bool:
    return not system.revoke_inferred if action == "grant" else system.status == "active"


def offers(
    catalogue: Catalogue,
    action: Action,
    kind: str,
    on: date,
    covering: Container[str] | None = None,
) -> tuple[Offer, ...]:
    """Everything that an organisation of the kind may apply for, federal first, as in the tables;
    `covering`: only what covers one of those systems.

    The forms are those in force on that day (R3), by tables 1.1-1.4 (X2, X3).
    """
    groups: dict[str, list[SystemSpec]] = {}
    for system in catalogue.systems.values():
        groups.setdefault(_group(catalogue, system), []).append(system)
    found = [
        _offer(catalogue, tuple(group), action, kind, on)
        for group in groups.values()
        if covering is None or any(system.slug in covering for system in group)
    ]
    return tuple(sorted(found, key=lambda o: (not o.federal, o.system.table, o.system.number)))


def offer(catalogue: Catalogue, slug: str, action: Action, kind: str, on: date) -> Offer:
    """The offer that a system belongs to. Raises NotFound."""
    return _offer(catalogue, together(catalogue, slug), action, kind, on)


def together(catalogue: Catalogue, slug: str) -> tuple[SystemSpec, ...]:
    """The systems that one application for this one covers. Raises NotFound."""
    wanted = _group(catalogue, catalogue.system(slug))
    return tuple(s for s in catalogue.systems.values() if _group(catalogue, s) == wanted)


def system_label(catalogue: Catalogue, slug: str) -> str:
    """«ФРМО / ФРМР» for either of the two."""
    return joined_label(together(catalogue, slug))


def joined_label(systems: Iterable[SystemSpec]) -> str:
    return " / ".join(sorted(s.label for s in systems))


def _group(catalogue: Catalogue, system: SystemSpec) -> str:
    return system.slug if catalogue.region.split_frmo_frmr else system.group or system.slug


def _offer(
    catalogue: Catalogue, systems: tuple[SystemSpec, ...], action: Action, kind: str, on: date
) -> Offer:
    form = catalogue.form(systems[0].form_for(action), on=on)
    known = catalogue.roles_of(systems[0], form)
    open_to = tuple(r for r in known if kind in r.kinds or r.justified)
    asked = any(c.kind == "role" for c in form.columns)
    return Offer(systems, form, action, open_to if asked else (), asked and not known)
