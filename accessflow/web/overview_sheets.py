"""The overview's tables and lists as sheets to take away."""

from __future__ import annotations

from collections.abc import Sequence

from accessflow.db.tables import Request
from accessflow.documents.sheet_out import Sheet
from accessflow.services.overview import Overview
from accessflow.services.overview_figures import Period, View
from accessflow.services.overview_tables import Line
from accessflow.web import context
from accessflow.web.request_words import state_of, subject
from accessflow.web.words import day, moment

HEADERS = ("Номер", "Номер МИАЦ", "Система", "Организация", "Состояние", "Отправлена", "Срок",
           "Закрыта", "В срок", "Исполнитель")  # fmt: skip
WIDTHS = (12, 20, 26, 34, 18, 16, 12, 12, 9, 30)
"""Of a list of applications, in characters."""


def days_of(period: Period) -> str:
    return f"{day(period.since)}–{day(period.until)}"


def exported(row: Request) -> list[str]:
    in_term = {True: "нет", False: "да", None: "—"}
    return [
        row.number, row.registration_no or "—", subject(context.catalogue(), row),
        row.organization.short_name, state_of(row).label, moment(row.sent_at),
        day(row.due_on), day(row.answered_on), in_term[row.answered_late],
        row.assignee.name if row.assignee else "—",
    ]  # fmt: skip


def sheets(view: View, organization: str, found: Overview, left: int) -> list[Sheet]:
    """All tables of the overview. `organization` is the one that it is narrowed to, or «все»;
    `left`: rights of people gone."""
    total, period = found.total, view.period
    main: list[list[str | int]] = [
        ["Период", days_of(period)],
        ["Организация", organization],
        ["Поступило", total.received], ["Закрыто", found.answered],
        ["Закрыто в срок", total.in_term], ["Закрыто поздно", total.late],
        ["Закрыто в срок, %", _cell(total.share)],
        ["Обычно занимает, календарных дней без пауз", _cell(total.usual)],
        ["В работе сейчас", total.open], ["Без исполнителя", found.unassigned],
        ["Просрочено сейчас", total.overdue],
        ["Открытые права уволенных", left],
    ]  # fmt: skip
    return [
        Sheet("Главное", ("Показатель", "Значение"), main),
        Sheet("По времени", ("С", "По", "Поступило", "Закрыто"),
              [[day(b.period.since), day(b.period.until), b.received, b.answered]
               for b in found.buckets]),
        Sheet("По системам", ("Система", *_FIGURES), _lines(found.systems)),
        Sheet("По организациям", ("Организация", *_FIGURES), _lines(found.organizations)),
        Sheet("По специалистам", ("Специалист", *_FIGURES), _lines(found.people)),
        Sheet("Отказы", ("Причина", "Заявок"), [[r.label, r.count] for r in found.refusals]),
        Sheet("Шаги", ("Состояние", "Прошли, раз", "Заявок", "Обычно, рабочих дней"),
              [[s.label, s.times, s.requests, s.median] for s in found.steps]),
    ]  # fmt: skip


_FIGURES = ("Поступило", "В работе", "Просрочено сейчас", "Закрыто в срок", "Закрыто поздно",
            "В срок, %", "Обычно, дней")  # fmt: skip


def _lines(lines: Sequence[Line]) -> list[list[str | int]]:
    return [
        [line.label, line.received, line.open, line.overdue, line.in_term, line.late,
         _cell(line.share), _cell(line.usual)]
        for line in lines
    ]  # fmt: skip


def _cell(number: int | None) -> str | int:
    return "—" if number is None else number
