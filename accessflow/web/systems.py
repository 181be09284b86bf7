"""«Системы и формы»: the regulation as people look it up, and blank forms to take away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from accessflow.catalogue.spec import Catalogue, Recipients, SystemSpec
from accessflow.documents.build import blank
from accessflow.domain.errors import NotFound
from accessflow.forms.placeholders import fill
from accessflow.forms.spec import Action, FormSpec, Role
from accessflow.services import printing
from accessflow.web import context
from accessflow.web.downloads import download
from accessflow.web.exports import sheet
from accessflow.web.request_words import PREREQUISITES, TITLES, form_label

blueprint = Blueprint("systems", __name__, url_prefix="/systems")

TABLES = {"1.2": "Федеральные", "1.1": "Региональные"}
STATUSES = {"active": "Действует", "in_development": "В разработке"}


@dataclass(frozen=True, slots=True)
class Line:
    """A system with its forms in force, as the table tells it."""

    system: SystemSpec
    grant: FormSpec
    revoke: FormSpec
    roles: tuple[Role, ...]

    @property
    def text(self) -> str:
        s = self.system
        return " ".join(
            [
                s.label,
                s.name,
                s.description,
                *s.url,
                s.ip or "",
                self.grant.label,
                self.revoke.label,
            ]
        ).casefold()


@blueprint.get("")
def index() -> ResponseReturnValue:
    found = _found()
    return render_template(
        "systems/index.html",
        groups=[
            (title, [line for line in found if line.system.table == table])
            for table, title in TABLES.items()
        ],
        found=found,
        total=len(context.catalogue().systems),
        forms=_forms(context.catalogue()),
        tables=TABLES,
        statuses=STATUSES,
        prerequisites=PREREQUISITES,
        tasks=context.catalogue().region.prerequisites,
        form_label=form_label,
    )


@blueprint.get("/export.xlsx")
def export() -> ResponseReturnValue:
    headers = ["Таблица", "№", "Система", "Официальное наименование", "Адрес", "IP",
               "Форма предоставления", "Форма отзыва", "Роли", "Условия", "Куда отправлять",
               "VipNet", "Состояние"]  # fmt: skip
    return sheet("Системы", headers, [_exported(line) for line in _found()])


@blueprint.get("/forms/<slug>")
def form(slug: str) -> ResponseReturnValue:
    """One form in the version asked for, else the one in force."""
    catalogue, today = context.catalogue(), context.today()
    asked = request.args.get("version")
    spec = catalogue.form(slug, version=asked) if asked else catalogue.form(slug, on=today)
    return render_template(
        "systems/form.html",
        spec=spec,
        versions=catalogue.forms[slug],
        in_force=catalogue.form(slug, on=today),
        systems=[
            (system, action)
            for system in catalogue.systems.values()
            for action in spec.actions
            if action in ("grant", "revoke") and system.form_for(action) == slug
        ],
        actions=TITLES,
        extensions=("docx", "pdf", "xlsx"),
        tasks=catalogue.region.prerequisites,
        prerequisites=PREREQUISITES,
        sources=SOURCES,
        signers=SIGNERS,
        worded=lambda text: fill(text, {}),
    )


@blueprint.get("/forms/<slug>/<action>.<extension>")
def blank_form(slug: str, action: str, extension: str) -> ResponseReturnValue:
    """The empty form, as it is printed."""
    catalogue = context.catalogue()
    asked = request.args.get("version")
    spec = (
        catalogue.form(slug, version=asked) if asked else catalogue.form(slug, on=context.today())
    )
    if extension not in printing.MIME:
        raise NotFound("Такого файла у формы нет.", extension=extension)
    made = printing.file_of(blank(spec, _action(spec, action), catalogue.region), extension)
    return download(made.data, made.mime, made.name)


SOURCES = {
    "row": "заполняют",
    "organization": "из карточки организации",
    "system": "по системе",
    "action": "по действию",
    "number": "считается сама",
}
SIGNERS = {
    "organization": "руководитель организации",
    "miac": "руководитель организации, затем директор МИАЦ",
    "authority": "руководитель органа управления здравоохранением",
    "none": "не подписывается",
}


def _action(spec: FormSpec, text: str) -> Action:
    """Raises NotFound."""
    for action in spec.actions:
        if action == text:
            return action
    raise NotFound("С таким действием эту форму не подают.", form=spec.slug, action=text)


def _found() -> list[Line]:
    args = request.args
    needle = args.get("q", "").casefold().split()
    wanted: list[tuple[str, Callable[[Line, str], bool]]] = [
        ("table", lambda line, value: line.system.table == value),
        ("status", lambda line, value: line.system.status == value),
        ("form", lambda line, value: value in (line.grant.slug, line.revoke.slug)),
    ]
    lines = [line for line in _lines() if all(word in line.text for word in needle)]
    for name, fits in wanted:
        if value := args.get(name):
            lines = [line for line in lines if fits(line, value)]
    return lines


def _lines() -> list[Line]:
    catalogue, today = context.catalogue(), context.today()
    found = []
    for system in catalogue.systems.values():
        grant = catalogue.form(system.grant_form, on=today)
        revoke = catalogue.form(system.revoke_form, on=today)
        found.append(Line(system, grant, revoke, catalogue.roles_of(system, grant)))
    return sorted(found, key=lambda line: (line.system.table != "1.2", line.system.number))


def _forms(catalogue: Catalogue) -> list[FormSpec]:
    """Those in force, by their number, the unnumbered last."""
    newest = [catalogue.form(slug, on=context.today()) for slug in catalogue.forms]
    return sorted(newest, key=lambda spec: (spec.number is None, spec.number or 0, spec.slug))


def _exported(line: Line) -> list[str]:
    s = line.system
    return [
        s.table, str(s.number), s.label, s.name, "\n".join(s.url) or "—", s.ip or "—",
        line.grant.label, line.revoke.label, "\n".join(role.name for role in line.roles) or "—",
        "\n".join(PREREQUISITES.get(slug, slug) for slug in line.grant.prerequisites) or "—",
        _told(s.recipients), s.recipients.vipnet or "—", STATUSES[s.status],
    ]  # fmt: skip


def _told(recipients: Recipients) -> str:
    copies = f" (копия {', '.join(recipients.cc)})" if recipients.cc else ""
    return ", ".join(recipients.to) + copies
