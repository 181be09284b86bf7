"""`region.yaml`, `systems.yaml` and `calendar.yaml` -> specs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accessflow.catalogue.nodes import Node, read
from accessflow.catalogue.spec import (
    Limits,
    Official,
    Printing,
    Recipients,
    RegionSpec,
    Subject,
    SystemSpec,
)
from accessflow.workflow.calendar import CalendarYear, OfficeHours


def read_region(file: Path) -> RegionSpec:
    """Raises CatalogueError with file, line and reason."""
    node = read(file)
    region = RegionSpec(
        slug=node.text("slug"),
        name=node.text("name"),
        subject_code=node.text("subject_code"),
        area_code=node.text("area_code"),
        regulation=node.text("regulation"),
        number_pattern=_pattern(node, "number_pattern"),
        registration_pattern=_pattern(node, "registration_pattern"),
        limits=_limits(node.node("limits")),
        default_recipients=_recipients(node.node("default_recipients")),
        routes=_routes(node.node("routes")),
        officials=tuple(_official(o) for o in node.nodes("officials")),
        office=_office(node.node("office")),
        printing=_printing(node.node("printing")),
        split_frmo_frmr=node.flag("split_frmo_frmr"),
        subjects=tuple(_subject(s) for s in node.nodes("subjects")),
        contacts=_texts(node.node("contacts")),
        prerequisites=_texts(node.node("prerequisites")),
    )
    _unique(node, "officials", [o.slug for o in region.officials])
    _unique(node, "subjects", [s.code for s in region.subjects])
    node.done()
    return region


def _unique(node: Node, key: str, values: list[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            node.fail(f"«{key}»: «{value}» stands twice", key)


def _pattern(node: Node, key: str) -> str:
    pattern = node.text(key)
    try:
        pattern.format(year=2026, n=1)
    except (KeyError, ValueError, IndexError):
        node.fail(f"«{key}» may hold {{year}} and {{n}} only", key)
    return pattern


def _limits(node: Node) -> Limits:
    limits = Limits(
        reopen_days=_days(node, "reopen_days"),
        info_reminder_days=_reminders(node),
        silence_days=_days(node, "silence_days"),
        stale_draft_days=_days(node, "stale_draft_days"),
        unsigned_days=_days(node, "unsigned_days"),
        form_notice_days=_days(node, "form_notice_days"),
    )
    node.done()
    return limits


def _days(node: Node, key: str) -> int:
    days = node.whole(key)
    if not 1 <= days <= 365:
        node.fail(f"«{key}» must be 1 to 365 days", key)
    return days


def _reminders(node: Node) -> tuple[int, ...]:
    days = node.wholes("info_reminder_days")
    if not days or list(days) != sorted(set(days)) or days[0] < 1:
        node.fail("«info_reminder_days» must be rising whole days", "info_reminder_days")
    return days


def _texts(node: Node) -> Mapping[str, str]:
    return {key: node.text(key) for key in node.keys()}  # noqa: SIM118 - not a dict


def _recipients(node: Node) -> Recipients:
    recipients = Recipients(
        to=node.texts("to"),
        cc=node.texts("cc", ()),
        vipnet=node.text("vipnet", ""),
        by=node.text("by", ""),
        warning=node.text("warning", ""),
    )
    for address in recipients.to + recipients.cc:
        if "@" not in address:
            node.fail(f"«{address}» is no e-mail address")
    node.done()
    return recipients


def _routes(node: Node) -> Mapping[str, Recipients]:
    return {key: _recipients(node.node(key)) for key in node.keys()}  # noqa: SIM118 - not a dict


def _official(node: Node) -> Official:
    official = Official(
        slug=node.text("slug"),
        post=node.text("post"),
        name=node.text("name"),
        addressee=node.text("addressee", ""),
        salutation=node.text("salutation", ""),
        valid_from=node.optional_day("valid_from"),
        valid_until=node.optional_day("valid_until"),
        confirmed=node.flag("confirmed"),
    )
    node.done()
    return official


def _office(node: Node) -> OfficeHours:
    zone = node.text("time_zone")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        node.fail(f"«time_zone»: no zone «{zone}»", "time_zone")
    days = node.node("days")
    try:
        hours = OfficeHours(
            days={int(day): days.times(day) for day in days.keys()},  # noqa: SIM118 - not a dict
            lunch=node.times("lunch"),
            time_zone=zone,
        )
    except ValueError as error:
        node.fail(f"«office»: {error}")
    node.done()
    return hours


def _printing(node: Node) -> Printing:
    printing = Printing(
        seal_everywhere=node.flag("seal_everywhere"),
        typos_verbatim=node.flag("typos_verbatim"),
        left_margin_mm=node.number("left_margin_mm"),
        our_ref_on_applications=node.flag("our_ref_on_applications"),
    )
    if not 20 <= printing.left_margin_mm <= 40:
        node.fail("«left_margin_mm» must be 20 to 40", "left_margin_mm")
    node.done()
    return printing


def _subject(node: Node) -> Subject:
    subject = Subject(node.text("code"), node.text("name"), node.optional("alt"))
    node.done()
    return subject


def read_systems(file: Path, region: RegionSpec) -> list[tuple[SystemSpec, Node]]:
    """The systems in the order of the file, each with its node for later checks.

    Raises CatalogueError.
    """
    node = read(file)
    systems = [(_system(item, region), item) for item in node.nodes("systems")]
    slugs = [system.slug for system, _ in systems]
    for n, (system, item) in enumerate(systems):
        if system.slug in slugs[:n]:
            item.fail(f"«slug»: «{system.slug}» stands twice", "slug")
    node.done()
    return systems


def _system(node: Node, region: RegionSpec) -> SystemSpec:
    own = node.has("recipients")
    system = SystemSpec(
        slug=node.text("slug"),
        table=node.text("table"),
        number=node.whole("number"),
        name=node.text("name"),
        label=node.text("label"),
        description=node.text("description", ""),
        url=node.texts("url"),
        ip=node.optional("ip"),
        status=node.choice("status", ("active", "in_development")),  # type: ignore[arg-type]
        grant_form=node.text("grant_form"),
        revoke_form=node.text("revoke_form"),
        revoke_inferred=node.flag("revoke_inferred", False),
        roles=node.texts("roles"),
        recipients=_recipients(node.node("recipients")) if own else region.default_recipients,
        outbound=_recipients(node.node("outbound")) if node.has("outbound") else None,
        component=node.text("component", ""),
        group="" if region.split_frmo_frmr else node.text("group", ""),
        notices=node.texts("notices", ()),
    )
    node.has("group")
    node.done()
    return system


def read_calendar(file: Path) -> dict[int, CalendarYear]:
    node = read(file)
    years = node.node("years")
    calendar = {}
    for year in years.keys():  # noqa: SIM118 - not a dict
        item = years.node(year)
        days = CalendarYear(item.days("nonworking"), item.days("working"), item.days("short"))
        for day in days.nonworking & days.working:
            item.fail(f"{day} cannot both work and be off")
        for day in days.nonworking | days.working | days.short:
            if str(day.year) != year:
                item.fail(f"{day} is no day of {year}")
        calendar[int(year)] = days
        item.done()
    node.done()
    return calendar
