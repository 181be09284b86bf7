"""LibreOffice as a second reader of the documents: its own profile, so that runs may overlap."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

SECONDS_PER_FILE = 60

Convert = Callable[[Mapping[str, bytes]], dict[str, bytes]]


@pytest.fixture(scope="session")
def office_pdfs(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """`office_pdfs({"a.docx": data, ...})` gives LibreOffice's PDF of each file by its name.

    One start serves all files of a call: a start takes a second, a file a fraction of one.
    """
    profile = tmp_path_factory.mktemp("office-profile")

    def convert(files: Mapping[str, bytes]) -> dict[str, bytes]:
        folder = tmp_path_factory.mktemp("office")
        for name, data in files.items():
            (folder / name).write_bytes(data)
        done = subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{profile}",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                folder / "pdf",
                *(folder / name for name in files),
            ],
            capture_output=True,
            text=True,
            timeout=SECONDS_PER_FILE * len(files),
            check=False,
        )
        made = {name: folder / "pdf" / f"{Path(name).stem}.pdf" for name in files}
        missing = [name for name, pdf in made.items() if not pdf.exists()]
        if done.returncode or missing:
            raise RuntimeError(f"not converted: {missing}; {done.stdout}{done.stderr}")
        return {name: pdf.read_bytes() for name, pdf in made.items()}

    return convert
