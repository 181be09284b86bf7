"""OID of a medical organisation in the НСИ register, and of its units (domain D, «OID МО»)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from accessflow.domain.reading import Flaw, Reading
from accessflow.domain.text import clean, described

ROOT = "1.2.643.5.1.13.13.12"
EXAMPLE = f"{ROOT}.2.47.4821"
_ORGANIZATION = re.compile(
    r"1\.2\.643\.5\.1\.13\.13\.12\.[1-4]\.([1-9][0-9]?)\.[0-9]{1,6}", re.ASCII
)
_UNIT = re.compile(rf"({_ORGANIZATION.pattern})\.0\.[0-9]+(?:\.[0-9]+)*", re.ASCII)
_ZERO_REGION = re.compile(r"(1\.2\.643\.5\.1\.13\.13\.12\.[1-4]\.)0+([1-9][0-9]?)(?=\.)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Oid:
    """The OID of an organisation, or of one of its units (…«.0.»…)."""

    text: str

    @property
    def is_unit(self) -> bool:
        return _UNIT.fullmatch(self.text) is not None

    @property
    def parent(self) -> Oid | None:
        """The organisation of a unit; None for an organisation itself."""
        found = _UNIT.fullmatch(self.text)
        return Oid(found[1]) if found else None

    @property
    def region(self) -> int:
        """The number of the region: 47 for «…12.2.47.4821»."""
        return int(self.text.split(".")[9])

    def __str__(self) -> str:
        return self.text


def read(text: str) -> Reading[Oid]:
    """The OID of an organisation. Flaws: `required`, `oid`, `oid_unit` (fix: its organisation)."""
    reading = read_any(text)
    if reading.value is None or (parent := reading.value.parent) is None:
        return reading
    message = f"Это OID подразделения, а нужен OID медицинской организации: {parent}."
    return Reading.bad("oid_unit", message, parent.text)


def read_any(text: str) -> Reading[Oid]:
    """The OID of an organisation or of a unit. Flaws: `required`, `oid`."""
    value = clean(text).replace(" ", "").removeprefix("urn:oid:")
    if not value:
        return Reading.bad("required", f"OID не указан. Впишите его по ФРМО: {EXAMPLE}.")
    if _known(value):
        return Reading(Oid(value))
    mended = _ZERO_REGION.sub(r"\1\2", value.replace(",", ".").rstrip("."))
    return Reading.bad("oid", _malformed(value), mended if _known(mended) else None)


def check_region(oid: Oid, expected: int) -> Flaw | None:
    """The warning `oid_region` where the OID is of another region than `expected` (47)."""
    if oid.region == expected:
        return None
    message = f"В OID указан регион {oid.region}, а ожидался {expected}. Проверьте, тот ли это OID."
    return Flaw("oid_region", message, "warning")


def _known(value: str) -> bool:
    return bool(_ORGANIZATION.fullmatch(value) or _UNIT.fullmatch(value))


def _malformed(value: str) -> str:
    for at, sign in enumerate(value, 1):
        if sign not in "0123456789.":
            return f"В OID только цифры и точки, а на {at}-м месте {described(sign)}."
    if _ZERO_REGION.match(value):
        return "Номер региона в OID пишется без нуля впереди."
    if not value.startswith(f"{ROOT}."):
        return f"OID медицинской организации начинается с {ROOT}. Впишите его по ФРМО: {EXAMPLE}."
    return f"Это не OID медицинской организации. Впишите его по ФРМО, например {EXAMPLE}."
