"""The form of a setting: its fields as they open, as they were typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wtforms import BooleanField, DateField, Field, Form, HiddenField, StringField, TextAreaField

from accessflow.catalogue.override import Plain
from accessflow.domain.dates import read_date
from accessflow.notify import rendering
from accessflow.services import setting_fields, setting_texts, setting_versions
from accessflow.services.setting_fields import Setting
from accessflow.web import context

CONTROLS: Mapping[str, Callable[..., Field]] = {
    "flag": BooleanField,
    "date": DateField,
    "long_text": TextAreaField,
    "list": TextAreaField,
    "dates": TextAreaField,
}
ROWS = {"long_text": 5, "list": 3, "dates": 4}


def form_class(setting: Setting) -> type[Form]:
    attributes: dict[str, Any] = {
        field.name: CONTROLS.get(field.kind, StringField)(
            field.label, render_kw=_drawn(setting, field)
        )
        for field in setting.fields
    }
    attributes["since"] = DateField(setting.since or "Действует с")
    attributes["note"] = StringField("Основание", render_kw={"maxlength": 500})
    attributes |= {name: HiddenField() for name in ("seen", "reset")}
    return type("SettingForm", (Form,), attributes)


def _drawn(setting: Setting, field: setting_fields.Field) -> dict[str, Any]:
    drawn: dict[str, Any] = {"required": True} if field.required else {}
    if setting.section == "letters" and field.kind == "long_text":
        return {**drawn, "rows": 12}
    return {**drawn, "rows": ROWS[field.kind]} if field.kind in ROWS else drawn


def beginning(setting: Setting, stands: Plain) -> dict[str, str]:
    """The fields as they open. A letter without words of МИАЦ's own begins with the program's."""
    found = setting_texts.texts_of(setting, stands)
    if setting.section == "letters":
        standard = rendering.default_wording(setting.key.partition(".")[2])
        found["subject"] = found["subject"] or standard.subject
        found["text"] = found["text"] or standard.text
    return found


def own_words(setting: Setting, value: Plain) -> Plain:
    """Of a letter only what differs from the program's own words is kept."""
    if setting.section != "letters":
        return value
    standard = rendering.default_wording(setting.key.partition(".")[2])
    own = {"subject": standard.subject, "text": standard.text}
    return {name: "" if text == own[name] else text for name, text in value.items()}


def filled(setting: Setting, shown: Mapping[str, str]) -> Form:
    kinds = {field.name: field.kind for field in setting.fields}
    data: dict[str, Any] = dict(shown)
    for name, kind in kinds.items():
        if kind == "date":
            data[name] = read_date(shown[name]) if shown[name] else None
        elif kind == "flag":
            data[name] = bool(shown[name])
    data["since"] = context.today()
    data["seen"] = str(setting_versions.newest_id(context.session(), setting.key))
    return form_class(setting)(data=data)
