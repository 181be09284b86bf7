"""What a setting would change, before it is saved: old and new beside each other, and on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from accessflow.catalogue.override import Plain, override
from accessflow.catalogue.spec import Catalogue
from accessflow.documents.build import Rendering, blank
from accessflow.documents.pdf import write_pdf
from accessflow.documents.picture import page_picture
from accessflow.domain.reading import Flaw
from accessflow.forms.placeholders import PLACEHOLDER, fill
from accessflow.forms.spec import FormSpec
from accessflow.notify import rendering, samples
from accessflow.services.fields import Refused
from accessflow.services.setting_fields import Setting
from accessflow.services.setting_texts import told

PICTURE_WIDTH = 794
"""Pixels: an A4 sheet upright at 96 dpi."""
MOST_SHEETS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A field as it stood and as it would stand."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form that prints it: its words before and after, and the page as it would be, a PNG."""

    form: FormSpec
    old: tuple[str, ...]
    new: tuple[str, ...]
    picture: bytes


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter in the old words and in the new ones."""

    old: rendering.Message
    new: rendering.Message


@dataclass(frozen=True, slots=True)
class Preview:
    """`lines` are those that differ; none: nothing would change. `confirms`: what has only been
    presumed so far, the calendar of a year without a decree."""

    lines: tuple[Line, ...]
    sheets: tuple[Sheet, ...] = ()
    sample: Sample | None = None
    confirms: bool = False

    @property
    def tells(self) -> bool:
        """Whether there is anything to save."""
        return bool(self.lines) or self.confirms


def preview(stands: Catalogue, setting: Setting, old: Plain, new: Plain, since: date) -> Preview:
    """`stands`: the catalogue as it would be on the day `since` without this change.

    Raises Refused for a letter that cannot be written in these words.
    """
    lines = tuple(
        Line(field.label, told(field, old), told(field, new))
        for field in setting.fields
        if told(field, old) != told(field, new)
    )
    changed = override(stands, setting.key, new)
    sample = None
    if setting.section == "letters":
        sample = letter_sample(stands, setting.key.partition(".")[2], old, new)
    sheets = tuple(_sheets(stands, changed, setting, since)) if lines else ()
    confirms = changed.calendar.keys() != stands.calendar.keys()
    return Preview(lines, sheets[:MOST_SHEETS], sample, confirms)


def letter_sample(catalogue: Catalogue, kind: str, old: Plain, new: Plain) -> Sample:
    """Raises Refused beside the text where the words cannot be used."""
    contacts = catalogue.region.contacts
    house = rendering.House(contacts.get("miac_name", ""), contacts.get("miac_phone", ""))
    before = samples.preview(kind, _wording(old), house)
    try:
        after = samples.preview(kind, _wording(new), house)
    except rendering.BadWording as error:
        name = _broken(kind, new, house)
        message = "Не сохранено: исправьте отмеченные поля."
        raise Refused(message, {name: Flaw("wording", str(error))}) from None
    return Sample(before, after)


def _wording(value: Plain) -> rendering.Wording:
    return rendering.Wording(value["subject"], value["text"])


def _broken(kind: str, value: Plain, house: rendering.House) -> str:
    """Which of the two fields it is."""
    try:
        samples.preview(kind, rendering.Wording(subject=value["subject"]), house)
    except rendering.BadWording:
        return "subject"
    return "text"


def _sheets(
    stands: Catalogue, changed: Catalogue, setting: Setting, since: date
) -> Iterator[Sheet]:
    """The forms on which it is seen, in force on that day."""
    section, _, slug = setting.key.partition(".")
    for versions in stands.forms.values():
        spec = next((f for f in reversed(versions) if f.effective_from <= since), None)
        if spec is None:
            continue
        if section == "officials" and (words := tuple(_words(spec, slug))):
            shown: Rendering = "miac" if _signs(spec, slug) else "organization"
            old, new = (
                tuple(fill(text, _official(c, slug)) for text in words) for c in (stands, changed)
            )
            yield Sheet(spec, old, new, _picture(changed, spec, shown))
        elif section == "printing" and spec.slug == _EXAMPLE:
            yield Sheet(spec, (), (), _picture(changed, spec, "organization"))


_EXAMPLE = "appendix-08"
_DIRECTOR = "miac_director"
_SIGNATURE = "{official.miac_director.post} __________________/{official.miac_director.name}/"


def _signs(spec: FormSpec, slug: str) -> bool:
    return slug == _DIRECTOR and spec.signature.signer == "miac"


def _words(spec: FormSpec, slug: str) -> Iterator[str]:
    """The form's own wordings that name the official."""
    wordings = (t for w in spec.wording.values() for t in (*w.title, *w.preamble))
    for text in (*(line.text for line in spec.header), *wordings, *spec.after):
        if any(name.startswith(f"official.{slug}.") for name, _ in PLACEHOLDER.findall(text)):
            yield text
    if _signs(spec, slug):
        yield _SIGNATURE


def _official(catalogue: Catalogue, slug: str) -> Mapping[str, str]:
    official = catalogue.region.official(slug)
    keys = ("post", "name", "addressee", "salutation")
    return {f"official.{slug}.{key}": getattr(official, key) for key in keys}


def _picture(catalogue: Catalogue, spec: FormSpec, rendering: Rendering) -> bytes:
    model = blank(spec, spec.actions[0], catalogue.region, rendering=rendering)
    return page_picture(write_pdf(model), 1, PICTURE_WIDTH)
