"""FormSpec -> WTForms, through one table kind -> field. WTForms parse and show; `answers` judges.

The widgets are light: a table of 200 rows shows some 2,400 of them. They set no `maxlength`, for a
browser would cut a pasted text without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from wtforms import BooleanField, Field, Form, StringField

from accessflow.forms import spec as forms
from accessflow.forms.application import Target
from accessflow.forms.grid import FLAG, Grid
from accessflow.forms.spec import KINDS, Role

LONG = 60
"""Texts that may be longer get a field that grows."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be picked where: `roles` open to the organisation, `asked` with a justification."""

    roles: tuple[Role, ...] = ()
    asked: tuple[Role, ...] = ()

    @classmethod
    def of(cls, target: Target | None, action: str, organization_kind: str) -> Choices:
        roles = target.roles if target else ()
        if action != "grant":
            return cls(roles)
        own = tuple(r for r in roles if organization_kind in r.kinds)
        return cls(own, tuple(r for r in roles if r not in own and r.justified))


def _html(text: str) -> Markup:
    return Markup(text)  # noqa: S704  # every value in it has been escaped below


def _attributes(pairs: dict[str, Any]) -> str:
    return "".join(
        f' {name.replace("_", "-")}="{escape(value)}"' for name, value in pairs.items() if value
    )


class Line:
    """A field of one line. `extra`: attributes that belong to the kind."""

    def __init__(self, **extra: str) -> None:
        self.extra = _attributes(extra)

    def __call__(self, field: Field, **attributes: Any) -> Markup:
        return _html(
            f'<input class="form-control" id="{field.id}" name="{field.name}"'
            f' value="{escape(field.data or "")}"{self.extra}{_attributes(attributes)}>'
        )


class Lines:
    """A field that grows with its text."""

    def __init__(self, rows: int = 1, width: int = 18, **extra: str) -> None:
        self.rows, self.width, self.extra = rows, width, _attributes(extra)

    def __call__(self, field: Field, **attributes: Any) -> Markup:
        text = field.data or ""
        lines = sum(len(line) // self.width + 1 for line in text.splitlines())
        rows = max(self.rows, min(6, lines))
        return _html(
            f'<textarea class="form-control" id="{field.id}" name="{field.name}"'
            f' rows="{rows}"{self.extra}{_attributes(attributes)}>\n{escape(text)}</textarea>'
        )


class Picked:
    """A drop-down. A text that is no choice stays there as typed, for the check to speak of it."""

    def __call__(self, field: PickedField, **attributes: Any) -> Markup:
        chosen = field.data or ""
        options = [_option("", "" if chosen else "— выберите —", chosen)]
        if chosen and chosen not in field.listed and chosen not in field.asked:
            options.append(_option(chosen, chosen, chosen))
        options += [_option(text, text, chosen) for text in field.listed]
        if field.asked:
            inner = "".join(_option(text, text, chosen) for text in field.asked)
            options.append(f'<optgroup label="С согласия МИАЦ">{inner}</optgroup>')
        return _html(
            f'<select class="form-select" id="{field.id}" name="{field.name}"'
            f"{_attributes(attributes)}>{''.join(options)}</select>"
        )


def _option(value: str, text: str, chosen: str) -> str:
    selected = " selected" if value == chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(text)}</option>'


class Shown:
    """What nobody types: counted, or said by the system and the action."""

    def __call__(self, field: Field, **_attributes: Any) -> Markup:
        return _html(f'<span class="af-shown">{escape(field.data or "")}</span>')


class Tick:
    def __call__(self, field: Field, **attributes: Any) -> Markup:
        checked = " checked" if field.data else ""
        return _html(
            f'<input class="form-check-input" type="checkbox" id="{field.id}" name="{field.name}"'
            f' value="1"{checked}{_attributes(attributes)}>'
        )


class PickedField(StringField):
    """Any text is taken: the check names the wrong ones. `asked` need a justification (X27)."""

    widget = Picked()

    def __init__(
        self, label: str, listed: Sequence[str], asked: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.listed, self.asked = tuple(listed), tuple(asked)


Item = forms.Column | forms.Field
Maker = Callable[[Item, str, Choices], Field]


def _line(**extra: str) -> Maker:
    widget = Line(**extra)
    return lambda item, label, choices: StringField(label, widget=widget)


_SHORT_TEXT = Line()
_GROWING = Lines()
_WIDE = Lines(width=60)
_PARAGRAPHS = Lines(rows=3, width=60)
_ADDRESS = Lines(width=24, inputmode="email", spellcheck="false")
_ADDRESS_LINE = Line(inputmode="email", spellcheck="false")


def _text(item: Item, label: str, _: Choices) -> Field:
    if isinstance(item, forms.Field) and item.choices:
        return PickedField(label, item.choices)
    is_long = isinstance(item, forms.Column) and item.max_length > 255
    return StringField(label, widget=_GROWING if is_long else _SHORT_TEXT)


def _growing(item: Item, label: str, _: Choices) -> Field:
    is_column = isinstance(item, forms.Column)
    return StringField(label, widget=_GROWING if is_column else _WIDE)


def _email(item: Item, label: str, _: Choices) -> Field:
    """Long addresses wrap in a narrow column."""
    is_column = isinstance(item, forms.Column)
    return StringField(label, widget=_ADDRESS if is_column else _ADDRESS_LINE)


def _paragraphs(_item: Item, label: str, _: Choices) -> Field:
    return StringField(label, widget=_PARAGRAPHS)


def _shown(_item: Item, label: str, _: Choices) -> Field:
    return StringField(label, widget=_SHOWN)


_SHOWN = Shown()
_FREE_ROLE = Line(list="ed-roles")


def _role(_item: Item, label: str, choices: Choices) -> Field:
    """A drop-down, or free text with what is known of other applications (App. 12)."""
    if not choices.roles and not choices.asked:
        return StringField(label, widget=_FREE_ROLE)
    return PickedField(label, [r.name for r in choices.roles], [r.name for r in choices.asked])


FIELDS: dict[str, Maker] = {
    "number": _shown,
    "system": _shown,
    "status": _shown,
    "full_name": _line(),
    "last_name": _line(),
    "first_name": _line(),
    "middle_name": _line(placeholder=" "),  # `:placeholder-shown` tells an empty one to the style
    "snils": _line(inputmode="numeric"),
    "inn": _line(inputmode="numeric"),
    "oid": _line(),
    "email": _email,
    "phone": _line(inputmode="tel"),
    "date": _line(inputmode="numeric", placeholder="дд.мм.гггг"),
    "subject_rf": _line(list="ed-subjects"),
    "emdr_id": _line(spellcheck="false"),
    "local_id": _line(spellcheck="false"),
    "role": _role,
    "position": _growing,
    "organization": _growing,
    "text": _text,
    "long_text": _paragraphs,
}

if missing := KINDS ^ FIELDS.keys():
    raise AssertionError(f"kinds without a field, or fields of no kind: {sorted(missing)}")


def row_form(grid: Grid, choices: Choices) -> type[Form]:
    """The form of one row; each row gets one, its fields prefixed «r12-»."""
    fields: dict[str, Any] = {
        cell.key: FIELDS[cell.kind](cell.column, cell.label, choices) for cell in grid.columns
    }
    if FLAG in grid.keys:
        fields[FLAG] = BooleanField("отчества нет", widget=Tick(), false_values=("", "0"))
    return type("RowForm", (Form,), fields)


def fields_form(spec: forms.FormSpec) -> type[Form]:
    """The labelled fields of a form that is not only a table, prefixed «f-»."""
    fields = {
        item.key: FIELDS[item.kind](item, spec.label_of(item), Choices()) for item in spec.fields
    }
    return type("FieldsForm", (Form,), fields)
