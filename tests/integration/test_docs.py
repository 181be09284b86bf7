"""The generated pages in `docs/reference/` are what the code says today."""

from __future__ import annotations

from scripts.make_docs import FOLDER, pages


def test_the_copies_in_the_repository_are_the_codes() -> None:
    stored = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.md")}
    assert stored == pages(), "run `make docs`"
