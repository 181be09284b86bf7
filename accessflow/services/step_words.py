"""What each letter of a transition says: from the step that is applied to the message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from accessflow.db.tables import Request
from accessflow.notify import committee_messages, decision_messages, messages
from accessflow.notify.rendering import About, House, Message
from accessflow.services import asking, terms, timeline
from accessflow.services.clock import moscow_date
from accessflow.services.letter_words import (
    MIAC_SIDE,
    cause_in_words,
    day,
    decided,
    decisions_of,
    house_by,
    matter,
    row_labels,
)

if TYPE_CHECKING:
    from accessflow.services.acting import Moment


def compose(moment: Moment, kind: str, whose: About) -> Message:
    """The message `kind` of this step; `whose` is what its reader may open."""
    return WRITERS[kind](moment, house_by(moment.session, moment.catalogue, moment.actor), whose)


def given(moment: Moment, key: str) -> str:
    return str(moment.step.given.get(key, ""))


def _noted(
    function: Callable[..., Message], ask: str = "note", key: str = "note"
) -> Callable[[Moment, House, About], Message]:
    """A message that says one thing that the action was given."""

    def write(moment: Moment, house: House, whose: About) -> Message:
        values: dict[str, Any] = {key: given(moment, ask)}
        return function(house, whose, **values)

    return write


def _registered(moment: Moment, house: House, whose: About) -> Message:
    due = _due(moment)
    return messages.registered(house, whose, registration_no=whose.registration_no, due=due)


RESUMED = {
    "third_answered": "Третья сторона ответила.",
    "proceed": "МИАЦ продолжает без ответа на запрос сведений.",
    "take_back": "МИАЦ забрал заявку обратно.",
    "hand_back": "КЗ вернул заявку в МИАЦ.",
}
"""Why it is under review again, by action."""


def _resumed(moment: Moment, house: House, whose: About) -> Message:
    why = RESUMED[moment.step.transition.action]
    note = given(moment, "note") or given(moment, "text")
    return messages.resumed(house, whose, why=why, due=_due(moment), note=note)


def _due(moment: Moment) -> str:
    events = timeline.events_of(moment.session, moment.request.id)
    due = terms.due_of(events, moment.request, moment.catalogue, moscow_date(moment.now))
    return day(due.day if due else None)


def _info_requested(moment: Moment, house: House, whose: About) -> Message:
    """About which rows and by which day, as its event keeps them."""
    asked = asking.asked_by(moment.event)
    return messages.info_requested(
        house, whose, text=asked.text, rows=asking.in_words(moment.request, asked),
        answer_by=day(asked.answer_by),
    )  # fmt: skip


def _third_asked(moment: Moment, house: House, whose: About) -> Message:
    return messages.third_asked(
        house, whose, third_party=given(moment, "third_party"), text=given(moment, "text")
    )


def _extended(moment: Moment, house: House, whose: About) -> Message:
    until = moment.step.given["until"]
    return messages.extended(
        house,
        whose,
        cause=cause_in_words(given(moment, "extension_cause")),
        until=day(until if isinstance(until, date) else date.fromisoformat(until)),
        author_facts=given(moment, "author_facts"),
        outside_need=given(moment, "outside_need"),
        actions_taken=given(moment, "actions_taken"),
    )


def _forwarded(moment: Moment, house: House, whose: About) -> Message:
    to = given(moment, "forwarded_to") or moment.request.forwarded_to or "владельцу системы"
    return messages.forwarded(
        house,
        whose,
        forwarded_to=to,
        external_no=given(moment, "external_no"),
        note=given(moment, "note"),
    )


def _package(moment: Moment, house: House, whose: About) -> Message:
    return messages.package(
        house,
        whose,
        matter=matter(moment.catalogue, moment.request),
        external_no=given(moment, "external_no"),
        note=given(moment, "note"),
    )


def _at_committee(moment: Moment, house: House, whose: About) -> Message:
    accepted = moment.actor.role == "committee"
    return committee_messages.at_committee(house, whose, accepted=accepted)


OFF_COMMITTEE = {
    "withdraw": "Организация отозвала заявку.",
    "take_back": "МИАЦ забрал заявку обратно.",
}
"""Why КЗ has nothing to do with it any more, by action."""


def _off_committee(moment: Moment, house: House, whose: About) -> Message:
    why = OFF_COMMITTEE[moment.step.transition.action]
    return committee_messages.off_committee(house, whose, why=why, note=given(moment, "note"))


def _refused(moment: Moment, house: House, whose: About) -> Message:
    return messages.refused(
        house,
        whose,
        cause=cause_in_words(given(moment, "cause")),
        text=given(moment, "text"),
        rows=decided(moment.request),
    )


def _annulled(moment: Moment, house: House, whose: About) -> Message:
    cause = cause_in_words(given(moment, "cause"))
    return messages.annulled(house, whose, cause=cause, text=given(moment, "text"))


def _duplicate(moment: Moment, house: House, whose: About) -> Message:
    """The original's number alone: it may be of another organisation."""
    request = moment.request
    original_id = request.duplicate_of_id or moment.step.given.get("duplicate_of")
    original = moment.session.get(Request, original_id)
    number = (original.registration_no or original.number) if original else ""
    return messages.duplicate(house, whose, original=number, note=given(moment, "note"))


def _reopened(moment: Moment, house: House, whose: About) -> Message:
    by_filer = moment.actor.organization_id == moment.request.organization_id
    who = moment.request.organization.short_name if by_filer else MIAC_SIDE
    text = given(moment, "text") or given(moment, "note")
    return messages.reopened(house, whose, who=who, text=text)


def _executed(moment: Moment, house: House, whose: About) -> Message:
    return messages.executed(house, whose, rows=decided(moment.request))


def _decided(moment: Moment, house: House, whose: About) -> Message:
    """Apart: what has just been decided, what had been before, and who still waits."""
    request = moment.request
    now = {decision.row_id for decision in moment.rows}
    told = decisions_of(request, (row for row in request.rows if row.id in now))
    before = (row for row in request.rows if row.outcome and row.id not in now)
    called = row_labels(request)
    return decision_messages.decided(
        house,
        whose,
        rows=told,
        before=decisions_of(request, before),
        waiting=[called[row.id] for row in request.rows if not row.outcome],
    )


def _undecided(moment: Moment, house: House, whose: About) -> Message:
    called = row_labels(moment.request)
    names = [called[decision.row_id] for decision in moment.rows]
    return decision_messages.undecided(house, whose, names=names, text=given(moment, "text"))


def _closed(moment: Moment, house: House, whose: About) -> Message:
    days = moment.catalogue.region.limits.reopen_days
    return messages.closed(house, whose, rows=decided(moment.request), reopen_days=days)


WRITERS: Mapping[str, Callable[[Moment, House, About], Message]] = MappingProxyType(
    {
        "registered": _registered,
        "info_requested": _info_requested,
        "answered": _noted(messages.answered, "answer", "text"),
        "third_asked": _third_asked,
        "resumed": _resumed,
        "extended": _extended,
        "forwarded": _forwarded,
        "package": _package,
        "at_committee": _at_committee,
        "to_committee": _noted(messages.to_committee),
        "emd_arrived": lambda _, house, whose: committee_messages.emd_arrived(house, whose),
        "handed_back": _noted(committee_messages.handed_back, "text", "text"),
        "off_committee": _off_committee,
        "decided": _decided,
        "undecided": _undecided,
        "executed": _executed,
        "refused": _refused,
        "annulled": _annulled,
        "duplicate": _duplicate,
        "withdrawn": _noted(messages.withdrawn),
        "reopened": _reopened,
        "closed": _closed,
        "resolved": _noted(messages.resolved, "text", "text"),
        "deleted": _noted(messages.deleted),
        "reuploaded": _noted(messages.reuploaded),
        "connected": _noted(messages.connected),
    }
)
"""By kind; those that go with files are written in `parcel_letters.py`."""
