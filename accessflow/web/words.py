"""How values are written on pages: dates, moments, numbers with their nouns, masked СНИЛС."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for
from flask_wtf.csrf import generate_csrf
from wtforms import Field, SelectField

from accessflow.domain.positions import told_positions
from accessflow.domain.reading import Flaw
from accessflow.domain.roles import LABELS
from accessflow.domain.text import counted, grouped, noun
from accessflow.services.accounts import role_of
from accessflow.services.clock import MOSCOW
from accessflow.web import context, nav, profile, request_words, signing_view, toasts
from accessflow.workflow.calendar import OfficeHours

SHORT_WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")


def day(value: date | None) -> str:
    """21.11.2026, or a dash."""
    return value.strftime("%d.%m.%Y") if value else "—"


def moment(value: datetime | None) -> str:
    """21.11.2026, 10:38 in Moscow; without the year in the current one."""
    if value is None:
        return "—"
    local = value.astimezone(MOSCOW)
    this_year = local.year == context.today().year
    return local.strftime("%d.%m, %H:%M" if this_year else "%d.%m.%Y, %H:%M")


def short_day(value: datetime | None) -> str:
    """21.11 in Moscow, with the year in another one: for narrow columns."""
    if value is None:
        return "—"
    local = value.astimezone(MOSCOW)
    return local.strftime("%d.%m" if local.year == context.today().year else "%d.%m.%y")


def masked_snils(digits: str) -> str:
    """`***-***-445 95` of the 11 digits."""
    return f"***-***-{digits[6:9]} {digits[9:]}" if len(digits) == 11 else ""


def full_snils(digits: str) -> str:
    """`112-233-445 95` of the 11 digits: on a person's card and in forms only."""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}" if len(digits) == 11 else digits


def initials(full_name: str) -> str:
    """«Малахова Е. Ю.» of «Малахова Екатерина Юрьевна»."""
    last, *rest = full_name.split() or [""]
    return " ".join([last, *(f"{part[0]}." for part in rest[:2])])


def url_with(**changes: object) -> str:
    """This page's address with some arguments changed; None drops one."""
    return url_same(str(request.endpoint), **changes)


def url_same(endpoint: str, **changes: object) -> str:
    """Another page of this list (its export), under the same arguments."""
    arguments = {name: request.args.getlist(name) for name in request.args}
    for name, value in changes.items():
        arguments[name] = [] if value in (None, "") else [str(value)]
    path = url_for(endpoint, **(request.view_args or {}))
    query = urlencode([(name, text) for name, texts in arguments.items() for text in texts])
    return f"{path}?{query}" if query else path


def office_hours(office: OfficeHours) -> str:
    """«пн–чт 9:00–17:00, пт 9:00–16:00»."""
    spans = []
    for hours, days in groupby(sorted(office.days), key=lambda number: office.days[number]):
        numbers = list(days)
        first, last = SHORT_WEEKDAYS[numbers[0] - 1], SHORT_WEEKDAYS[numbers[-1] - 1]
        name = first if first == last else f"{first}–{last}"
        spans.append(f"{name} {hours[0]:%-H:%M}–{hours[1]:%-H:%M}")
    return ", ".join(spans)


def role_label(role: str) -> str:
    return LABELS[role_of(role)]


def control_attributes(field: Field, flaw: Flaw | None, hint: str) -> dict[str, str]:
    """What a control's tag needs: its look, and which words beneath it belong to it."""
    wrong = flaw is not None and flaw.level == "error"
    base = "form-select" if isinstance(field, SelectField) else "form-control"
    attributes = {"class": f"{base} is-invalid" if wrong else base}
    if wrong:
        attributes["aria-invalid"] = "true"
    beneath = (("e", flaw), ("h", hint))
    if described := " ".join(f"{field.id}-{mark}" for mark, there in beneath if there):
        attributes["aria-describedby"] = described
    return attributes


_KEPT = (str, int, type(None))


def _addresses(app: Flask) -> Callable[..., str]:
    """`url_for` for templates: a page has fifty addresses, and builds none of them twice."""

    @lru_cache(maxsize=4096)
    def built(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return app.url_for(endpoint, **dict(values))

    def address(endpoint: str, **values: Any) -> str:
        if endpoint.startswith("."):
            endpoint = f"{request.blueprint}{endpoint}"
        if not all(type(value) in _KEPT for value in values.values()):
            return app.url_for(endpoint, **values)  # lists: of a filter; to a key True is 1
        return built(request.script_root, endpoint, tuple(values.items()))

    return address


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        short_day=short_day,
        grouped=grouped,
        masked_snils=masked_snils,
        full_snils=full_snils,
        initials=initials,
        role_label=role_label,
        office_hours=office_hours,
    )
    app.jinja_env.globals.update(
        control_attributes=control_attributes,
        state_of=request_words.state_of,
        csrf_token=generate_csrf,  # the macros of _ui.html have no context
        counted=counted,
        noun=noun,
        told_positions=told_positions,
        sheet_height=signing_view.sheet_height,
        url_for=_addresses(app),
        url_with=url_with,
        url_same=url_same,
        today=context.today,
        weekday=lambda: WEEKDAYS[context.today().weekday()],
        signed_in=context.signed_in,
        navigation=nav.navigation,
        pending_toasts=toasts.pending,
        letters_keys=profile.letters_keys,
    )
    # The components of the house: read once, not by each of ten parts of a page.
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("_ui.html").module
