"""A folder -> Catalogue, validated as a whole: a broken file stops the start."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from accessflow.catalogue.nodes import CatalogueError, Node
from accessflow.catalogue.read_form import read_form
from accessflow.catalogue.read_region import (
    read_calendar,
    read_canned,
    read_region,
    read_systems,
)
from accessflow.catalogue.spec import Catalogue, RegionSpec, SystemSpec
from accessflow.forms.spec import FormSpec

__all__ = ["Catalogue", "CatalogueError", "load"]

Forms = dict[str, tuple[FormSpec, ...]]


def load(folder: Path) -> Catalogue:
    """Reads `region.yaml`, `systems.yaml`, `calendar.yaml`, every `forms/*.yaml`, and `canned.yaml`
    where there is one.

    Raises CatalogueError with file, line and reason.
    """
    region = read_region(folder / "region.yaml")
    systems = read_systems(folder / "systems.yaml", region)
    forms = _forms(folder / "forms", region)
    for system, node in systems:
        _check_system(system, node, forms)
    return Catalogue(
        region=region,
        systems=MappingProxyType({system.slug: system for system, _ in systems}),
        forms=MappingProxyType(forms),
        calendar=MappingProxyType(read_calendar(folder / "calendar.yaml")),
        canned=read_canned(folder / "canned.yaml"),
    )


def _forms(folder: Path, region: RegionSpec) -> Forms:
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise CatalogueError(folder, 1, "no forms here")
    forms: Forms = {}
    for file in files:
        form, node = read_form(file, region)
        same = forms.get(form.slug, ())
        if any(f.version == form.version for f in same):
            node.fail(f"{form.slug} version {form.version} stands twice", "version")
        if any(f.effective_from == form.effective_from for f in same):
            node.fail(f"two versions of {form.slug} begin on one day", "effective_from")
        forms[form.slug] = tuple(sorted((*same, form), key=lambda f: f.effective_from))
    return forms


def _check_system(system: SystemSpec, node: Node, forms: Forms) -> None:
    for key, action in (("grant_form", "grant"), ("revoke_form", "revoke")):
        slug = getattr(system, key)
        if slug not in forms:
            node.fail(f"{system.slug}: no form «{slug}»", key)
        if any(action not in form.actions for form in forms[slug]):
            node.fail(f"{system.slug}: {slug} is no form to {action}", key)
    explained = {role.name for role in forms[system.grant_form][-1].roles}
    for name in system.roles:
        if name not in explained:
            node.fail(f"{system.slug}: {system.grant_form} explains no «{name}»", "roles")
