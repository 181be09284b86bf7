"""An application (заявка) as plain data: what the web, the command line and a sheet all come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accessflow.forms.spec import Action, Role


@dataclass(frozen=True, slots=True)
class Organization:
    full_name: str = ""
    short_name: str = ""
    oid: str = ""
    inn: str = ""
    legal_address: str = ""
    subject_rf: str = ""
    kind: str = "mo"  # mo, committee, miac: which roles it may ask for


@dataclass(frozen=True, slots=True)
class Signatory:
    """`name` is printed: «Иванов И.И.»."""

    position: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    name: str = ""
    position: str = ""
    phone: str = ""
    email: str = ""


Row = Mapping[str, str]
"""Row keys of `spec.ROW_KEYS` to text; `no_middle_name` is "1" or absent."""


@dataclass(frozen=True, slots=True)
class Application:
    """`fields`: texts by the form's keys. `our_ref`, `our_date`: the МО's own исх."""

    form: str
    system: str | None
    action: Action
    organization: Organization = Organization()
    signatory: Signatory = Signatory()
    author: Author = Author()
    rows: tuple[Row, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    version: int = 0
    our_ref: str = ""
    our_date: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The system an application is aimed at, as far as the forms need to know it.

    `name` is printed; `form` is the slug that the tables name for this action; `roles` are those to
    choose from, empty where the role is free text or there is none.
    """

    slug: str
    name: str
    label: str
    form: str
    component: str = ""
    in_development: bool = False
    roles: tuple[Role, ...] = ()
