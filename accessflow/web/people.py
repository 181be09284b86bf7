"""People: the list, the card, and the notes on what must be done beforehand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Employment, Organization, Person
from accessflow.domain.text import counted
from accessflow.services import attestations, change_records, history, people, scope, units
from accessflow.services.attestations import KINDS
from accessflow.services.people import Filter
from accessflow.web import context, ledger_asked
from accessflow.web.exports import long_sheet
from accessflow.web.keys import keys_in
from accessflow.web.ledger_of import rights_of
from accessflow.web.lists import Order, chunks_of, page_of
from accessflow.web.searches import asked_ids, kept, search_people
from accessflow.web.timeline import timeline
from accessflow.web.toasts import toast
from accessflow.web.words import day, masked_snils

blueprint = Blueprint("people", __name__, url_prefix="/people")

ORDER: Order = {
    "name": [Person.search_name, Employment.id],
    "position": [Employment.search_text, Person.search_name, Employment.id],
    "organization": [Organization.short_name, Person.search_name, Employment.id],
    "since": [Employment.since, Employment.id],
}
STATES = {"working": "Работают", "dismissed": "Уволены", "all": "Все"}
HEADERS = (
    "ФИО", "СНИЛС", "Организация", "Подразделение", "Должность", "Табельный номер", "E-mail",
    "Рабочий телефон", "Контактный телефон", "Принят", "Уволен", *KINDS.values(),
)  # fmt: skip
WIDTHS = (34, 16, 34, 24, 28, 18, 28, 18, 20, 12, 12, *(16 for _ in KINDS))
KEPT = ("state", "unit", "organization", "missing", "sort")


@blueprint.get("")
def index() -> ResponseReturnValue:
    actor, session = context.actor(), context.session()
    found = _filter()
    query = people.listed(actor, found, context.today())
    overseer = scope.sees_all(actor)
    narrowed = found.organization_id or (None if overseer else actor.organization_id)
    return render_template(
        "people/index.html",
        page=page_of(session, query, order=ORDER, default="name"),
        found=found,
        by_number="ids" in request.args,
        filtered=bool(request.args.keys() - {"sort", "page", "state"}) or found.state != "working",
        states=STATES,
        kinds=KINDS,
        overseer=overseer,
        organizations=people.organizations_with_people(session, actor) if overseer else [],
        units=units.of_organization(session, narrowed) if narrowed else [],
        may_add=_may_add(),
        may_attest=actor.role not in ("admin", "auditor", "signatory"),
        today=context.today(),
        is_current=people.is_current,
    )


@blueprint.post("/search")
def search() -> ResponseReturnValue:
    return search_people(KEPT)


@blueprint.get("/export.xlsx")
def export() -> ResponseReturnValue:
    query = people.listed(context.actor(), _filter(), context.today())
    chunks = chunks_of(context.session(), query, order=ORDER, default="name")
    rows = (_exported(job) for chunk in chunks for job in chunk)
    return long_sheet("Сотрудники", HEADERS, WIDTHS, rows)


@blueprint.get("/<int:person_id>")
def show(person_id: int) -> ResponseReturnValue:
    actor, session = context.actor(), context.session()
    person = scope.person(session, actor, person_id)
    jobs = people.jobs_of(session, actor, person_id)
    entities = [("person", person.id), *(("employment", job.id) for job in jobs)]
    notes = {note.kind: note for note in people.attestations(session, person_id)}
    return render_template(
        "people/show.html",
        person=person,
        name=people.name_of(person).full,
        jobs=jobs,
        kinds=KINDS,
        tasks=context.catalogue().region.prerequisites,
        notes=notes,
        may_name=lambda user: (
            user.organization_id is None or scope.may_see(actor, user.organization_id)
        ),
        may_change=lambda job: scope.may_change_people(actor, job.organization_id),
        may_attest=actor.role not in ("admin", "auditor", "signatory"),
        is_current=people.is_current,
        changes=change_records.of_person(session, actor, person_id),
        change_kinds=change_records.KINDS,
        history=timeline(actor, history.changes_of(session, entities)),
        rights=rights_of(person.id, ledger_asked.question().on),
        kept=ledger_asked.arguments,
    )


@blueprint.post("/<any(attest, withdraw):step>")
def note(step: str) -> ResponseReturnValue:
    """One person or many at once: `person` fields, `kind`, and `back`, where to return to."""
    kind = request.form.get("kind") or request.args.get("kind", "")
    given = request.form.getlist("person") or request.args.get("ids", "").split(",")
    person_ids = keys_in(given)
    act = attestations.attest if step == "attest" else attestations.withdraw
    done = act(
        context.db(), actor=context.actor(), now=context.now(), person_ids=person_ids, kind=kind
    )
    _tell(step, kind, done, len(person_ids))
    if request.form.get("back") == "person" and len(person_ids) == 1:
        return redirect(url_for(".show", person_id=person_ids[0]))
    return redirect(url_for(".index", **_back()))


def _tell(step: str, kind: str, done: list[int], asked: int) -> None:
    if not asked:
        toast("Сначала отметьте сотрудников в списке.", kind="warn")
        return
    what = f"«{KINDS[kind]}»: " + ("отмечено" if step == "attest" else "отметка снята")
    words = f"{what} у {counted(len(done), 'сотрудника', 'сотрудников', 'сотрудников')}."
    other = "withdraw" if step == "attest" else "attest"
    ids = ",".join(map(str, done))
    undo = url_for(".note", step=other, kind=kind, ids=ids) if done and len(done) <= 100 else ""
    toast(words if done else f"{what} ни у кого: так уже и было.", undo=undo)


def _back() -> dict[str, Any]:
    """The list's own arguments, carried by the form, so that one returns to the same part of it."""
    return kept(("q", "ids", *KEPT, "page"))


def _filter() -> Filter:
    arguments = request.args
    return Filter(
        query=arguments.get("q", ""),
        organization_id=arguments.get("organization", type=int),
        unit_id=arguments.get("unit", type=int),
        state=state if (state := arguments.get("state", "working")) in STATES else "working",
        missing=kind if (kind := arguments.get("missing", "")) in KINDS else "",
        ids=asked_ids(),
    )


def _may_add() -> bool:
    actor = context.actor()
    return scope.may_change_people(actor, actor.organization_id or 0)


def _exported(job: Employment) -> list[str]:
    person = job.person
    noted = {note.kind: day(note.at.date()) for note in person.attestations}
    return [
        people.name_of(person).full,
        masked_snils(person.snils),
        job.organization.short_name,
        job.unit.name if job.unit else "",
        job.position,
        job.personnel_no,
        job.email,
        job.work_phone,
        job.contact_phone,
        day(job.since) if job.since else "",
        day(job.until) if job.until else "",
        *(noted.get(kind, "") for kind in KINDS),
    ]
