"""An organisation and МИАЦ on the test's own database, and the organisation's people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accessflow.db.session import Database
    from tests.dismissal_examples import Staff
    from tests.life_examples import Life

# The examples are imported late: a unit test without a database starts without SQLAlchemy.


@pytest.fixture
def ours(db: Database, tmp_path: Path) -> Life:
    """The organisation's secretary acts in it; files go where the pages look for them."""
    from tests.life_examples import life

    return life(db, tmp_path)


@pytest.fixture
def staff(db: Database, tmp_path: Path) -> Staff:
    """The same, for tests of what its people hold."""
    from tests.dismissal_examples import Staff
    from tests.life_examples import life

    return Staff(life(db, tmp_path))
