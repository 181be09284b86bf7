"""The report on dismissals for КЗ: filed in time, late by how much, missed and why.

Each figure opens the list that it counts; and the first figure of the overview, rights still open
of people who have left, opens its own here.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Dismissal, Employment, Grant, Organization, Person
from accessflow.documents.review_page import Heading, ReviewPage, build_review
from accessflow.documents.sheet_out import Sheet, write_book
from accessflow.documents.writers import MEDIA_TYPES, WRITERS
from accessflow.domain.person_name import PersonName
from accessflow.domain.shares import share
from accessflow.forms.application import Signatory
from accessflow.services import dismissal_figures, making, people, rights_of_gone, scope
from accessflow.services.applications import signatory_of
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_figures import Report, Sum, View
from accessflow.services.rights_of_gone import Narrowed
from accessflow.web import context
from accessflow.web.dismissal_report_asked import (
    PERIODS,
    UNEXPLAINED,
    asked_figure,
    asked_view,
    days_of,
    link_of,
    listed_by,
    narrowed_rights,
    narrowed_to,
    of_month,
    period_name,
    title_of,
)
from accessflow.web.downloads import download
from accessflow.web.exports import XLSX, sheet
from accessflow.web.lists import Order, asked_sort, ordered, page_of
from accessflow.web.words import day

blueprint = Blueprint("dismissal_report", __name__, url_prefix="/dismissals/report")

ORDER: Order = {
    "name": [Person.search_name, Dismissal.id],
    "organization": [Organization.short_name, Dismissal.id],
    "dismissed": [Dismissal.dismissed_on, Dismissal.id],
    "due": [Dismissal.due_on, Dismissal.id],
    "late": [Dismissal.late_days, Dismissal.id],
}
RIGHTS_ORDER: Order = {
    "left": [Employment.until, Grant.id],
    "name": [Person.search_name, Grant.id],
    "organization": [Organization.short_name, Grant.id],
    "system": [Grant.system, Grant.id],
}
HEADERS = ("Уволено", "В срок", "В срок, %", "С опозданием", "Раб. дней опоздания",
           "Срок идёт", "Пропущено")  # fmt: skip
PRINTED = (
    Heading("Организация", 3.4), Heading("Месяц", 1, "center"), Heading("Уволено", 0.9, "center"),
    Heading("Подано в срок", 0.9, "center"), Heading("С опозданием", 1.2, "center"),
    Heading("Раб. дней опоздания", 1.1, "center"), Heading("Срок идёт", 0.8, "center"),
    Heading("Срок пропущен", 1, "center"),
)  # fmt: skip


@blueprint.get("")
def index() -> ResponseReturnValue:
    session, actor, view = context.session(), context.actor(), asked_view()
    overseer = scope.sees_all(actor)
    return render_template(
        "dismissal_report/index.html",
        found=dismissal_figures.report(session, actor, view),
        rights=rights_of_gone.count(session, actor, view.today, Narrowed(view.organization)),
        view=view,
        period=period_name(),
        periods=PERIODS,
        organizations=dismissal_figures.organizations(session, actor) if overseer else (),
        place=session.get(Organization, view.organization) if view.organization else None,
        link=lambda figure, **more: link_of(view, figure, **more),
        of_month=lambda one: of_month(view, one),
        unexplained=UNEXPLAINED,
        share=share,
    )


@blueprint.get("/list")
def listed() -> ResponseReturnValue:
    """The dismissals that one figure counts."""
    view, figure = asked_view(), asked_figure()
    page = page_of(context.session(), listed_by(view, figure), order=ORDER, default="-dismissed")
    return render_template(
        "dismissal_report/list.html",
        title=title_of(figure),
        narrowed=narrowed_to(view),
        page=page,
        name=_name,
        filed=lambda row: moscow_date(row.filed_at) if row.filed_at else None,
        today=view.today,
    )


@blueprint.get("/list.xlsx")
def export_list() -> ResponseReturnValue:
    view, figure = asked_view(), asked_figure()
    query = ordered(listed_by(view, figure), ORDER, asked_sort(ORDER, "-dismissed"))
    headers = ["ФИО", "Организация", "Подразделение", "Должность", "Последний день", "Приказ",
               "Подать до", "Подано", "Опоздание, раб. дней", "Причина"]  # fmt: skip
    return sheet(title_of(figure), headers, [
        _exported(row) for row in context.session().scalars(query).unique()
    ])  # fmt: skip


@blueprint.get("/rights")
def rights() -> ResponseReturnValue:
    """Rights still open of people who have left."""
    session, narrowed = context.session(), narrowed_rights()
    query = rights_of_gone.listed(context.actor(), context.today(), narrowed)
    overseer = scope.sees_all(context.actor())
    page = page_of(session, query, order=RIGHTS_ORDER, default="left")
    return render_template(
        "dismissal_report/rights.html",
        page=page,
        name=_name,
        dismissals=rights_of_gone.dismissals_of(session, {g.employment_id for g in page.items}),
        labels=_labels(),
        narrowed=narrowed,
        overseer=overseer,
        organizations=people.organizations_with_people(session, context.actor())
        if overseer
        else (),
        place=session.get(Organization, narrowed.organization) if narrowed.organization else None,
    )


@blueprint.get("/rights.xlsx")
def export_rights() -> ResponseReturnValue:
    query = rights_of_gone.listed(context.actor(), context.today(), narrowed_rights())
    query = ordered(query, RIGHTS_ORDER, asked_sort(RIGHTS_ORDER, "left"))
    labels = _labels()
    headers = ["ФИО", "Организация", "Система", "Роль", "Доступ с", "Последний день работы"]
    rows = [
        [_name(g), g.organization.short_name, labels.get(g.system, g.system), g.role or "—",
         day(g.since), day(g.employment.until)]
        for g in context.session().scalars(query).unique()
    ]  # fmt: skip
    return sheet("Открытые права уволенных", headers, rows)


@blueprint.get("/export.xlsx")
def export() -> Response:
    """All tables of the report, a sheet each."""
    view = asked_view()
    found = dismissal_figures.report(context.session(), context.actor(), view)
    name = f"Отчёт_по_увольнениям_{view.period.since:%Y-%m-%d}_{view.period.until:%Y-%m-%d}.xlsx"
    return download(write_book("Отчёт по увольнениям", _sheets(found)), XLSX, name)


@blueprint.get("/report.<any(pdf, docx):kind>")
def printed(kind: str) -> Response:
    """The same on paper, to be signed: by the organisation's head, else by whoever sends it."""
    session, actor, view = context.session(), context.actor(), asked_view()
    found = dismissal_figures.report(session, actor, view)
    left = rights_of_gone.count(session, actor, view.today, Narrowed(view.organization))
    model = build_review(_page(found, view, left))
    suffix = f".{kind}"
    return download(WRITERS[suffix](model), MEDIA_TYPES[suffix], model.file_stem + suffix)


def _page(found: Report, view: View, left: int) -> ReviewPage:
    session, actor = context.session(), context.actor()
    place = view.organization or (None if scope.sees_all(actor) else actor.organization_id)
    organization = session.get(Organization, place) if place else None
    signer = _signer(view, place or actor.organization_id)
    return ReviewPage(
        title=("Отчёт о прекращении доступа уволенных сотрудников",),
        preliminary=False,
        facts=(
            ("Период (по дню увольнения)", days_of(view)),
            ("Организация", organization.full_name if organization else "все"),
            ("Уволено", _told(found.total)),
            (f"Открытые права уволенных на {day(view.today)}", str(left)),
            *((f"Причина пропуска: {cause or 'не указана'}", str(n)) for cause, n in found.causes),
        ),
        headings=PRINTED,
        rows=[
            [row.organization, f"{row.month:02}.{row.year}",
             *map(str, (row.total, row.in_time, row.late, row.late_days, row.waiting, row.missed))]
            for row in found.rows
        ],
        position=signer.position, name=signer.name, seal="",
        stem=("Отчёт по увольнениям", organization.short_name if organization else "",
              days_of(view)),
        left_margin_mm=context.catalogue().region.printing.left_margin_mm,
    )  # fmt: skip


def _signer(view: View, place: int | None) -> Signatory:
    """The head of the organisation, or of the reader's own; МИАЦ's director where there is none."""
    if place is not None:
        return signatory_of(making.valid_head(context.session(), place, view.today))
    director = context.catalogue().region.official("miac_director")
    return Signatory(director.post, director.name)


def _told(total: Sum) -> str:
    return (
        f"{total.total}; подано в срок {total.in_time}; с опозданием {total.late};"
        f" срок идёт {total.waiting}; срок пропущен {total.missed}"
    )


def _labels() -> dict[str, str]:
    return {slug: system.label for slug, system in context.catalogue().systems.items()}


def _name(row: Dismissal | Grant) -> str:
    person = row.person
    return PersonName(person.last_name, person.first_name, person.middle_name).full


def _exported(row: Dismissal) -> list[str]:
    job = row.employment
    return [
        _name(row), row.organization.short_name, job.unit.name if job.unit else "—", job.position,
        day(row.dismissed_on), row.order_no or "—", day(row.due_on),
        day(moscow_date(row.filed_at)) if row.filed_at else "—", str(row.late_days or "—"),
        row.late_cause or "—",
    ]  # fmt: skip


def _sheets(found: Report) -> list[Sheet]:
    causes: list[list[str | int]] = [
        [cause or "не указана", number] for cause, number in found.causes
    ]
    return [
        Sheet("По организациям", ("Организация", *HEADERS),
              [_cells(one) for one in (*found.organizations, found.total)]),
        Sheet("По месяцам", ("Месяц", *HEADERS), [_cells(one) for one in found.months]),
        Sheet("Организации и месяцы", ("Организация", "Месяц", "Уволено", "В срок",
                                       "С опозданием", "Раб. дней опоздания", "Срок идёт",
                                       "Пропущено"),
              [[r.organization, f"{r.month:02}.{r.year}", r.total, r.in_time, r.late, r.late_days,
                r.waiting, r.missed] for r in found.rows]),
        Sheet("Причины", ("Причина", "Увольнений"), causes),
    ]  # fmt: skip


def _cells(one: Sum) -> list[str | int]:
    part = share(one.in_time, one.judged)
    return [one.label, one.total, one.in_time, "—" if part is None else part, one.late,
            one.late_days, one.waiting, one.missed]  # fmt: skip
