"""The catalogue in words that scripts read: what `accessflow systems` and `forms` print."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from accessflow.catalogue.spec import Catalogue, Recipients, SystemSpec
from accessflow.forms.spec import Column, FormSpec


def systems(catalogue: Catalogue) -> list[dict[str, Any]]:
    """What `accessflow systems --json` prints, in the order of the tables."""
    return [_system(system) for system in catalogue.systems.values()]


def _system(system: SystemSpec) -> dict[str, Any]:
    described: dict[str, Any] = {
        "slug": system.slug,
        "name": system.name,
        "table": system.table,
        "number": system.number,
        "url": list(system.url),
        "ip": system.ip,
        "status": system.status,
        "grant_form": system.grant_form,
        "revoke_form": system.revoke_form,
        "revoke_inferred": system.revoke_inferred,
        "roles": list(system.roles),
        "recipients": _recipients(system.recipients),
    }
    if system.outbound:
        described["outbound"] = _recipients(system.outbound)
    return described


def _recipients(recipients: Recipients) -> dict[str, Any]:
    described: dict[str, Any] = {"to": list(recipients.to)}
    if recipients.cc:
        described["cc"] = list(recipients.cc)
    if recipients.vipnet:
        described["or_vipnet"] = recipients.vipnet
    return described


def forms(catalogue: Catalogue) -> list[dict[str, Any]]:
    """What `accessflow forms --json` prints: every version of every form."""
    return [_form(form) for versions in catalogue.forms.values() for form in versions]


def _form(form: FormSpec) -> dict[str, Any]:
    return {
        "slug": form.slug,
        "number": form.number,
        "title": form.title,
        "actions": list(form.actions),
        "columns": _columns(form),
        "fields": [item.key for item in form.fields],
        "footnotes": [note.plain for note in form.footnotes],
        "roles": [role.name for role in form.roles],
        "orientation": form.orientation,
        "version": form.version,
        "effective_from": form.effective_from.isoformat(),
    }


def _columns(form: FormSpec) -> list[Any]:
    """The official headers, neighbours of one group as {group, sub}; or a form's labels."""
    if form.layout == "label_value":
        return list(form.parts) or [item.plain_label for item in form.fields if item.printed]
    columns: list[Any] = []
    for group, members in groupby(form.printed, key=lambda column: column.group):
        headers = [_one_line(column) for column in members]
        columns += [{"group": group, "sub": headers}] if group else headers
    return columns


def _one_line(column: Column) -> str:
    return column.plain_header.replace("\n", " ")
