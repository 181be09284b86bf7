"""LibreOffice as a second reader of the documents: its own profile, so that runs may overlap."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

SECONDS_PER_FILE = 60

Convert = Callable[[Mapping[str, bytes]], dict[str, bytes]]


@pytest.fixture(scope="session")
def office_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office-profile")


@pytest.fixture(scope="session")
def office_pdfs(tmp_path_factory: pytest.TempPathFactory, office_profile: Path) -> Convert:
    """`office_pdfs({"a.docx": data, ...})` gives LibreOffice's PDF of each file by its name.

    One start serves all files of a call: a start takes a second, a file a fraction of one.
    """
    return lambda files: _converted(files, "pdf", tmp_path_factory.mktemp("office"), office_profile)


@pytest.fixture(scope="session")
def office_sheets(tmp_path_factory: pytest.TempPathFactory, office_profile: Path) -> Convert:
    """`office_sheets({"a.xlsx": data})` gives each file as LibreOffice saves it again."""
    return lambda files: _converted(
        files, "xlsx", tmp_path_factory.mktemp("office"), office_profile
    )


def _converted(
    files: Mapping[str, bytes], target: str, folder: Path, profile: Path
) -> dict[str, bytes]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    done = subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            folder / "out",
            *(folder / name for name in files),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS_PER_FILE * len(files),
        check=False,
    )
    made = {name: folder / "out" / f"{Path(name).stem}.{target}" for name in files}
    missing = [name for name, file in made.items() if not file.exists()]
    if done.returncode or missing:
        raise RuntimeError(f"not converted: {missing}; {done.stdout}{done.stderr}")
    return {name: file.read_bytes() for name, file in made.items()}
