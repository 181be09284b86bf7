"""«Отозвано, чего реестр не знал»: revocations carried out that ended no right of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from accessflow.db.tables import LedgerEntry, Organization, Person
from accessflow.services import ledger_queries, scope
from accessflow.services.admitted import label_of
from accessflow.services.people import name_of
from accessflow.web import context
from accessflow.web.exports import long_sheet
from accessflow.web.ledger_blueprint import blueprint, offered
from accessflow.web.ledger_words import request_of
from accessflow.web.lists import Order, chunks_of, page_of
from accessflow.web.searches import asked_ids, search_people
from accessflow.web.words import day, masked_snils, moment

PAGE = 50
USUAL = "-told"
ORDER: Order = {
    "told": [LedgerEntry.id],
    "name": [Person.search_name, LedgerEntry.id],
    "organization": [Organization.short_name, LedgerEntry.id],
    "system": [LedgerEntry.system, LedgerEntry.id],
    "day": [LedgerEntry.happened_on, LedgerEntry.id],
}
HEADERS = ("Сотрудник", "СНИЛС", "Организация", "Система", "Роль", "Отозвано", "Заявка",
           "Внесено в реестр")  # fmt: skip
WIDTHS = (34, 16, 34, 26, 24, 11, 20, 18)


@blueprint.get("/unknown")
def unknown() -> ResponseReturnValue:
    """A page of them, newest first; each worth a look."""
    page = page_of(context.session(), _asked(), order=ORDER, default=USUAL, size=PAGE)
    ids, text = asked_ids(), _text()
    return render_template(
        "ledger/unknown.html",
        page=page,
        entries=_told(page.items),
        text=text,
        by_number=ids is not None,
        narrowed=bool(text) or ids is not None,
        overseer=scope.sees_all(context.actor()),
        offered=offered,
    )


@blueprint.post("/unknown/search")
def search_unknown() -> ResponseReturnValue:
    return search_people(["sort"], ".unknown")


@blueprint.get("/unknown.xlsx")
def export_unknown() -> ResponseReturnValue:
    """All of the search, however many."""
    return long_sheet("Отозвано, чего реестр не знал", HEADERS, WIDTHS, _exported())


def unknown_of(person_id: int) -> list[dict[str, Any]]:
    """Those of one person, newest first."""
    query = ledger_queries.closings_without_a_right(context.actor(), person=person_id)
    return _told(context.session().scalars(query.order_by(LedgerEntry.id.desc())))


def _asked() -> Select[LedgerEntry]:
    return ledger_queries.closings_without_a_right(
        context.actor(), text=_text(), people=asked_ids()
    )


def _text() -> str:
    return request.args.get("q", "").strip()


def _told(entries: Iterable[LedgerEntry]) -> list[dict[str, Any]]:
    return [
        {
            "entry": entry,
            "name": name_of(entry.person).full,
            "system": label_of(context.catalogue(), entry.system),
            "organization": entry.organization,
            "request": request_of(entry),
        }
        for entry in entries
    ]


def _exported() -> Iterator[list[str]]:
    for chunk in chunks_of(context.session(), _asked(), order=ORDER, default=USUAL):
        for one in _told(chunk):
            entry, found = one["entry"], one["request"]
            yield [
                one["name"], masked_snils(entry.person.snils), one["organization"].short_name,
                one["system"], entry.role or "любая", day(entry.happened_on),
                found.number if found else entry.reference, moment(entry.recorded_at),
            ]  # fmt: skip
