"""`region.yaml`, `systems.yaml` and `calendar.yaml` -> specs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accessflow.catalogue.nodes import Node, read
from accessflow.catalogue.spec import (
    CannedText,
    Limits,
    Official,
    Printing,
    Recipients,
    RegionSpec,
    Subject,
    SystemSpec,
)
from accessflow.domain import email as emails
from accessflow.workflow.calendar import FRIDAY, CalendarYear, OfficeHours


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
        limits=read_limits(node.node("limits")),
        default_recipients=read_recipients(node.node("default_recipients")),
        routes=_routes(node.node("routes")),
        officials=tuple(read_official(o) for o in node.nodes("officials")),
        office=read_office(node.node("office")),
        printing=read_printing(node.node("printing")),
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


def read_limits(node: Node) -> Limits:
    limits = Limits(
        reopen_days=_days(node, "reopen_days"),
        info_reminder_days=_reminders(node),
        silence_days=_days(node, "silence_days"),
        stale_draft_days=_days(node, "stale_draft_days"),
        unsigned_days=_days(node, "unsigned_days"),
        form_notice_days=_days(node, "form_notice_days", least=30),  # Рег. 2.3
    )
    node.done()
    return limits


def _days(node: Node, key: str, least: int = 1) -> int:
    days = node.whole(key)
    if not least <= days <= 365:
        node.fail(f"«{key}» must be {least} to 365 days", key, str(days))
    return days


def _reminders(node: Node) -> tuple[int, ...]:
    days = node.wholes("info_reminder_days")
    if not days or list(days) != sorted(set(days)) or days[0] < 1:
        told = ", ".join(map(str, days))
        node.fail("«info_reminder_days» must be rising whole days", "info_reminder_days", told)
    return days


def _texts(node: Node) -> Mapping[str, str]:
    return {key: node.text(key) for key in node.keys()}  # noqa: SIM118 - not a dict


def read_recipients(node: Node) -> Recipients:
    recipients = Recipients(
        to=node.texts("to"),
        cc=node.texts("cc", ()),
        vipnet=node.text("vipnet", ""),
        by=node.text("by", ""),
        warning=node.text("warning", ""),
    )
    if not recipients.to:
        node.fail("«to» names nobody", "to")
    for key, addresses in (("to", recipients.to), ("cc", recipients.cc)):
        for address in addresses:
            if emails.read(address).value is None:
                node.fail(f"«{address}» is no e-mail address", key, address)
    node.done()
    return recipients


def _routes(node: Node) -> Mapping[str, Recipients]:
    return {key: read_recipients(node.node(key)) for key in node.keys()}  # noqa: SIM118 - not a dict


def read_official(node: Node) -> Official:
    official = Official(
        slug=node.text("slug"),
        post=node.filled("post"),
        name=node.filled("name"),
        addressee=node.text("addressee", ""),
        salutation=node.text("salutation", ""),
        valid_from=node.optional_day("valid_from"),
        valid_until=node.optional_day("valid_until"),
        confirmed=node.flag("confirmed"),
    )
    if official.valid_from and official.valid_until and official.valid_until < official.valid_from:
        node.fail("«valid_until» is before «valid_from»", "valid_until")
    node.done()
    return official


def read_office(node: Node) -> OfficeHours:
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
        node.fail(f"«office»: {error}", "days")
    node.done()
    return hours


def read_printing(node: Node) -> Printing:
    printing = Printing(
        seal_everywhere=node.flag("seal_everywhere"),
        typos_verbatim=node.flag("typos_verbatim"),
        left_margin_mm=node.number("left_margin_mm"),
        our_ref_on_applications=node.flag("our_ref_on_applications"),
    )
    if not 20 <= printing.left_margin_mm <= 40:
        told = f"{printing.left_margin_mm:g}"
        node.fail("«left_margin_mm» must be 20 to 40", "left_margin_mm", told)
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
        status=node.choice("status", ("active", "in_development")),
        grant_form=node.text("grant_form"),
        revoke_form=node.text("revoke_form"),
        revoke_inferred=node.flag("revoke_inferred", False),
        roles=node.texts("roles"),
        recipients=read_recipients(node.node("recipients")) if own else region.default_recipients,
        outbound=read_recipients(node.node("outbound")) if node.has("outbound") else None,
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
        calendar[int(year)] = read_year(years.node(year), int(year))
    node.done()
    return calendar


def read_year(node: Node, year: int) -> CalendarYear:
    days = CalendarYear(node.days("nonworking"), node.days("working"), node.days("short"))
    for day in sorted(days.nonworking & days.working):
        node.fail(f"{day} cannot both work and be off", "working", day.isoformat())
    for day in sorted(days.short):
        if day in days.nonworking or (day.isoweekday() > FRIDAY and day not in days.working):
            node.fail(f"{day} does not work at all", "short", day.isoformat())
    for key in ("nonworking", "working", "short"):
        for day in sorted(getattr(days, key)):
            if day.year != year:
                node.fail(f"{day} is no day of {year}", key, day.isoformat())
    node.done()
    return days


CANNED_KINDS = ("request_info", "refuse", "annul", "extend", "reply")


def read_canned(file: Path) -> tuple[CannedText, ...]:
    """What МИАЦ writes often; none where the region has no such file."""
    if not file.exists():
        return ()
    node = read(file)
    texts = tuple(_canned(item) for item in node.nodes("texts"))
    node.done()
    return texts


def _canned(node: Node) -> CannedText:
    kind = node.choice("kind", CANNED_KINDS)
    text = CannedText(kind, node.filled("title"), node.filled("text"))
    node.done()
    return text
