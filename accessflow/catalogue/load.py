"""A folder -> Catalogue, validated as a whole: a broken file stops the start."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType

from accessflow.catalogue.nodes import CatalogueError
from accessflow.catalogue.read_form import read_form
from accessflow.catalogue.read_region import read_calendar, read_region, read_systems
from accessflow.catalogue.spec import Catalogue, RegionSpec, SystemSpec
from accessflow.forms.placeholders import PLACEHOLDER
from accessflow.forms.spec import FormSpec

__all__ = ["Catalogue", "CatalogueError", "load"]


def load(folder: Path) -> Catalogue:
    """Reads `region.yaml`, `systems.yaml`, `calendar.yaml` and every `forms/*.yaml`.

    Raises CatalogueError with file, line and reason.
    """
    region = read_region(folder / "region.yaml")
    systems = read_systems(folder / "systems.yaml", region)
    forms = _forms(folder / "forms", region)
    for system in systems.values():
        _check_system(folder / "systems.yaml", system, forms)
    return Catalogue(
        region=region,
        systems=MappingProxyType(systems),
        forms=MappingProxyType(forms),
        calendar=MappingProxyType(read_calendar(folder / "calendar.yaml")),
    )


def _forms(folder: Path, region: RegionSpec) -> dict[str, tuple[FormSpec, ...]]:
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise CatalogueError(folder, 1, "no forms here")
    forms: dict[str, tuple[FormSpec, ...]] = {}
    for file in files:
        form = read_form(file)
        _check_form(file, form, region)
        same = forms.get(form.slug, ())
        if any(f.version == form.version for f in same):
            _fail(file, "slug", f"{form.slug} version {form.version} stands twice")
        if any(f.effective_from == form.effective_from for f in same):
            _fail(file, "effective_from", f"two versions of {form.slug} begin on one day")
        forms[form.slug] = tuple(sorted((*same, form), key=lambda f: f.effective_from))
    return forms


def _check_form(file: Path, form: FormSpec, region: RegionSpec) -> None:
    officials = {o.slug for o in region.officials}
    texts = [*form.after, *(line.text for line in form.header)]
    for words in form.wording.values():
        texts += [*words.title, *words.preamble]
    fields = {f.key for f in form.fields}
    for key, _ in PLACEHOLDER.findall(" ".join(texts)):
        kind, _, rest = key.partition(".")
        if kind == "official" and rest.split(".")[0] not in officials:
            _fail(file, key, f"region.yaml has no official «{rest.split('.')[0]}»")
        if kind == "field" and rest not in fields:
            _fail(file, key, f"the form has no field «{rest}»")
    for slug in form.prerequisites:
        if slug not in region.prerequisites:
            _fail(file, "prerequisites", f"region.yaml has no prerequisite «{slug}»")


def _check_system(file: Path, system: SystemSpec, forms: dict[str, tuple[FormSpec, ...]]) -> None:
    for action, slug in (("grant", system.grant_form), ("revoke", system.revoke_form)):
        if slug not in forms:
            _fail(file, f"slug: {system.slug}", f"{system.slug}: no form «{slug}»")
        if any(action not in form.actions for form in forms[slug]):
            _fail(file, f"slug: {system.slug}", f"{system.slug}: {slug} is no form to {action}")
    roles = {role.name for role in forms[system.grant_form][-1].roles}
    for name in system.roles:
        if name not in roles:
            _fail(
                file,
                f"slug: {system.slug}",
                f"{system.slug}: {system.grant_form} explains no «{name}»",
            )


def _fail(file: Path, near: str, reason: str) -> None:
    """Raises with the first line that holds `near`: what spans files has no node of its own."""
    lines = file.read_text("utf-8").splitlines()
    pattern = re.compile(re.escape(near) + r"(?![\w-])")
    line = next((n for n, text in enumerate(lines, 1) if pattern.search(text)), 1)
    raise CatalogueError(file, line, reason)
