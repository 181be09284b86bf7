"""The kinds of list there are."""

from __future__ import annotations

from collections.abc import Mapping

from accessflow.services.imports.accounts import Accounts
from accessflow.services.imports.dismissals import Dismissals
from accessflow.services.imports.journal import Journal
from accessflow.services.imports.staff import Staff
from accessflow.services.imports.task import Kind

KINDS: Mapping[str, Kind] = {
    "staff": Staff(),
    "frmr": Staff(),
    "dismissals": Dismissals(),
    "accounts": Accounts(),
    "journal": Journal(),
}
