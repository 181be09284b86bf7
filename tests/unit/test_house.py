"""What holds for the repository as a whole: the lock, the vendored work, the addresses."""

from __future__ import annotations

import re

import pytest

from tests.support.repository import ROOT, tracked

LOCKS = ["run", "test", "bench", "bench-alone"]
# In parts, so that this file does not name them either.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
    )
]
VENDORED = [
    "accessflow/documents/fonts",
    "accessflow/web/static/vendor/bootstrap",
    "accessflow/web/static/vendor/bootstrap-icons",
    "accessflow/web/static/vendor/htmx",
    "tests/vendor",
]


def pinned(lock: str) -> dict[str, str]:
    """A lock's requirements: name -> everything that is said of it."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=\S)", re.sub(r"#.*", "", text), flags=re.MULTILINE)
    return {block.split("==")[0].strip(): block for block in blocks if block.strip()}


def test_no_tracked_file_names_a_package_registry() -> None:
    third_party = {file for folder in VENDORED for file in tracked(folder)}
    named = [
        f"{file.relative_to(ROOT)}: {host}"
        for file in set(tracked()) - third_party
        for host in REGISTRIES
        if host.encode() in file.read_bytes()
    ]
    assert named == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_has_a_version_and_a_hash(lock: str) -> None:
    requirements = pinned(lock)
    assert requirements
    loose = [name for name, said in requirements.items() if "==" not in said or not hashed(said)]
    assert loose == []


def hashed(said: str) -> bool:
    return re.search(r"--hash=sha256:[0-9a-f]{64}\b", said) is not None


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_index(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert re.findall(r"\w+://\S*|--(?!hash=)[\w-]+", text) == []


def test_the_locks_agree_with_one_another() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, said in pinned(lock).items():
            versions.setdefault(name, set()).add(said.split("==")[1].split()[0])
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_wanted_package_is_locked(lock: str) -> None:
    wanted = (ROOT / "requirements" / f"{lock}.in").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Za-z][\w.-]*)", wanted, flags=re.MULTILINE)
    locked = pinned(lock) | (pinned("run") if lock != "run" else {})
    bare = {re.sub(r"\[.*", "", name).lower() for name in locked}
    assert [name for name in names if name.lower().replace("_", "-") not in bare] == []


@pytest.mark.parametrize("folder", VENDORED)
def test_vendored_work_carries_its_licence_and_is_listed(folder: str) -> None:
    licences = [file for file in tracked(folder) if file.name.startswith("LICENSE")]
    assert licences
    assert all(len(file.read_text(encoding="utf-8")) > 200 for file in licences)
    assert f"`{folder}/`" in (ROOT / "THIRD-PARTY.md").read_text(encoding="utf-8")


def test_every_folder_of_vendored_work_is_known() -> None:
    static = {file.relative_to(ROOT).parts[4] for file in tracked("accessflow/web/static/vendor")}
    assert {f"accessflow/web/static/vendor/{name}" for name in static} <= set(VENDORED)
    fonts = {
        file.parent for file in tracked() if file.suffix in (".ttf", ".otf", ".woff", ".woff2")
    }
    homes = [ROOT / folder for folder in VENDORED]
    assert [font for font in fonts if not any(font.is_relative_to(home) for home in homes)] == []
