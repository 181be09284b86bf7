"""The bar on top: what each role finds there, in its order; the first one is the start page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.domain.roles import ANYONE, OF_ORGANIZATION, Role
from accessflow.services import committee, dismissal_lists, letter_list, queue, signing
from accessflow.services.accounts import role_of
from accessflow.web import context
from accessflow.web.access import MIAC, allows
from accessflow.web.context import signed_in

blueprint = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Item:
    """`endpoint` opens it; current on all pages of its blueprint and of `also`.

    `count`: how many things there wait for this person. `roles`: whose bar has room for it, of
    those who may open it.
    """

    label: str
    endpoint: str
    also: tuple[str, ...] = ()
    count: Callable[[], int] | None = None
    roles: frozenset[Role] = ANYONE

    @property
    def is_current(self) -> bool:
        return request.blueprint in (self.endpoint.partition(".")[0], *self.also)


def _unsigned() -> int:
    return signing.count(context.session(), context.actor())


def _undelivered() -> int:
    return letter_list.count_failed(context.session(), context.actor())


def _at_committee() -> int:
    return committee.count(context.session())


MOST_WAITING = 99


def _queued() -> int:
    """КЗ only reads there."""
    actor = context.actor()
    if actor.role not in MIAC:
        return 0
    return queue.waiting(context.session(), actor, context.today(), MOST_WAITING)


def _unrevoked() -> int:
    return dismissal_lists.count_unfiled(context.session(), context.actor())


ITEMS = (
    Item("Очередь", "queue.index", also=("triage", "views", "bulk", "assignments"), count=_queued),
    Item("Заявки", "requests.index", also=("editor",)),
    Item("Ждут КЗ", "committee.index", count=_at_committee),
    Item("На подпись", "signing.index", count=_unsigned),
    Item(
        "Увольнения",
        "dismissals.index",
        also=("dismissal_lists", "dismissal_report"),
        count=_unrevoked,
        roles=OF_ORGANIZATION,
    ),
    Item("Обзор", "overview.index", also=("dismissal_report",)),
    Item("Реестр доступов", "ledger.index", also=("campaigns", "ledger_lists", "renewals")),
    Item("Сотрудники", "people.index", also=("imports", "changes")),
    Item("Системы и формы", "systems.index"),
    Item("Организация", "directory.own", also=("feeds",)),
    Item("Организации", "directory.index"),
    Item("Учётные записи", "users.index"),
    Item("Письма", "mail.index", also=("mailbox",), count=_undelivered),
    Item("Настройки", "settings.index", also=("canned",)),
)

FIRST: dict[Role, str] = {
    "hr": "dismissals.index",
    "admin": "directory.index",
    "miac_lead": "overview.index",
    "committee": "overview.index",
    "signatory": "signing.index",
}
"""The start page of a role where it is not the first of ITEMS."""

FITTING = 7
"""How many find room in the bar beside the search, 1366 pixels wide."""

NUMBER = re.compile(r"(?:[^\W\d]+-)?\d{4}-\d{1,6}")
"""How a number of an application begins to look to the search: the year, a dash, digits; МИАЦ's own
has letters in front."""


def items_for(role: Role) -> list[Item]:
    first = FIRST.get(role)
    # МИАЦ's list of applications is the queue; the others have the list, and no room for both.
    spare = "requests.index" if role in MIAC else "queue.index"
    allowed = [
        item
        for item in ITEMS
        if allows(item.endpoint, role) and role in item.roles and item.endpoint != spare
    ]
    return sorted(allowed, key=lambda item: item.endpoint != first)


def navigation() -> tuple[list[Item], list[Item]]:
    """The items of whoever is signed in: those in the bar, and the rest of them under «Ещё»."""
    user = signed_in()
    items = items_for(role_of(user.role)) if user else []
    shown = len(items) if len(items) <= FITTING else FITTING - 1
    return items[:shown], items[shown:]


@blueprint.post("/search")
def search() -> ResponseReturnValue:
    """The bar's search field, of every page; the form is posted, for it may hold a СНИЛС.

    МИАЦ looks for applications, whatever is typed; an organisation for its people, too.
    """
    user = signed_in()
    if user is not None and role_of(user.role) in MIAC:
        return redirect(url_for("queue.search"), code=307)
    asks_number = NUMBER.fullmatch(request.form.get("q", "").strip())
    return redirect(url_for("requests.search" if asks_number else "people.search"), code=307)


@blueprint.get("/")
def start() -> ResponseReturnValue:
    user = signed_in()
    if user is None:
        return redirect(url_for("auth.login"))
    return redirect(url_for(items_for(role_of(user.role))[0].endpoint))
