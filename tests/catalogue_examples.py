"""The shipped catalogue and applications that pass every check."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from accessflow.catalogue import Catalogue, load
from accessflow.config import catalogue_dir
from accessflow.forms.application import Application, Author, Organization, Signatory
from accessflow.forms.check import Check, Facts
from accessflow.forms.spec import Action, FormSpec

DATA = Path(__file__).parent / "data"

ORGANIZATION = Organization(
    full_name=(
        "Государственное бюджетное учреждение здравоохранения Ленинградской области "
        "«Приозёрская районная больница (учебная)»"
    ),
    short_name="ГБУЗ ЛО «Приозёрская РБ-учебная»",
    oid="1.2.643.5.1.13.13.12.2.47.4821",
    inn="4703123451",
    legal_address="188760, Ленинградская область, г. Приозёрск, ул. Калинина, д. 27",
    subject_rf="Ленинградская область",
)
SIGNATORY = Signatory("Главный врач", "Ястребов Н.Н.")
AUTHOR = Author("Малахова Екатерина Юрьевна", "Секретарь", "8 (81379) 5-00-21", "sec@prb.example")

PEOPLE = (
    ("Петрова", "Анна", "Ивановна", "112-233-445 95", "Врач-статистик"),
    ("Зимина", "Елена", "Андреевна", "300-440-368 00", "Заведующая родильным отделением"),
    ("Соколов", "Дмитрий", "Павлович", "204-117-129 00", "Врач-патологоанатом"),
)


@cache
def catalogue() -> Catalogue:
    return load(catalogue_dir())


@cache
def regulation() -> dict[str, Any]:
    """The reference's machine-readable copy of the sources."""
    found: dict[str, Any] = json.loads((DATA / "regulation.json").read_text("utf-8"))
    return found


def row(number: int = 0, **changes: str) -> dict[str, str]:
    """A row that passes; numbers from 0 are different people."""
    last, first, middle, snils, position = PEOPLE[number]
    return {
        "last_name": last,
        "first_name": first,
        "middle_name": middle,
        "snils": snils,
        "position": position,
        "work_phone": "8 (81379) 5-00-21",
        "contact_phone": "8 (921) 000-01-02",
        "email": f"worker{number}@prb.example",
    } | changes


def application(system: str, action: Action, *rows: dict[str, str], **changes: Any) -> Application:
    """An application by the tables' form, with the first role of the system where there are any."""
    spec = catalogue().form(catalogue().system(system).form_for(action))
    roles = catalogue().roles_of(catalogue().system(system), spec)
    role = roles[0].name if roles else "Пользователь"
    found = Application(
        form=spec.slug,
        system=system,
        action=action,
        organization=ORGANIZATION,
        signatory=SIGNATORY,
        author=AUTHOR,
        rows=tuple({"role": role} | each for each in (rows or (row(),))),
    )
    return replace(found, **changes)


def standalone(spec: FormSpec) -> Application:
    """An application of a form without a system, every field and two rows filled."""
    values = {"phone": "8 (812) 670-52-81", "email": "user@prb.example"}
    fields = {
        item.key: values.get(item.kind, f"Значение поля {item.key}")
        for item in spec.fields
        if not item.source and item.default is None
    }
    rows = tuple(
        {
            column.key: "224.16.25.09.00024100" + str(n)
            if column.kind == "emdr_id"
            else f"{column.key} {n}"
            for column in spec.columns
            if column.source == "row"
        }
        for n in (1, 2)
    )
    return Application(
        spec.slug, None, spec.actions[0], ORGANIZATION, SIGNATORY, AUTHOR, rows, fields
    )


def check(application: Application, facts: Facts | None = None) -> Check:
    spec = catalogue().form(application.form)
    target = catalogue().target_of(spec, application)
    return Check(spec, application, target, catalogue().checks_region, facts or Facts())


def every_application() -> list[Application]:
    """One application a system and action, and one a form without a system."""
    found = [
        application(system.slug, action)
        for system in catalogue().systems.values()
        for action in ("grant", "revoke")
    ]
    alone = [
        f
        for fs in catalogue().forms.values()
        if not {"grant", "revoke"} & set((f := fs[-1]).actions)
    ]
    return found + [standalone(form) for form in alone]
