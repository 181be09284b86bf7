"""«Календарь сроков»: secret links to an organisation's terms, and the calendar behind one."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from accessflow.documents.ics import MEDIA_TYPE, write_calendar
from accessflow.services import feeds
from accessflow.web import context
from accessflow.web.toasts import toast

blueprint = Blueprint("feeds", __name__)

TOLD_ONCE = "feed_token"
"""Where the token of a link just made waits for the page that shows it, once."""


@blueprint.get("/calendar/<token>.ics")
def calendar(token: str) -> ResponseReturnValue:
    """Public: the token is the key. An unknown or withdrawn one is not there (404)."""
    feed = feeds.by_token(context.session(), token)
    found = feeds.entries(
        context.session(), context.catalogue(), feed, base_url=context.core().settings.base_url
    )
    content = write_calendar(feeds.name_of(context.session(), feed), found)
    response = Response(content, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="terms.ics"'
    response.headers["Cache-Control"] = "private, no-cache"  # asked again, answered by its ETag
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response.make_conditional(request)


@blueprint.get("/organization/calendar")
def index() -> ResponseReturnValue:
    actor = context.actor()
    token = session.pop(TOLD_ONCE, "")
    path = url_for(".calendar", token=token) if token else ""
    return render_template(
        "feeds/index.html",
        feeds=feeds.of_organization(context.session(), actor),
        address=f"{context.core().settings.base_url}{path}" if path else "",
        me=actor.user_id,
    )


@blueprint.post("/organization/calendar")
def new() -> ResponseReturnValue:
    session[TOLD_ONCE] = feeds.create(context.db(), actor=context.actor(), now=context.now())
    return redirect(url_for(".index"), code=303)


@blueprint.post("/organization/calendar/<int:feed_id>/withdraw")
def withdraw(feed_id: int) -> ResponseReturnValue:
    feeds.withdraw(context.db(), actor=context.actor(), now=context.now(), feed_id=feed_id)
    undo = url_for(".restore", feed_id=feed_id)
    toast("Ссылка отозвана: календарь по ней больше не открывается.", undo=undo)
    return redirect(url_for(".index"), code=303)


@blueprint.post("/organization/calendar/<int:feed_id>/restore")
def restore(feed_id: int) -> ResponseReturnValue:
    feeds.restore(context.db(), actor=context.actor(), now=context.now(), feed_id=feed_id)
    toast("Ссылка снова открывается.")
    return redirect(url_for(".index"), code=303)
