"""«Новая заявка» as it is drawn: the whole page, or for htmx the parts that have changed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accessflow.services import candidates, making, picks, request_links, requests
from accessflow.services.candidates import Candidate
from accessflow.services.offers import Offer, offers
from accessflow.services.pasting import Pasted
from accessflow.services.picks import Picks
from accessflow.services.plan import Plan, make_plan, picked_offers
from accessflow.web import context
from accessflow.web.htmx import is_htmx
from accessflow.web.request_words import PREREQUISITES, form_label, marked

PARTS = {
    "find": ("found",),
    "paste": ("pasted",),
    "pairs": ("sum",),
    "roles": ("sum",),  # the script has changed the column already
    "systems": ("chosen", "sum", "matrix"),
}
"""What changes on the page with each operation; everything else with all others."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an operation has to say beside the state: search results, pasted lines, a sentence."""

    who: str = ""
    found: tuple[Candidate, ...] = ()
    gone: int = 0
    paste: str = ""
    pasted: Pasted | None = None
    note: str = ""
    error: str = ""


def draw(picked: Picks, told: Told, operation: str = "") -> ResponseReturnValue:
    status = 422 if told.error else 200
    values = _values(picked, told)
    if not is_htmx():
        return render_template("requests/new.html", **values), status
    parts = PARTS.get(operation, ("people", "systems", "sum", "matrix", "chosen"))
    return render_template("requests/new_parts.html", parts=parts, **values)


def _values(picked: Picks, told: Told) -> dict[str, object]:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    user = context.signed_in()
    kind = user.organization.kind if user and user.organization else "mo"
    today = context.today()
    people = candidates.load(session, actor.organization_id or 0, picked.people)
    everything = offers(catalogue, picked.action, kind, today)
    needle = request.form.get("filter", "").strip() if request.method == "POST" else ""
    chosen = picked_offers(catalogue, picked, kind, today)
    plan = make_plan(catalogue, picked, people, kind, today)
    _, kept_at = picks.load(session, actor.user_id or 0)
    return {
        "picks": picked,
        "told": told,
        "people": people,
        "offers": [o for o in everything if _matches(o, needle)],
        "offers_count": len(everything),
        "needle": needle,
        "chosen": chosen,
        "columns": chosen,
        "rows": [c for c in people if c not in plan.left],
        "plan": plan,
        "kept_at": kept_at,
        "today_": today,
        "kind": kind,
        "head": making.usual_signatory(session, actor.organization_id or 0, today),
        "single_forms": requests.single_forms(catalogue, today, kind),
        "prerequisites": PREREQUISITES,
        "tasks": catalogue.region.prerequisites,
        "lacking": _lacking(plan),
        "form_label": form_label,
        "marked": marked,
        "notices": list(dict.fromkeys(n for o in chosen if not o.exceptional for n in o.notices)),
        "taken": request_links.open_pairs(session, actor, picked.action, people, chosen),
    }


def _matches(offer: Offer, needle: str) -> bool:
    text = f"{offer.label} {offer.description} {offer.form.label}".casefold()
    return all(word in text for word in needle.casefold().split())


def _lacking(plan: Plan) -> dict[str, list[tuple[str, tuple[Candidate, ...]]]]:
    """Offer -> prerequisites that somebody still lacks, and who."""
    found: dict[str, list[tuple[str, tuple[Candidate, ...]]]] = {}
    for planned in plan.applications:
        for slug in planned.offer.form.prerequisites:
            if who := planned.lacking(slug):
                found.setdefault(planned.offer.slug, []).append((slug, who))
    return found
