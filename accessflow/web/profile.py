"""«Профиль»: how one is reached, how one wants letters, whether keys of one letter work."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, EmailField, Form, StringField, TelField, TimeField

from accessflow.services import own_account, preferences
from accessflow.services.own_account import Own
from accessflow.services.preferences import Wishes
from accessflow.web import context
from accessflow.web.forms import Entry, posted, texts
from accessflow.web.toasts import toast

blueprint = Blueprint("profile", __name__, url_prefix="/profile")


class ProfileForm(Form):
    position = StringField("Должность")
    phone = TelField("Телефон")
    email = EmailField("E-mail")
    digest = BooleanField("Присылать мне одну сводку в день вместо отдельных писем")
    quiet_from = TimeField("Не присылать с")
    quiet_until = TimeField("до")
    letters_keys = BooleanField("Клавиши-буквы на страницах: j, k, x, a, n, /")


@blueprint.route("", methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    if request.method == "GET":
        return _page(Entry(_stored()))
    entry = Entry(posted(ProfileForm))
    if entry.save(_save(entry.form)):
        toast("Профиль сохранён")
        return redirect(url_for(".show"))
    return _page(entry)


def letters_keys() -> bool:
    """Whether keys of one letter work for whoever is signed in (WCAG 2.1.4)."""
    return _wishes().letters_keys


def _wishes() -> Wishes:
    user = context.signed_in()
    return preferences.read(user.preference if user else None)


def _stored() -> ProfileForm:
    user = context.signed_in()
    wishes = _wishes()
    form = ProfileForm(obj=user)
    form.digest.data, form.letters_keys.data = wishes.digest, wishes.letters_keys
    form.quiet_from.raw_data = [wishes.quiet_from]
    form.quiet_until.raw_data = [wishes.quiet_until]
    return form


def _save(form: ProfileForm) -> Callable[[bool], None]:
    typed = texts(form)
    wishes = Wishes(
        digest=bool(form.digest.data),
        quiet_from=typed["quiet_from"][:5],
        quiet_until=typed["quiet_until"][:5],
        letters_keys=bool(form.letters_keys.data),
    )
    own = Own(typed["position"], typed["phone"], typed["email"], wishes)
    return lambda confirmed: own_account.change(
        context.db(),
        actor=context.actor(),
        now=context.now(),
        area_code=context.catalogue().region.area_code,
        own=own,
        confirmed=confirmed,
    )


def _page(entry: Entry[ProfileForm]) -> ResponseReturnValue:
    page = render_template("profile/show.html", entry=entry, user=context.signed_in())
    return (page, 422) if entry.flaws else page
