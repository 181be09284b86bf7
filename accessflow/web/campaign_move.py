"""Another last day for a recertification that is going on: asked for, told of, taken back."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form, StringField

from accessflow.domain.errors import Conflict
from accessflow.domain.text import counted
from accessflow.services import campaign_moving, campaign_progress, campaigns
from accessflow.services.campaign_moving import Moved
from accessflow.web import context
from accessflow.web.campaigns import blueprint
from accessflow.web.forms import Entry, posted
from accessflow.web.toasts import toast
from accessflow.web.words import day


class MoveForm(Form):
    due_on = StringField(
        "Новый последний день",
        render_kw={"required": True, "maxlength": 10, "inputmode": "numeric"},
    )
    reason = StringField("Почему", render_kw={"required": True, "maxlength": 255})


@blueprint.route("/<int:campaign_id>/move", methods=["GET", "POST"])
def move(campaign_id: int) -> ResponseReturnValue:
    campaign = campaigns.find(context.session(), context.actor(), campaign_id)
    if request.method == "GET":
        return _page(campaign_id, Entry(MoveForm(data={"due_on": day(campaign.due_on)})))
    entry = Entry(posted(MoveForm))
    if not entry.save(
        lambda _: campaign_moving.move(
            context.db(), actor=context.actor(), now=context.now(),
            catalogue=context.catalogue(), campaign_id=campaign_id,
            due_on=entry.form.due_on.data or "", reason=entry.form.reason.data or "",
        )
    ):  # fmt: skip
        return _page(campaign_id, entry), 422
    moved: Moved = entry.saved
    undo = url_for(".move_back", campaign_id=campaign_id)
    toast(f"Последний день теперь {day(moved.after)}. {_told(moved)}", undo=undo,
          undo_text="Вернуть прежний")  # fmt: skip
    return redirect(url_for(".show", campaign_id=campaign_id), code=303)


@blueprint.post("/<int:campaign_id>/move-back")
def move_back(campaign_id: int) -> ResponseReturnValue:
    moved = campaign_moving.take_back(
        context.db(), actor=context.actor(), now=context.now(), catalogue=context.catalogue(),
        campaign_id=campaign_id,
    )  # fmt: skip
    toast(f"Последний день снова {day(moved.after)}. {_told(moved)}")
    return redirect(url_for(".show", campaign_id=campaign_id), code=303)


def _told(moved: Moved) -> str:
    if not moved.letters:
        return "Напоминания переставлены."
    return f"Напоминания переставлены, ушло {counted(moved.letters, 'письмо', 'письма', 'писем')}."


def _page(campaign_id: int, entry: Entry[MoveForm]) -> str:
    """Raises Forbidden for whoever may not run it, Conflict for one that is closed."""
    session, actor = context.session(), context.actor()
    campaign = campaigns.find(session, actor, campaign_id)
    campaigns.require_run(actor, campaign)
    if campaign.closed_at is not None:
        raise Conflict("Этот пересмотр уже закрыт: срока у него нет.", campaign=campaign_id)
    left = campaign_progress.region(session, actor, campaign_id, part="unfinished", size=1)
    return render_template(
        "campaigns/move.html", entry=entry, campaign=campaign, unfinished=left.found
    )
