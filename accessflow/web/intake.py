"""«Принять вручную»: what reached МИАЦ by mail or on paper is registered with its scan (R4, R5).

First what it is about, then one form with everything: a table as the form's, or our own XLSX as it
came, and the scan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Organization
from accessflow.domain.dates import read_date
from accessflow.domain.errors import Invalid, NotFound
from accessflow.forms.application import Application
from accessflow.forms.rows import keys_of, without_blanks
from accessflow.forms.spec import Action, FormSpec
from accessflow.services import intake, organizations
from accessflow.services.intake import BY_HAND, Came
from accessflow.services.offers import offers
from accessflow.services.routes import CHANNELS
from accessflow.services.technical import SUBJECTS
from accessflow.web import context
from accessflow.web.errors import STATUS
from accessflow.web.toasts import toast
from accessflow.web.triage_blueprint import blueprint

SHEET = "sheet"
"""The matter of what comes as our own XLSX: the file says it."""
OTHERS: tuple[tuple[str, Action], ...] = (
    ("appendix-02", "cover"), ("appendix-15", "network"), ("appendix-16", "emd_delete"),
)  # fmt: skip
NAMES = {"last_name": "Фамилия", "first_name": "Имя", "middle_name": "Отчество или «отсутствует»"}
ROWS, MORE, MOST_ROWS = 3, 5, 200


@dataclass(frozen=True, slots=True)
class Matter:
    """`key` as the address has it: «frmss:grant», «appendix-02:cover»."""

    key: str
    label: str
    spec: FormSpec
    action: Action
    system: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of the table that is typed in; `choices` of a role."""

    key: str
    label: str
    choices: tuple[str, ...] = ()


@dataclass
class Typed:
    """What the form holds, and what is wrong with it by field."""

    values: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Mapping[str, str]] = ()
    message: str = ""
    flaws: Mapping[str, str] = field(default_factory=dict)
    files_lost: bool = False


@blueprint.get("/new", endpoint="intake")
def choose() -> ResponseReturnValue:
    key = request.args.get("matter", "")
    if not key:
        return render_template("triage/intake_choice.html", groups=_groups(context.catalogue()))
    blank: list[dict[str, str]] = [{} for _ in range(ROWS)]
    return _page(_matter(key), Typed(values={"on": f"{context.today():%d.%m.%Y}"}, rows=blank))


@blueprint.post("/new", endpoint="register")
def register() -> ResponseReturnValue:
    matter = _matter(request.form.get("matter", ""))
    typed = _typed()
    if request.form.get("more"):
        typed.rows = [*typed.rows, *({} for _ in range(MORE))]
        return _page(matter, typed)
    try:
        made = intake.register(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            files=context.files(),
            application=_application(matter, typed),
            came=_came(typed),
            uploads=_uploads("scan"),
        )
    except (Invalid, NotFound) as refusal:
        typed.message = refusal.message
        typed.flaws = refusal.fields if isinstance(refusal, Invalid) else {}
        return _page(matter, typed), STATUS[Invalid]
    toast(f"Заявка {made.number} зарегистрирована: {made.registration_no or 'ждёт номера'}")
    return redirect(url_for(".card", request_id=made.request_id), code=303)


def _groups(catalogue: Catalogue) -> list[tuple[str, list[tuple[str, str]]]]:
    """What it may be about: (heading, (key, label) of each)."""
    today = context.today()
    told: list[tuple[str, list[tuple[str, str]]]] = []
    actions: tuple[tuple[str, Action], ...] = (
        ("Предоставить доступ", "grant"), ("Отозвать доступ", "revoke"),
    )  # fmt: skip
    for heading, action in actions:
        found = offers(catalogue, action, "mo", today)
        told.append((heading, [(f"{o.system.slug}:{action}", o.label) for o in found]))
    forms = [(catalogue.form(slug, on=today), action) for slug, action in OTHERS]
    others = [(f"{f.slug}:{action}", f"{f.label}: {f.summary}") for f, action in forms]
    return [*told, ("Другое", others)]


def _matter(key: str) -> Matter | None:
    """None for our own XLSX. Raises Invalid."""
    if key == SHEET:
        return None
    catalogue = context.catalogue()
    known = {k: (label, heading) for heading, group in _groups(catalogue) for k, label in group}
    if key not in known:
        raise Invalid("Выберите из списка, о чём заявка.", matter=key)
    slug, _, told = key.partition(":")
    [action] = [one for one in get_args(Action) if one == told]
    label, heading = known[key]
    if slug in catalogue.systems:
        system = catalogue.system(slug)
        spec = catalogue.form(system.form_for(action), on=context.today())
        return Matter(key, f"{label}: {heading.lower()}", spec, action, slug)
    return Matter(key, label, catalogue.form(slug, on=context.today()), action)


def _cells(matter: Matter) -> list[Cell]:
    catalogue = context.catalogue()
    roles: tuple[str, ...] = ()
    if matter.system:
        system = catalogue.system(matter.system)
        roles = tuple(role.name for role in catalogue.roles_of(system, matter.spec))
    return [
        Cell(key, NAMES.get(key, column.plain_header.strip(" *")),
             roles if column.kind == "role" else ())
        for column in matter.spec.columns
        if column.source == "row" and (column.printed or column.required)
        for key in keys_of(column)
    ]  # fmt: skip


def _typed() -> Typed:
    values = {name: text for name, text in request.form.items() if not name.startswith("row-")}
    rows: dict[int, dict[str, str]] = {}
    for name, text in request.form.items():
        prefix, _, rest = name.partition("-")
        number, _, key = rest.partition("-")
        if prefix == "row" and number.isdecimal() and int(number) < MOST_ROWS:
            rows.setdefault(int(number), {})[key] = text
    lost = any(file.filename for file in request.files.values())
    return Typed(values, [rows[n] for n in sorted(rows)], files_lost=lost)


def _application(matter: Matter | None, typed: Typed) -> Application:
    """Raises Invalid, NotFound for a sheet that cannot be read."""
    if matter is None:
        sheets = _uploads("sheet")
        if not sheets:
            message = "Приложите XLSX, который сделала организация."
            raise Invalid(message, {"sheet": message})
        name, content = sheets[0]
        return intake.read_sheet(context.catalogue(), content, name)
    rows = [kept for row in typed.rows if (kept := without_blanks(row))]
    fields = {
        item.key: text
        for item in matter.spec.fields
        if (text := typed.values.get(f"field-{item.key}", "").strip())
    }
    return Application(
        form=matter.spec.slug,
        system=matter.system,
        action=matter.action,
        rows=tuple(rows),
        fields=fields,
        our_ref=typed.values.get("our_ref", "").strip(),
        our_date=typed.values.get("our_date", "").strip(),
    )


def _came(typed: Typed) -> Came:
    """Raises Invalid for a day that cannot be read."""
    values = typed.values
    on = read_date(values.get("on", ""))
    if on is None:
        message = "Это не дата. Пример: 23.11.2026."
        raise Invalid("Заполните то, что отмечено.", {"on": message})
    return Came(
        organization_id=int(values.get("organization", "")) if _is_id(values) else 0,
        channel=values.get("channel", ""),
        on=on,
        registration_no=values.get("registration_no", "").strip(),
        reply_to=values.get("reply_to", "").strip(),
        subject=values.get("subject", ""),
    )


def _is_id(values: Mapping[str, str]) -> bool:
    text = values.get("organization", "")
    return text.isdecimal() and len(text) < 10


def _uploads(name: str) -> list[tuple[str, bytes]]:
    chosen = [file for file in request.files.getlist(name) if file.filename]
    return [(file.filename or "", file.read()) for file in chosen]


def _page(matter: Matter | None, typed: Typed) -> str:
    context.refresh()
    session, actor = context.session(), context.actor()
    return render_template(
        "triage/intake.html",
        matter=matter,
        sheet=SHEET,
        cells=_cells(matter) if matter else (),
        typed=typed,
        organizations=session.scalars(
            organizations.listed(actor).order_by(Organization.short_name, Organization.id)
        ).all(),
        channels={slug: CHANNELS[slug] for slug in BY_HAND},
        subjects={s.slug: s.label for s in SUBJECTS.values() if s.inside},
        asks_subject=bool(matter and matter.action == "cover"),
        signed=matter is None or matter.spec.signature.signer != "none",
        more=MORE,
    )
