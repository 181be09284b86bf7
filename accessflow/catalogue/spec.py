"""What the catalogue holds beside the forms: systems, the region, the working calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from accessflow.domain.errors import NotFound
from accessflow.forms.application import Application, Target
from accessflow.forms.kinds import Region as ChecksRegion
from accessflow.forms.spec import Action, FormSpec, Role
from accessflow.workflow.calendar import CalendarYear, OfficeHours, WorkingCalendar


@dataclass(frozen=True, slots=True)
class Recipients:
    """Where a parcel goes. `vipnet`: the node that may be used instead (Рег. 3.4)."""

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    vipnet: str = ""
    by: str = ""  # who sends a later stage (R37)
    warning: str = ""  # shown before sending (X16)


@dataclass(frozen=True, slots=True)
class SystemSpec:
    """One of the information systems (Рег., табл. 1.1-1.4).

    `name` is the source's, to the letter; `label` is what people see, its typos mended (X32).
    `record_slugs`: the access records that one application makes (ФРМО and ФРМР, X18).
    """

    slug: str
    table: str
    number: int
    name: str
    label: str
    description: str
    url: tuple[str, ...]
    ip: str | None
    status: Literal["active", "in_development"]
    grant_form: str
    revoke_form: str
    revoke_inferred: bool
    roles: tuple[str, ...]
    recipients: Recipients
    outbound: Recipients | None = None
    component: str = ""
    group: str = ""  # systems of one group share one application (X18)
    notices: tuple[str, ...] = ()

    def form_for(self, action: Action) -> str:
        """The slug of the form by tables 1.1-1.4 (X3)."""
        return self.revoke_form if action == "revoke" else self.grant_form

    @property
    def federal(self) -> bool:
        return self.table == "1.2"


@dataclass(frozen=True, slots=True)
class Official:
    """A named official; `confirmed`: somebody has checked the name since (X15)."""

    slug: str
    post: str
    name: str
    addressee: str = ""
    salutation: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of the Russian Federation as the bulletin's table 1 spells it."""

    code: str
    name: str
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Printing:
    """What domain.md calls a setting of the page; see the comments in region.yaml."""

    seal_everywhere: bool
    typos_verbatim: bool
    left_margin_mm: float
    our_ref_on_applications: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """Days that the regulation leaves to МИАЦ's own order; see the comments in region.yaml."""

    reopen_days: int
    info_reminder_days: tuple[int, ...]
    silence_days: int
    stale_draft_days: int
    unsigned_days: int
    form_notice_days: int


@dataclass(frozen=True, slots=True)
class LetterText:
    """What МИАЦ writes in place of the program's own words; "" keeps those."""

    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class CannedText:
    """What МИАЦ writes often. `kind`: refuse, annul, request_info, extend, reply."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RegionSpec:
    slug: str
    name: str
    subject_code: str
    area_code: str
    regulation: str
    number_pattern: str
    registration_pattern: str
    limits: Limits
    default_recipients: Recipients
    routes: Mapping[str, Recipients]
    officials: tuple[Official, ...]
    office: OfficeHours
    printing: Printing
    split_frmo_frmr: bool
    subjects: tuple[Subject, ...]
    contacts: Mapping[str, str]
    prerequisites: Mapping[str, str]  # slug -> what has to be done, in Russian

    def official(self, slug: str) -> Official:
        return next(o for o in self.officials if o.slug == slug)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The regulation, validated. Forms by slug, each with its versions, oldest first.

    `letters`: texts over the program's own, by kind. `base`: the catalogue of the files, where this
    one holds settings over it (`override.py`).
    """

    region: RegionSpec
    systems: Mapping[str, SystemSpec]
    forms: Mapping[str, tuple[FormSpec, ...]]
    calendar: Mapping[int, CalendarYear]
    canned: tuple[CannedText, ...] = ()
    letters: Mapping[str, LetterText] = field(default_factory=lambda: MappingProxyType({}))
    base: Catalogue | None = field(default=None, repr=False, compare=False)
    working_calendar: WorkingCalendar = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Here, so that `replace(catalogue, calendar=...)` has its own too."""
        object.__setattr__(
            self, "working_calendar", WorkingCalendar(self.calendar, self.region.office)
        )

    def system(self, slug: str) -> SystemSpec:
        """Raises NotFound."""
        try:
            return self.systems[slug]
        except KeyError:
            raise NotFound(f"Нет системы «{slug}».", system=slug) from None

    def form(self, slug: str, *, version: str | None = None, on: date | None = None) -> FormSpec:
        """The given version, or the one in force `on` that day (without both, the newest).

        Raises NotFound.
        """
        versions = self.forms.get(slug, ())
        if version is not None:
            versions = tuple(f for f in versions if f.version == version)
        elif on is not None:
            versions = tuple(f for f in versions if f.effective_from <= on)
        if not versions:
            raise NotFound(f"Нет формы «{slug}».", form=slug, version=version)
        return versions[-1]

    def superseded(self, form: FormSpec, on: date) -> bool:
        """Whether another version of the form is in force on that day (R3)."""
        return self.form(form.slug, on=on).version != form.version

    def roles_of(self, system: SystemSpec, form: FormSpec) -> tuple[Role, ...]:
        """Roles to choose from; empty where the role is free text or none."""
        source = form if form.roles else self.form(system.grant_form)
        known = {r.name: r for r in source.roles}
        return tuple(known[name] for name in system.roles if name in known)

    def target(self, system: SystemSpec, form: FormSpec, action: Action) -> Target:
        """What the checks and the page need to know of the system."""
        return Target(
            slug=system.slug,
            name=system.name,
            label=system.label,
            form=system.form_for(action),
            component=system.component,
            in_development=system.status == "in_development",
            roles=self.roles_of(system, form),
        )

    def target_of(self, form: FormSpec, application: Application) -> Target | None:
        """The target of an application, None for a form without a system. Raises NotFound."""
        if application.system is None:
            return None
        return self.target(self.system(application.system), form, application.action)

    def system_named(self, form: str, action: Action, text: str) -> str | None:
        """The slug of the system filed by this form and called `text` (name or label).

        Without a text: the only system of the form. None where it cannot be told.
        """
        of_form = [s for s in self.systems.values() if s.form_for(action) == form]
        named = [s for s in of_form if text in (s.name, s.label)] if text else of_form
        return named[0].slug if len(named) == 1 else None

    @property
    def checks_region(self) -> ChecksRegion:
        """What the readers of texts need of the region."""
        return ChecksRegion(
            subject_code=self.region.subject_code,
            area_code=self.region.area_code,
            subjects=frozenset(s.name for s in self.region.subjects),
            alternatives={s.alt: s.name for s in self.region.subjects if s.alt},
        )
