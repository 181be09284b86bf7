"""The bar on top: what each role finds there, in its order; the first one is the start page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from accessflow.domain.roles import ANYONE, OF_ORGANIZATION, Role
from accessflow.services import committee, dismissal_lists, letter_list, queue, signing
from accessflow.services.accounts import role_of
from accessflow.services.counting import count_all
from accessflow.web import context
from accessflow.web.access import MIAC, allows
from accessflow.web.context import signed_in

blueprint = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Item:
    """`endpoint` opens it; current on all pages of its blueprint and of `also`.

    `count`: counts the things there that wait for this person. `roles`: whose bar has room for it,
    of those who may open it.
    """

    label: str
    endpoint: str
    also: tuple[str, ...] = ()
    count: Callable[[], Select[int] | None] = lambda: None
    roles: frozenset[Role] = ANYONE

    @property
    def is_current(self) -> bool:
        return request.blueprint in (self.endpoint.partition(".")[0], *self.also)


@dataclass(frozen=True, slots=True)
class Bar:
    """Of whoever is signed in: the items that it has room for, those under «Ещё», and by endpoint
    how many things wait there."""

    items: Sequence[Item] = ()
    beyond: Sequence[Item] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)


MOST_WAITING = 99


def _queued() -> Select[int] | None:
    """КЗ only reads there."""
    actor = context.actor()
    if actor.role not in MIAC:
        return None
    return queue.waiting(context.session(), actor, context.today(), MOST_WAITING)


ITEMS = (
    Item("Очередь", "queue.index", also=("triage", "views", "bulk", "assignments"), count=_queued),
    Item("Заявки", "requests.index", also=("editor",)),
    Item("Ждут КЗ", "committee.index", count=lambda: committee.AT_STAGE),
    Item("На подпись", "signing.index", count=lambda: signing.unsigned(context.actor())),
    Item(
        "Увольнения",
        "dismissals.index",
        also=("dismissal_lists", "dismissal_report"),
        count=lambda: dismissal_lists.unfiled(context.actor()),
        roles=OF_ORGANIZATION,
    ),
    Item("Обзор", "overview.index", also=("dismissal_report",)),
    Item("Реестр доступов", "ledger.index", also=("campaigns", "ledger_lists", "renewals")),
    Item("Сотрудники", "people.index", also=("imports", "changes")),
    Item("Системы и формы", "systems.index"),
    Item("Организация", "directory.own", also=("feeds",)),
    Item("Организации", "directory.index"),
    Item("Учётные записи", "users.index"),
    Item(
        "Письма", "mail.index", also=("mailbox",), count=lambda: letter_list.failed(context.actor())
    ),
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


def navigation() -> Bar:
    user = signed_in()
    if user is None:
        return Bar()
    items = items_for(role_of(user.role))
    shown = len(items) if len(items) <= FITTING else FITTING - 1
    counts = count_all(context.session(), [item.count() for item in items])
    waiting = {item.endpoint: count for item, count in zip(items, counts, strict=True)}
    return Bar(items[:shown], items[shown:], waiting)


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
