"""Settings as pages tell them: values in short, where they come from, the year as months."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from accessflow.catalogue.override import Plain, plain
from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import SettingVersion
from accessflow.domain.text import counted
from accessflow.forms.spec import FormSpec
from accessflow.services import setting_versions
from accessflow.services.setting_fields import Setting
from accessflow.services.setting_texts import told
from accessflow.web.timeline import Moment
from accessflow.workflow.calendar import FRIDAY

MONTHS = (
    "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь", "Октябрь",
    "Ноябрь", "Декабрь",
)  # fmt: skip
AS_IN_PROGRAM = "как в программе"


@dataclass(frozen=True, slots=True)
class Row:
    """A setting in the list. `version`: what put the value over the catalogue's; `planned`: what
    is still to come. `inherited`: it follows the default."""

    setting: Setting
    value: str
    version: SettingVersion | None
    planned: SettingVersion | None
    inherited: bool = False
    warning: str = ""


def rows(
    session: Session, catalogue: Catalogue, found: Sequence[Setting], today: date
) -> list[Row]:
    now, later = setting_versions.current(session, today), setting_versions.planned(session, today)
    made = []
    for setting in found:
        value, version = plain(catalogue, setting.key), now.get(setting.key)
        row = Row(
            setting,
            summary(setting, value),
            version if version is not None and version.value is not None else None,
            later.get(setting.key),
            inherited=_inherited(catalogue, setting),
            warning=_warning(catalogue, setting, today),
        )
        made.append(row)
    return made


def summary(setting: Setting, value: Plain) -> str:
    """A value in a line or a few."""
    match setting.section:
        case "officials":
            return str(value["name"])
        case "recipients":
            copies = f"; копия {', '.join(value['cc'])}" if value["cc"] else ""
            return ", ".join(value["to"]) + copies
        case "letters":
            return "свои слова" if value["subject"] or value["text"] else AS_IN_PROGRAM
        case "calendar":
            return ", ".join(
                f"{label}: {len(value[name])}"
                for name, label in (("nonworking", "нерабочих будней"),
                                    ("working", "рабочих выходных"), ("short", "сокращённых"))
            )  # fmt: skip
    return "\n".join(f"{field.label}: {told(field, value)}" for field in setting.fields)


def _inherited(catalogue: Catalogue, setting: Setting) -> bool:
    kind, _, name = setting.key.partition(".")
    if kind != "recipients" or name == "default":
        return False
    return catalogue.system(name).recipients == catalogue.region.default_recipients


def _warning(catalogue: Catalogue, setting: Setting, today: date) -> str:
    kind, _, name = setting.key.partition(".")
    if kind == "calendar":
        return "" if int(name) in catalogue.calendar else "предварительно"
    if kind != "officials":
        return ""
    official = catalogue.region.official(name)
    if official.valid_until and official.valid_until < today:
        return f"срок истёк {official.valid_until:%d.%m.%Y}"
    return "" if official.confirmed else "проверьте имя"


def told_history(session: Session, catalogue: Catalogue, setting: Setting) -> list[Moment]:
    """Newest first, each version with the fields that it changed."""
    return [
        Moment(
            title=_title(step.version),
            icon="arrow-counterclockwise" if step.version.value is None else "pencil",
            c="info",
            who=step.version.user.name if step.version.user else "система",
            at=step.version.at,
            lines=list(_lines(setting, step)),
        )
        for step in setting_versions.history(session, catalogue, setting.key)
    ]


def _title(version: SettingVersion) -> str:
    words = "Возвращено из каталога" if version.value is None else "Изменено"
    return f"{words}, действует с {version.effective_from:%d.%m.%Y}"


def _lines(setting: Setting, step: setting_versions.Step) -> Iterator[tuple[str, str, str]]:
    for field in setting.fields:
        before, after = told(field, step.before), told(field, step.after)
        if before != after:
            yield field.label, before, after
    if step.version.note:
        yield "Основание", "—", step.version.note


@dataclass(frozen=True, slots=True)
class Day:
    """`kind`: work, weekend, off (a weekday), moved (a working weekend), short."""

    day: date
    kind: str
    words: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    """Months as weeks of seven, None outside the month. `known`: a decree lists it."""

    number: int
    known: bool
    months: tuple[tuple[str, tuple[tuple[Day | None, ...], ...]], ...]
    years: tuple[int, ...]
    working: int

    @property
    def working_days(self) -> str:
        return counted(self.working, "рабочий день", "рабочих дня", "рабочих дней")


def year_of(
    catalogue: Catalogue, number: int, years: Sequence[int], stands: Catalogue | None = None
) -> Year:
    """`stands`: the catalogue as it is, where this one shows a change."""
    days = calendar.Calendar()
    months = []
    working = 0
    for month, name in enumerate(MONTHS, 1):
        weeks = []
        for week in days.monthdatescalendar(number, month):
            line = [_day(catalogue, day, stands) if day.month == month else None for day in week]
            working += sum(day is not None and day.kind in WORKING for day in line)
            weeks.append(tuple(line))
        months.append((name, tuple(weeks)))
    known = number in catalogue.calendar
    return Year(number, known, tuple(months), tuple(years), working)


WORKING = frozenset({"work", "short", "moved"})
WORDS = {
    "work": "рабочий",
    "weekend": "выходной",
    "off": "нерабочий будний",
    "moved": "рабочий выходной",
    "short": "сокращённый на час",
}


def _day(catalogue: Catalogue, day: date, stands: Catalogue | None) -> Day:
    kind = _kind(catalogue, day)
    changed = stands is not None and _kind(stands, day) != kind
    return Day(day, kind, WORDS[kind], changed)


def _kind(catalogue: Catalogue, day: date) -> str:
    days = catalogue.working_calendar
    if not days.is_working(day):
        return "weekend" if day.isoweekday() > FRIDAY else "off"
    if days.is_short(day):
        return "short"
    return "moved" if day.isoweekday() > FRIDAY else "work"


@dataclass(frozen=True, slots=True)
class FormVersion:
    form: FormSpec
    state: str  # now, later, past


def form_versions(catalogue: Catalogue, today: date) -> list[FormVersion]:
    """Every version of every form, by number, the newest first."""
    found = []
    for versions in catalogue.forms.values():
        for form in reversed(versions):
            in_force = catalogue.form(form.slug, on=today) if form.effective_from <= today else None
            state = "later" if in_force is None else "now" if in_force is form else "past"
            found.append(FormVersion(form, state))
    return sorted(found, key=lambda v: (v.form.number is None, v.form.number or 0, v.form.slug))
