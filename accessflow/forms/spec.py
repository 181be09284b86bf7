"""What an official form is: columns, wording, roles. Filled from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Action = Literal["grant", "revoke", "cover", "network", "emd_delete"]
ACTIONS: tuple[Action, ...] = ("grant", "revoke", "cover", "network", "emd_delete")
Orientation = Literal["landscape", "portrait"]

EVERY_KIND = ("mo", "committee", "miac")  # of organisations

ROW_KEYS = (
    "last_name", "first_name", "middle_name", "no_middle_name", "snils", "email", "position",
    "work_phone", "contact_phone", "role", "component", "functional_object", "subject_rf",
    "org_full_name", "org_short_name", "org_oid", "org_inn", "expires_on",
)  # fmt: skip
"""Keys of a row of an application, the same in every form (interfaces.md)."""

KINDS = frozenset({
    "number",  # № п/п: the writer counts
    "full_name",  # last_name + first_name + middle_name in one cell
    "last_name", "first_name", "middle_name",
    "snils", "email", "phone", "oid", "inn", "role", "position", "subject_rf",
    "organization",  # a text that the organisation answers
    "system",  # the system's name
    "status",  # «предоставить доступ» / «удалить доступ» by the action
    "text", "long_text", "date", "emdr_id", "local_id",
})  # fmt: skip
"""Every kind has a reader in `forms/kinds.py` and a widget in `forms/wtf.py` (checked at load)."""

Source = Literal["row", "organization", "system", "action", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the printed table, or (with `printed=False`) one that only the editor asks for.

    `header` is the official wording; `^x` in it prints x as superscript. `group` is the wording of
    a header cell that spans this and its neighbours of the same group (App. 4). `actions`: those
    that it is asked for, all where empty.
    """

    key: str
    header: str
    kind: str
    source: Source = "row"
    group: str | None = None
    required: bool = True
    weight: float = 1.0
    max_length: int = 255
    printed: bool = True
    default: str | None = None
    help: str | None = None
    actions: tuple[Action, ...] = ()

    def asked_for(self, action: Action) -> bool:
        return not self.actions or action in self.actions

    @property
    def plain_header(self) -> str:
        return self.header.replace("^", "")


@dataclass(frozen=True, slots=True)
class Field:
    """One label/value field of a form that is not only a table (App. 2, 15, 16, the letter).

    `part` groups fields under a row of the printed table (App. 15) by the row's number from 1.
    `source` names what answers it unless it is typed: «organization.full_name».
    """

    key: str
    label: str
    kind: str
    required: bool = True
    part: int | None = None
    source: str = ""
    max_length: int = 2000
    default: str | None = None
    help: str | None = None
    choices: tuple[str, ...] = ()
    printed: bool = True

    @property
    def plain_label(self) -> str:
        return self.label.replace("^", "")


@dataclass(frozen=True, slots=True)
class Role:
    """A role as it is printed, with its explanation; `hint` is the same in a few words.

    `kinds`: the organisations that may pick it. Others may with a justification that МИАЦ lets
    through where `justified` (X27), else not at all. `aliases`: other names met (X28).
    """

    name: str
    explanation: str
    hint: str = ""
    aliases: tuple[str, ...] = ()
    kinds: tuple[str, ...] = EVERY_KIND
    justified: bool = False


@dataclass(frozen=True, slots=True)
class Footnote:
    """`mark` is printed before the text as superscript and is not part of the official string."""

    text: str
    mark: str = ""

    @property
    def plain(self) -> str:
        return self.text.replace("^", "")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the action decides of the page.

    `{key|words}` in a text is a placeholder (forms/placeholders.py): `words` is what the source
    prints in its place and what a blank form shows.
    """

    title: tuple[str, ...]
    preamble: tuple[str, ...] = ()
    caption: str = ""
    mark: str = ""  # «УДАЛЕНИЕ ДОСТУПА» above the title (X4)
    status: str = ""  # the text of the status column


@dataclass(frozen=True, slots=True)
class Line:
    """A line above the title; its text may hold placeholders."""

    style: Literal["addressee", "requisite", "salutation"]
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs. `signer`: the organisation's signatory, МИАЦ's director (App. 5, X14) or КЗ.

    `seal`: «М.П.» as the source prints it, empty where it prints none (a setting adds it, X13).
    `before`: a line above the signature (the act's date).
    """

    signer: Literal["organization", "miac", "authority", "none"] = "organization"
    seal: str = ""
    before: str = ""
    post: str = ""  # printed where `signer` is the authority


@dataclass(frozen=True, slots=True)
class FormSpec:
    """One official form in one version (Рег., Приложения 2-16; Бюл)."""

    slug: str
    number: int | None
    label: str
    summary: str
    version: str
    effective_from: date
    orientation: Orientation
    layout: Literal["table", "label_value", "letter", "act"]
    actions: tuple[Action, ...]
    wording: Mapping[Action, Wording]
    columns: tuple[Column, ...] = ()
    fields: tuple[Field, ...] = ()
    parts: tuple[str, ...] = ()  # App. 15: wording of the rows that group `fields`
    grid_part: int | None = None  # App. 15: the row that holds the table of `columns`
    header: tuple[Line, ...] = ()
    after: tuple[str, ...] = ()  # paragraphs below the table (App. 16)
    footnotes: tuple[Footnote, ...] = ()
    roles: tuple[Role, ...] = ()
    signature: Signature = Signature()
    unique_email: Literal["error", "warning", "none"] = "none"
    prerequisites: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()  # shown beside the form, never printed (X19, X20)
    corrections: Mapping[str, str] = field(default_factory=dict)  # typo -> right, by setting (X32)
    reference: str = ""  # where the wording stands: «Рег., прил. 8»
    official_title: str = ""  # where the source's title is not printed (App. 16)

    @property
    def printed(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.printed)

    @property
    def title(self) -> str:
        """The source's title in one line."""
        return self.official_title or " ".join(self.wording[self.actions[0]].title)

    @property
    def has_people(self) -> bool:
        """Whether a row is a person (then СНИЛС is required), or a document, or a resource."""
        return any(c.kind == "snils" for c in self.columns)

    def label_of(self, item: Field) -> str:
        """A field in words, without the dash and the colon of the printed form.

        One without a label of its own is called as the part that it fills (App. 15).
        """
        own = re.sub(r"\^\S", "", item.label).strip(" -:")
        part = self.parts[item.part - 1].rstrip(" .") if item.part else ""
        return own or part or item.help or item.key

    def role(self, name: str) -> Role | None:
        """The role by its printed name or an alias, None where the form knows no such role."""
        return next((r for r in self.roles if name == r.name or name in r.aliases), None)
