"""Accounts: who may sign in. Opening and closing them is for the administrator."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from accessflow.services import accounts
from accessflow.web import context

blueprint = Blueprint("users", __name__, url_prefix="/users")


@blueprint.get("")
def index() -> ResponseReturnValue:
    return render_template("users/index.html", users=accounts.accounts(context.session()))
