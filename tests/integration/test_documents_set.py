"""The three files of an application together."""

from __future__ import annotations

import pytest

from accessflow.documents.writers import WRITERS, write_set
from tests.documents_models import EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_set_is_what_each_writer_makes_alone(name: str) -> None:
    model = EXAMPLES[name]
    assert write_set(model) == {suffix: write(model) for suffix, write in WRITERS.items()}
