"""One form for every action on an application, made of what its transition asks for.

A page of its own that works without scripts; both cards lead here and come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.db.tables import Request
from accessflow.domain.dates import read_date
from accessflow.domain.errors import AccessflowError, Conflict, Invalid
from accessflow.services import canned, repeats, scope
from accessflow.services.acting import act
from accessflow.services.applications import find, form_of
from accessflow.services.asking_reasons import Reasons
from accessflow.services.card import Card, Offered, card_of, term_after
from accessflow.services.snapshots import acting
from accessflow.web import action_form, action_reasons, context, request_words
from accessflow.web.action_form import OWN_WORDS, Typed
from accessflow.web.errors import STATUS
from accessflow.web.htmx import is_htmx
from accessflow.web.kept import local_path
from accessflow.web.toasts import toast
from accessflow.workflow.asks import ASKS, CAUSES
from accessflow.workflow.decide import EXECUTION
from accessflow.workflow.decide import find as transition_of
from accessflow.workflow.machines import MACHINES
from accessflow.workflow.rows import MIAC
from accessflow.workflow.spec import Ask, Transition

blueprint = Blueprint("actions", __name__, url_prefix="/requests/<int:request_id>/actions")

CANNED = {"refuse": "refuse", "decide": "refuse", "annul": "annul", "request_info": "request_info",
          "extend": "extend"}  # fmt: skip
"""Which of МИАЦ's ready texts an action offers; the others offer replies."""
ELSEWHERE = {"send": "signing.send"}
"""Actions that have a page of their own."""


@blueprint.get("/<action>")
def form(request_id: int, action: str) -> ResponseReturnValue:
    if action in ELSEWHERE:
        return redirect(url_for(ELSEWHERE[action], request_id=request_id))
    card = _card(request_id)
    offered = _offered(card, action)
    typed = Typed(values=_before(card.request), late=False)
    if reasons := _reasons(card.request, offered.transition):
        action_reasons.begin(typed, reasons)
    return _page(card, offered, typed)


@blueprint.get("/<action>/term")
def term(request_id: int, action: str) -> ResponseReturnValue:
    """The new term for a day that is being typed."""
    card = _card(request_id)
    transition = _offered(card, action).transition
    return render_template("actions/_term.html", card=card, **_term(card, transition, request.args))


@blueprint.post("/<action>")
def apply(request_id: int, action: str) -> ResponseReturnValue:
    typed = action_form.typed()
    if request.form.get("compose"):
        card = _card(request_id)
        action_reasons.compose(typed, action_reasons.of(card.request))
        return _page(card, _offered(card, action), typed)
    if request.form.get("canned"):
        card = _card(request_id)
        return _page(card, _offered(card, action), action_form.with_canned(typed))
    try:
        done = act(
            context.db(),
            actor=context.actor(),
            now=context.now(),
            catalogue=context.catalogue(),
            files=context.files(),
            request_id=request_id,
            action=action,
            given=action_form.given_of(typed),
            seen=request.form.get("seen", type=int),
        )
    except (Invalid, Conflict) as refusal:
        return _refused(request_id, action, typed, refusal)
    label = request_words.STATES[done.state].label
    number = f", номер МИАЦ {done.registration_no}" if action == "send" else ""
    moved = action_reasons.moved(typed.values.get("answer_by", ""))
    told = f"{number}. {moved}" if moved else number
    toast(f"Заявка {done.number}: {label[0].lower()}{label[1:]}{told}")
    return _done(_back(request_id))


def _done(address: str) -> ResponseReturnValue:
    """Back to where the person came from; out of a dialog by htmx's own header."""
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, code=303)


def _card(request_id: int) -> Card:
    context.refresh()
    session, actor = context.session(), context.actor()
    found = find(session, actor, request_id)
    return card_of(session, actor, context.catalogue(), found, context.now())


def _offered(card: Card, action: str) -> Offered:
    """Raises Conflict, Forbidden with who may and from where."""
    transition = transition_of(card.snapshot, action, acting(context.actor(), card.request))
    found = card.offer(action)
    return found if found is not None else Offered(transition)


def _refused(
    request_id: int, action: str, typed: Typed, refusal: AccessflowError
) -> ResponseReturnValue:
    """The form again with everything typed, also where the action is gone altogether."""
    card = _card(request_id)
    offered = card.offer(action) or _gone(card, action)
    if offered is None:
        raise refusal
    typed.message = refusal.message
    typed.flaws = refusal.fields if isinstance(refusal, Invalid) else {}
    typed.late = isinstance(refusal, Conflict)
    return _page(card, offered, typed), STATUS[type(refusal)]


def _gone(card: Card, action: str) -> Offered | None:
    """The action as it was offered from the state before: what was typed must not be lost."""
    rows = MACHINES[card.snapshot.kind].transitions
    return next((Offered(t) for t in rows if t.action == action and not t.automatic), None)


def _before(found: Request) -> dict[str, str]:
    """What stands there already and is likely to stay, and what the link brings along."""
    kept = {"external_no": found.external_no, "external_status": found.external_status,
            "forwarded_to": found.forwarded_to or "СТП ЕГИСЗ"}  # fmt: skip
    return kept | {key: request.args[key] for key in ASKS if key in request.args}


def _back(request_id: int) -> str:
    return local_path(request.form.get("back", "")) or url_for(
        "requests.card", request_id=request_id
    )


def _page(card: Card, offered: Offered, typed: Typed) -> str:
    session, catalogue, found = context.session(), context.catalogue(), card.request
    transition = offered.transition
    asks = [ASKS[key] for key in transition.asks]
    miac = context.actor().role in MIAC
    kind = CANNED.get(transition.action, "reply")
    return render_template(
        "actions/dialog.html" if is_htmx() else "actions/form.html",
        card=card,
        found=found,
        spec=form_of(catalogue, found),
        subject=request_words.subject(catalogue, found),
        state=request_words.state_of(found),
        offered=offered,
        transition=transition,
        asks=asks,
        typed=typed,
        causes=CAUSES.get(transition.action, CAUSES["refuse"]),
        executed=EXECUTION.get(found.kind, ""),
        rows=_rows(found, transition.action),
        ready=canned.of_kind(session, catalogue, kind) if miac and _text_of(asks) else [],
        into=_text_of(asks),
        reasons=_reasons(found, transition),
        **action_reasons.names_of(found, typed),
        letter_to=found.reply_mailbox or found.organization.mailbox,
        repeats=_repeats(found) if "duplicate_of" in transition.asks else (),
        **_term(card, transition, typed.values),
        asks_day=bool({"until", "answer_by"} & set(transition.asks)),
        back=local_path(request.values.get("back", ""))
        or url_for("requests.card", request_id=found.id),
        own_words=OWN_WORDS,
        writes=miac and bool(transition.letters),
        outcomes=request_words.OUTCOMES,
    )


def _term(card: Card, transition: Transition, values: Mapping[str, str]) -> Mapping[str, Any]:
    """What becomes of the term with the day that is typed, and where that day is moved to."""
    by = values.get("answer_by", "")
    until = read_date(values.get("until", "")) or action_reasons.day_ahead(by)
    after = term_after(card, context.catalogue(), transition, context.today(), until)
    return {"term": after, "moved": action_reasons.moved(by)}


def _reasons(found: Request, transition: Transition) -> Reasons | None:
    """What МИАЦ may tick where it asks for data; as it was posted, if it was."""
    if transition.action != "request_info" or context.actor().role not in MIAC:
        return None
    return action_reasons.of(found)


def _text_of(asks: list[Ask]) -> str:
    """The field that ready texts go into."""
    return next((ask.key for ask in asks if ask.kind == "long_text"), "")


def _rows(found: Request, action: str) -> list[Any]:
    return [row for row in found.rows if bool(row.outcome) == (action == "undecide")]


def _repeats(found: Request) -> dict[str, str]:
    """Applications that this one may repeat: number -> why."""
    told = repeats.of_request(
        context.session(), context.catalogue(), found, everywhere=scope.sees_all(context.actor())
    )
    return {repeat.other.number: repeat.text for repeat in told}
