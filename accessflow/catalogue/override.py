"""Values over the catalogue's: each is read by the reader of the file that it stands in for.

A key names a part of the catalogue: `officials.<slug>`, `recipients.default`,
`recipients.<system>`, `outbound.<system>`, `routes.<name>`, `calendar.<year>`, `office`, `limits`,
`printing`, `letters.<kind>`. A value is what the file would hold there, as plain JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, time
from types import MappingProxyType
from typing import Any

from accessflow.catalogue.nodes import CatalogueError, Node, node_of
from accessflow.catalogue.read_region import (
    read_limits,
    read_office,
    read_official,
    read_printing,
    read_recipients,
    read_year,
)
from accessflow.catalogue.spec import Catalogue, LetterText, RegionSpec, SystemSpec
from accessflow.workflow.calendar import OfficeHours

Plain = dict[str, Any]


class UnknownKey(LookupError):
    """The catalogue has no such part: a setting of another region, or of an older version."""


@dataclass(frozen=True, slots=True)
class _Part:
    """How a part is put into the catalogue, and how it is told as plain values."""

    put: Callable[[Catalogue, str, Plain], Catalogue]
    tell: Callable[[Catalogue, str], Plain]


def override(base: Catalogue, key: str, value: Plain) -> Catalogue:
    """The catalogue with this value in that place.

    Raises CatalogueError with the key inside the value that is wrong, UnknownKey.
    """
    kind, _, name = key.partition(".")
    return replace(_part(kind).put(base, name, value), base=base.base or base)


def plain(catalogue: Catalogue, key: str) -> Plain:
    """What stands in that place, as it would be given to `override`. Raises UnknownKey."""
    kind, _, name = key.partition(".")
    return _part(kind).tell(catalogue, name)


def override_all(
    base: Catalogue, values: Mapping[str, Plain]
) -> tuple[Catalogue, Mapping[str, str]]:
    """All of them, and what cannot be used any more: key -> reason."""
    made, broken = base, {}
    # The default recipients first: a system's own go over them.
    for key in sorted(values, key=lambda key: (key != DEFAULT, key)):
        try:
            made = override(made, key, values[key])
        except CatalogueError as error:
            broken[key] = error.reason
        except UnknownKey:
            broken[key] = "no such part in this catalogue"
    return made, MappingProxyType(broken)


DEFAULT = "recipients.default"


def _part(kind: str) -> _Part:
    try:
        return _PARTS[kind]
    except KeyError:
        raise UnknownKey(kind) from None


def _region(catalogue: Catalogue, **changes: Any) -> Catalogue:
    return replace(catalogue, region=replace(catalogue.region, **changes))


def _put_official(catalogue: Catalogue, slug: str, value: Plain) -> Catalogue:
    _known(slug, [o.slug for o in catalogue.region.officials])
    made = read_official(node_of({"slug": slug, **value}))
    officials = tuple(made if o.slug == slug else o for o in catalogue.region.officials)
    return _region(catalogue, officials=officials)


def _tell_official(catalogue: Catalogue, slug: str) -> Plain:
    _known(slug, [o.slug for o in catalogue.region.officials])
    told = _told(catalogue.region.official(slug))
    del told["slug"]
    return told


def _put_recipients(catalogue: Catalogue, name: str, value: Plain) -> Catalogue:
    made = read_recipients(node_of(value))
    if name != "default":
        return _put_system(catalogue, replace(_system(catalogue, name), recipients=made))
    before = catalogue.region.default_recipients
    systems = {
        slug: replace(system, recipients=made) if system.recipients is before else system
        for slug, system in catalogue.systems.items()
    }
    changed = _region(catalogue, default_recipients=made)
    return replace(changed, systems=MappingProxyType(systems))


def _tell_recipients(catalogue: Catalogue, name: str) -> Plain:
    if name == "default":
        return _told(catalogue.region.default_recipients)
    return _told(_system(catalogue, name).recipients)


def _put_outbound(catalogue: Catalogue, slug: str, value: Plain) -> Catalogue:
    made = read_recipients(node_of(value))
    return _put_system(catalogue, replace(_system(catalogue, slug), outbound=made))


def _tell_outbound(catalogue: Catalogue, slug: str) -> Plain:
    outbound = _system(catalogue, slug).outbound
    if outbound is None:
        raise UnknownKey(slug)
    return _told(outbound)


def _put_system(catalogue: Catalogue, made: SystemSpec) -> Catalogue:
    return replace(catalogue, systems=MappingProxyType({**catalogue.systems, made.slug: made}))


def _system(catalogue: Catalogue, slug: str) -> SystemSpec:
    _known(slug, catalogue.systems)
    return catalogue.systems[slug]


def _put_route(catalogue: Catalogue, name: str, value: Plain) -> Catalogue:
    _known(name, catalogue.region.routes)
    routes = {**catalogue.region.routes, name: read_recipients(node_of(value))}
    return _region(catalogue, routes=MappingProxyType(routes))


def _tell_route(catalogue: Catalogue, name: str) -> Plain:
    _known(name, catalogue.region.routes)
    return _told(catalogue.region.routes[name])


def _put_year(catalogue: Catalogue, name: str, value: Plain) -> Catalogue:
    year = _year(name)
    calendar = {**catalogue.calendar, year: read_year(node_of(value), year)}
    return replace(catalogue, calendar=MappingProxyType(calendar))


def _tell_year(catalogue: Catalogue, name: str) -> Plain:
    """Of a year that the catalogue does not list: what the law alone gives."""
    year = _year(name)
    listed = catalogue.calendar.get(year)
    return _told(listed or catalogue.working_calendar.by_law(year))


def _year(name: str) -> int:
    if not (name.isdecimal() and len(name) == 4):
        raise UnknownKey(name)
    return int(name)


def _put_office(catalogue: Catalogue, _name: str, value: Plain) -> Catalogue:
    zone = {"time_zone": catalogue.region.office.time_zone}
    return _region(catalogue, office=read_office(node_of({**zone, **value})))


def _tell_office(catalogue: Catalogue, _name: str) -> Plain:
    office: OfficeHours = catalogue.region.office
    days = {str(day): _hours(hours) for day, hours in sorted(office.days.items())}
    return {"days": days, "lunch": _hours(office.lunch)}


def _hours(hours: tuple[time, time]) -> list[str]:
    return [f"{moment:%H:%M}" for moment in hours]


def _of_region(name: str, read: Callable[[Node], Any]) -> _Part:
    """A part that is one mapping of `region.yaml`."""

    def put(catalogue: Catalogue, _name: str, value: Plain) -> Catalogue:
        return _region(catalogue, **{name: read(node_of(value))})

    def tell(catalogue: Catalogue, _name: str) -> Plain:
        region: RegionSpec = catalogue.region
        return _told(getattr(region, name))

    return _Part(put, tell)


def _put_letter(catalogue: Catalogue, kind: str, value: Plain) -> Catalogue:
    node = node_of(value)
    made = LetterText(node.text("subject", ""), node.text("text", ""))
    node.done()
    return replace(catalogue, letters=MappingProxyType({**catalogue.letters, kind: made}))


def _tell_letter(catalogue: Catalogue, kind: str) -> Plain:
    return _told(catalogue.letters.get(kind, LetterText()))


def _known(name: str, names: Any) -> None:
    if name not in names:
        raise UnknownKey(name)


def _told(record: Any) -> Plain:
    """A frozen record as plain JSON, its fields by name."""
    return {field.name: _jsonable(getattr(record, field.name)) for field in fields(record)}


def _jsonable(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return [day.isoformat() for day in sorted(value)]
    if isinstance(value, tuple):
        return list(value)
    return value


_PARTS: Mapping[str, _Part] = MappingProxyType(
    {
        "officials": _Part(_put_official, _tell_official),
        "recipients": _Part(_put_recipients, _tell_recipients),
        "outbound": _Part(_put_outbound, _tell_outbound),
        "routes": _Part(_put_route, _tell_route),
        "calendar": _Part(_put_year, _tell_year),
        "office": _Part(_put_office, _tell_office),
        "limits": _of_region("limits", read_limits),
        "printing": _of_region("printing", read_printing),
        "letters": _Part(_put_letter, _tell_letter),
    }
)
