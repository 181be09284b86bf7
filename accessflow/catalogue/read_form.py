"""One file of `forms/` -> FormSpec."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast, get_args

from accessflow.catalogue.nodes import Node, read
from accessflow.catalogue.spec import RegionSpec
from accessflow.forms.placeholders import KEYS, PLACEHOLDER
from accessflow.forms.spec import (
    ACTIONS,
    EVERY_KIND,
    KINDS,
    Action,
    Column,
    Field,
    Footnote,
    FormSpec,
    Line,
    Role,
    Signature,
    Source,
    Wording,
)

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_form(file: Path, region: RegionSpec) -> tuple[FormSpec, Node]:
    """The form, and its node for later checks. Raises CatalogueError with file, line and reason."""
    node = read(file)
    slug = node.text("slug")
    if not SLUG.fullmatch(slug):
        node.fail(f"«slug»: «{slug}» is not of small letters, digits and hyphens", "slug")
    actions = _actions(node)
    spec = FormSpec(
        slug=slug,
        number=node.whole("number") if node.has("number") else None,
        label=node.text("label"),
        summary=node.text("summary"),
        version=node.text("version"),
        effective_from=node.day("effective_from"),
        orientation=node.choice("orientation", ("landscape", "portrait")),
        layout=node.choice("layout", ("table", "label_value", "letter", "act")),
        actions=actions,
        wording=_wording(node.node("wording"), actions),
        columns=tuple(_column(c) for c in node.nodes("columns")),
        fields=tuple(_field(f) for f in node.nodes("fields")),
        parts=node.texts("parts", ()),
        grid_part=node.whole("grid_part") if node.has("grid_part") else None,
        header=tuple(_line(line) for line in node.nodes("header")),
        after=_templates(node, "after"),
        footnotes=tuple(_footnote(f) for f in node.scalars_or_nodes("footnotes")),
        roles=tuple(_role(r) for r in node.nodes("roles")),
        signature=_signature(node.node("signature")),
        unique_email=node.choice("unique_email", ("error", "warning", "none"), "none"),
        prerequisites=node.texts("prerequisites", ()),
        notices=node.texts("notices", ()),
        corrections=_corrections(node),
        reference=node.text("reference", ""),
        official_title=node.text("official_title", ""),
    )
    _check(node, spec)
    _check_region(node, spec, region)
    node.done()
    return spec, node


def _actions(node: Node) -> tuple[Action, ...]:
    values = node.texts("actions")
    for value in values:
        if value not in ACTIONS:
            node.fail(f"«actions»: «{value}» is none of {', '.join(ACTIONS)}", "actions")
    if not values:
        node.fail("«actions» is empty", "actions")
    return cast("tuple[Action, ...]", values)


def _wording(node: Node, actions: tuple[Action, ...]) -> dict[Action, Wording]:
    wording: dict[Action, Wording] = {}
    for action in actions:
        part = node.node(action)
        wording[action] = Wording(
            title=_templates(part, "title"),
            preamble=_templates(part, "preamble"),
            caption=part.text("caption", ""),
            mark=part.text("mark", ""),
            status=part.text("status", ""),
        )
        part.done()
    node.done()
    return wording


def _templates(node: Node, key: str) -> tuple[str, ...]:
    return tuple(_template(node, key, text) for text in node.texts(key, ()))


def _template(node: Node, key: str, text: str) -> str:
    for name in PLACEHOLDER.findall(text):
        if not KEYS.fullmatch(name[0]):
            node.fail(f"«{key}»: the placeholder «{{{name[0]}}}» can never be filled", key)
    if "{" in PLACEHOLDER.sub("", text) or "}" in PLACEHOLDER.sub("", text):
        node.fail(f"«{key}»: a brace that closes no placeholder", key)
    return text


def _line(node: Node) -> Line:
    line = Line(
        node.choice("style", ("addressee", "requisite", "salutation")),
        _template(node, "text", node.text("text")),
    )
    node.done()
    return line


def _column(node: Node) -> Column:
    column = Column(
        key=node.text("key"),
        header=node.text("header"),
        kind=node.choice("kind", tuple(KINDS)),
        source=node.choice("source", get_args(Source), "row"),
        group=node.optional("group"),
        required=node.flag("required", True),
        weight=node.number("weight", 1.0),
        max_length=int(node.number("max_length", 255)),
        printed=node.flag("printed", True),
        default=node.optional("default"),
        help=node.optional("help"),
        actions=_actions(node) if node.has("actions") else (),
    )
    if column.weight <= 0:
        node.fail("«weight» must be more than 0", "weight")
    node.done()
    return column


def _field(node: Node) -> Field:
    item = Field(
        key=node.text("key"),
        label=node.text("label"),
        kind=node.choice("kind", tuple(KINDS)),
        required=node.flag("required", True),
        part=node.whole("part") if node.has("part") else None,
        source=node.text("source", ""),
        max_length=int(node.number("max_length", 2000)),
        default=node.optional("default"),
        help=node.optional("help"),
        choices=node.texts("choices", ()),
        printed=node.flag("printed", True),
    )
    if item.source and not KEYS.fullmatch(item.source):
        node.fail(f"«source»: «{item.source}» is not known", "source")
    node.done()
    return item


def _footnote(item: str | Node) -> Footnote:
    if isinstance(item, str):
        return Footnote(item)
    note = Footnote(item.text("text"), item.text("mark", ""))
    item.done()
    return note


def _role(node: Node) -> Role:
    explanation = node.text("explanation", "")
    if not explanation.strip():
        node.fail(f"the role «{node.text('name')}» has no explanation")
    role = Role(
        name=node.text("name"),
        explanation=explanation,
        hint=node.text("hint", ""),
        aliases=node.texts("aliases", ()),
        kinds=node.texts("kinds", EVERY_KIND),
        justified=node.flag("justified", False),
    )
    node.done()
    return role


def _signature(node: Node) -> Signature:
    signature = Signature(
        signer=node.choice("signer", ("organization", "miac", "authority", "none")),
        seal=node.text("seal", ""),
        before=node.text("before", ""),
        post=node.text("post", ""),
    )
    node.done()
    return signature


def _corrections(node: Node) -> dict[str, str]:
    if not node.has("corrections"):
        return {}
    pairs = node.node("corrections")
    return {wrong: pairs.text(wrong) for wrong in pairs.keys()}  # noqa: SIM118 - not a dict


def _check(node: Node, spec: FormSpec) -> None:
    """What only the whole form can tell."""
    for what, keys in (
        ("columns", [c.key for c in spec.columns]),
        ("fields", [f.key for f in spec.fields]),
        ("roles", [r.name for r in spec.roles]),
    ):
        for key in keys:
            if keys.count(key) > 1:
                node.fail(f"«{what}»: «{key}» stands twice", what)
    if not spec.columns and not spec.fields:
        node.fail("the form has neither columns nor fields")
    for item in spec.fields:
        if item.part is not None and not 1 <= item.part <= len(spec.parts):
            node.fail(f"«fields»: «{item.key}»: no part {item.part}", "fields")
    text = " ".join(note.text for note in spec.footnotes)
    for wrong in spec.corrections:
        if wrong not in text:
            node.fail(f"«corrections»: «{wrong}» stands nowhere in the footnotes", "corrections")


def _check_region(node: Node, spec: FormSpec, region: RegionSpec) -> None:
    """Officials and prerequisites are the region's, fields are the form's own."""
    officials, fields = {o.slug for o in region.officials}, {f.key for f in spec.fields}
    for where, texts in _places(spec):
        for name, _ in PLACEHOLDER.findall(" ".join(texts)):
            kind, _, rest = name.partition(".")
            if kind == "official" and rest.split(".")[0] not in officials:
                node.fail(f"region.yaml has no official «{rest.split('.')[0]}»", where)
            if kind == "field" and rest not in fields:
                node.fail(f"the form has no field «{rest}»", where)
    for slug in spec.prerequisites:
        if slug not in region.prerequisites:
            node.fail(f"region.yaml has no prerequisite «{slug}»", "prerequisites")


def _places(spec: FormSpec) -> tuple[tuple[str, tuple[str, ...]], ...]:
    words = tuple(t for w in spec.wording.values() for t in (*w.title, *w.preamble))
    header = tuple(line.text for line in spec.header)
    return ("header", header), ("wording", words), ("after", spec.after)
