"""The three files of an application together."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from accessflow.documents.writers import WRITERS, write_set, zip_set
from tests.documents_models import EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_set_is_what_each_writer_makes_alone(name: str) -> None:
    model = EXAMPLES[name]
    assert write_set(model) == {suffix: write(model) for suffix, write in WRITERS.items()}


def test_the_archive_holds_the_files_and_is_the_same_for_the_same() -> None:
    files = {f"Заявка{suffix}": data for suffix, data in write_set(EXAMPLES["letter-3"]).items()}
    packed = zip_set(files)
    assert packed == zip_set(dict(files))
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files
