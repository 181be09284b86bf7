"""Who may call what: every endpoint of the application, in this one place.

An endpoint that is not declared here, or a declaration without an endpoint, stops the start. What
of an organisation's data they then see is a matter of `services/scope.py`.
"""

from __future__ import annotations

from typing import Final, Literal, TypedDict

from flask import Flask, request
from flask.typing import ResponseReturnValue

from accessflow.domain.errors import Forbidden
from accessflow.domain.roles import ANYONE, NEEDS_ORGANIZATION, Role
from accessflow.services.campaigns import STARTERS
from accessflow.services.imports.accounts import LOADERS
from accessflow.services.scope import EDITS_ANY_ORGANIZATION, EDITS_OWN_ORGANIZATION
from accessflow.web.context import signed_in
from accessflow.web.login import ask_to_sign_in

Access = frozenset[Role] | Literal["public"]

PUBLIC: Final = "public"
MIAC: Final[frozenset[Role]] = frozenset({"miac_specialist", "miac_lead"})
QUEUE: Final[frozenset[Role]] = MIAC | {"committee"}
"""They look into the queue; what КЗ finds there it only reads."""
FILERS: Final[frozenset[Role]] = frozenset({"secretary", "hr", "committee"})
"""They write for an organisation of their own: МО, or КЗ as one (Рег. 3.2)."""
OFFICE: Final[frozenset[Role]] = FILERS | {"signatory"}
"""They print, sign and scan what their own organisation sends."""
LEDGER_KEEPERS: Final[frozenset[Role]] = MIAC | LOADERS
"""They load what systems and old journals say is held already."""
OVERSEERS: Final[frozenset[Role]] = MIAC | {"committee", "admin", "auditor"}
"""They see every organisation."""
SETTERS: Final[frozenset[Role]] = MIAC | {"admin", "auditor"}
"""They look at the settings; who changes which is for `services/settings.py` to say."""
LEAVERS_SEEN: Final[frozenset[Role]] = ANYONE - {"admin"}
"""They look at dismissals; whoever is not of the organisation's own staff only reads."""
LEADERS: Final[frozenset[Role]] = frozenset({"miac_lead", "committee", "admin", "auditor"})
"""They look at the overview."""
EDITORS: Final[frozenset[Role]] = EDITS_ANY_ORGANIZATION | EDITS_OWN_ORGANIZATION
"""They edit organisations: any, or their own; which ones is for `services/scope.py` to say."""

ACCESS: Final[dict[str, Access]] = {
    "static": PUBLIC,
    "auth.login": PUBLIC,
    "auth.logout": ANYONE,
    "home.start": ANYONE,
    "home.search": ANYONE,
    "directory.index": OVERSEERS,
    "directory.own": NEEDS_ORGANIZATION,
    "directory.show": ANYONE,
    "directory.new": EDITS_ANY_ORGANIZATION,
    "directory.edit": EDITORS,
    "directory.archive": EDITS_ANY_ORGANIZATION,
    "directory.new_unit": EDITORS,
    "directory.edit_unit": EDITORS,
    "directory.archive_unit": EDITORS,
    "directory.new_signatory": EDITORS,
    "directory.edit_signatory": EDITORS,
    "directory.archive_signatory": EDITORS,
    "directory.export": OVERSEERS,
    "people.index": ANYONE,
    "people.search": ANYONE,
    "people.export": ANYONE,
    "people.show": ANYONE,
    "people.new": FILERS,
    "people.edit": FILERS,
    "people.note": FILERS | MIAC,
    "imports.new": FILERS,
    "imports.sample": FILERS,
    "imports.show": FILERS,
    "imports.choose": FILERS,
    "imports.run": FILERS,
    "imports.refused": FILERS,
    "dismissal_lists.new": FILERS,
    "dismissal_lists.sample": FILERS,
    "dismissal_lists.show": FILERS,
    "dismissal_lists.choose": FILERS,
    "dismissal_lists.run": FILERS,
    "dismissal_lists.refused": FILERS,
    "ledger_lists.new": LEDGER_KEEPERS,
    "ledger_lists.sample": LEDGER_KEEPERS,
    "ledger_lists.show": LEDGER_KEEPERS,
    "ledger_lists.choose": LEDGER_KEEPERS,
    "ledger_lists.run": LEDGER_KEEPERS,
    "ledger_lists.refused": LEDGER_KEEPERS,
    "ledger_lists.withdraw": LEDGER_KEEPERS,
    "ledger_lists.differences": LEDGER_KEEPERS,
    "ledger_lists.close": LEDGER_KEEPERS,
    "ledger_lists.export": LEDGER_KEEPERS,
    "renewals.index": ANYONE,
    "renewals.search": ANYONE,
    "renewals.export": ANYONE,
    "renewals.renew": FILERS,
    "renewals.take_away": FILERS,
    "renewals.leave": FILERS,
    "changes.role": FILERS,
    "changes.change_role": FILERS,
    "changes.unit": FILERS,
    "changes.transfer": FILERS,
    "changes.arrival": FILERS,
    "changes.arrive": FILERS,
    "changes.name": FILERS,
    "changes.change_name": FILERS,
    "changes.show": ANYONE,
    "changes.prepare": FILERS,
    "dismissals.index": LEAVERS_SEEN,
    "dismissals.enter": FILERS,
    "dismissals.term": LEAVERS_SEEN,
    "dismissals.search": LEAVERS_SEEN,
    "dismissals.export": LEAVERS_SEEN,
    "dismissals.show": LEAVERS_SEEN,
    "dismissals.make": FILERS,
    "dismissals.make_all": FILERS,
    "dismissals.sign": FILERS,
    "dismissals.close_under_way": FILERS,
    "dismissals.ask": FILERS,
    "dismissals.answer": FILERS,
    "dismissals.take_back": FILERS,
    "dismissals.restore": FILERS,
    "dismissals.ask_again": FILERS,
    "ledger.index": ANYONE,
    "ledger.search": ANYONE,
    "ledger.matrix": ANYONE,
    "ledger.export": ANYONE,
    "ledger.person": ANYONE,
    "ledger.system": ANYONE,
    "ledger.organization": ANYONE,
    "ledger.unknown": ANYONE,
    "ledger.search_unknown": ANYONE,
    "ledger.export_unknown": ANYONE,
    "ledger.admitted_page": ANYONE,
    "ledger.admitted_file": ANYONE,
    "users.index": frozenset({"admin"}),
    "overview.index": LEADERS,
    "overview.requests": LEADERS,
    "overview.export": LEADERS,
    "overview.export_list": LEADERS,
    "settings.index": SETTERS,
    "settings.section": SETTERS,
    "settings.value": SETTERS,
    "settings.change": frozenset({"miac_lead", "admin"}),
    "settings.undo": frozenset({"miac_lead", "admin"}),
    "canned.index": SETTERS,
    "canned.new": MIAC | {"admin"},
    "canned.edit": MIAC | {"admin"},
    "canned.archive": MIAC | {"admin"},
    "committee.index": frozenset({"committee"}),
    "requests.index": ANYONE,
    "requests.search": ANYONE,
    "requests.export": ANYONE,
    "requests.card": ANYONE,
    "requests.new": FILERS,
    "requests.pick": FILERS,
    "requests.single": FILERS,
    "requests.copy": FILERS,
    "requests.resubmit": FILERS,
    "requests.stage_documents": frozenset({"committee"}),
    "requests.problem": FILERS,
    "requests.new_problem": FILERS,
    "requests.describe": FILERS,
    "requests.described": FILERS,
    "requests.answer": FILERS,
    "requests.delete": FILERS,
    "requests.delete_one": FILERS,
    "requests.restore": FILERS,
    "editor.edit": FILERS,
    "editor.change": FILERS,
    "editor.cells": FILERS,
    "editor.take_back": FILERS,
    "editor.import_sheet": FILERS,
    "editor.look_at_sheet": FILERS,
    "editor.take_sheet": FILERS,
    "editor.pages": ANYONE,
    "editor.preview": ANYONE,
    "editor.file": ANYONE,
    "signing.index": OFFICE,
    "signing.print_all": OFFICE,
    "signing.upload_batch": OFFICE,
    "signing.batch": OFFICE,
    "signing.batch_page": OFFICE,
    "signing.assign": OFFICE,
    "signing.turn_page": OFFICE,
    "signing.confirm_many": OFFICE,
    "signing.send_many": FILERS,
    "signing.upload": ANYONE,
    "signing.lay": OFFICE | MIAC,
    "signing.confirm": OFFICE | MIAC,
    "signing.turn": OFFICE | MIAC,
    "signing.attach": FILERS,
    "signing.detach": FILERS,
    "signing.send": OFFICE,
    "signing.send_now": FILERS,
    "signing.archive": ANYONE,
    "signing.file": ANYONE,
    "signing.page": ANYONE,
    "actions.form": ANYONE,  # the machine says who may do what
    "actions.term": ANYONE,
    "actions.apply": ANYONE,
    "messages.show": ANYONE,
    "messages.write": OFFICE | MIAC,
    "queue.index": QUEUE,
    "queue.search": QUEUE,
    "queue.export": QUEUE,
    "queue.take": MIAC,
    "views.new": QUEUE,
    "views.edit": QUEUE,
    "views.delete": QUEUE,
    "views.restore": QUEUE,
    "triage.card": OVERSEERS,
    "triage.director": MIAC,
    "triage.intake": MIAC,
    "triage.register": MIAC,
    "triage.look": MIAC | {"committee"},
    "triage.waive": MIAC,
    "triage.weigh": MIAC,
    "assignments.assign": MIAC,
    "assignments.absences": MIAC,
    "assignments.enter": MIAC,
    "assignments.remove": MIAC,
    "bulk.start": MIAC,
    "bulk.begin": MIAC,
    "bulk.show": MIAC,
    "bulk.run": MIAC,
    "dismissal_report.index": LEAVERS_SEEN,
    "dismissal_report.listed": LEAVERS_SEEN,
    "dismissal_report.export_list": LEAVERS_SEEN,
    "dismissal_report.export": LEAVERS_SEEN,
    "dismissal_report.printed": LEAVERS_SEEN,
    "dismissal_report.rights": ANYONE,
    "dismissal_report.export_rights": ANYONE,
    "feeds.calendar": PUBLIC,  # the token in its address is the key
    "feeds.index": NEEDS_ORGANIZATION,
    "feeds.new": NEEDS_ORGANIZATION,
    "feeds.withdraw": NEEDS_ORGANIZATION,
    "feeds.restore": NEEDS_ORGANIZATION,
    "campaigns.index": ANYONE,
    "campaigns.export": ANYONE,
    "campaigns.new": STARTERS,
    "campaigns.show": ANYONE,
    "campaigns.close": STARTERS,
    "campaigns.move": STARTERS,
    "campaigns.move_back": STARTERS,
    "campaigns.report": ANYONE,
    "campaigns.lay": OFFICE | MIAC,
    "campaigns.signed": ANYONE,
    "campaigns.lines": ANYONE,
    "campaigns.search": ANYONE,
    "campaigns.decide": OFFICE,
    "campaigns.undo": OFFICE,
    "campaigns.make": FILERS,
    "campaigns.sign": FILERS,
    "campaigns.export_lines": ANYONE,
    "mail.index": MIAC | {"admin", "auditor"},
    "mail.show": ANYONE,
    "mail.body": ANYONE,
    "mail.again": MIAC | FILERS | {"admin"},
    "mailbox.index": ANYONE,
    "mailbox.show": ANYONE,
    "mailbox.body": ANYONE,
    "mailbox.file": ANYONE,
    "memos.show": ANYONE,
    "memos.mail": FILERS,
    "profile.show": ANYONE,
    "systems.index": ANYONE,
    "systems.export": ANYONE,
    "systems.form": ANYONE,
    "systems.blank_form": ANYONE,
}


class Route(TypedDict):
    endpoint: str
    rule: str
    methods: list[str]
    access: Literal["public"] | list[Role]


class UndeclaredAccess(Exception):
    """An endpoint and its declaration do not match; the message names both sides."""


def check_declared(app: Flask) -> None:
    """Raises UndeclaredAccess unless the endpoints and the declarations are the same set."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    undeclared, needless = endpoints - ACCESS.keys(), ACCESS.keys() - endpoints
    if undeclared or needless:
        raise UndeclaredAccess(
            f"web/access.py: undeclared {sorted(undeclared)}, without endpoint {sorted(needless)}"
        )


def routes(app: Flask) -> list[Route]:
    """What `accessflow routes --json` prints, in the order of the addresses."""
    found: list[Route] = [
        {
            "endpoint": rule.endpoint,
            "rule": rule.rule,
            "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
            "access": PUBLIC if (access := ACCESS[rule.endpoint]) == PUBLIC else sorted(access),
        }
        for rule in app.url_map.iter_rules()
    ]
    return sorted(found, key=lambda route: (route["rule"], route["endpoint"]))


def allows(endpoint: str, role: Role) -> bool:
    access = ACCESS[endpoint]
    return access == PUBLIC or role in access


def enforce() -> ResponseReturnValue | None:
    """Before every request. An address that does not exist is left to the 404 page."""
    if request.endpoint is None or ACCESS[request.endpoint] == PUBLIC:
        return None
    user = signed_in()
    if user is None:
        return ask_to_sign_in()
    if user.role not in ACCESS[request.endpoint]:
        raise Forbidden(
            "Эта страница не для вашей роли.",
            endpoint=request.endpoint,
            role=user.role,
        )
    return None
