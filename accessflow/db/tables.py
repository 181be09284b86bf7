"""The tables. One class a table, no behaviour beyond what a row says of itself.

Personal data stands in `persons`, `employments`, `request_rows`, `request_undos`, `email_claims`,
`import_rows`, and names also in `request_words`, `requests.search_text`, `letters` and
`request_messages` only.
Times are UTC with zone; dates are plain dates of Moscow.
"""

from __future__ import annotations

from accessflow.db.base import Base, UtcDateTime
from accessflow.db.change_tables import JobChange, JobChangeRequest
from accessflow.db.desk_tables import (
    Absence,
    BulkJob,
    CannedText,
    Change,
    Counter,
    ImportJob,
    ImportRow,
    Presence,
    SavedView,
    Selection,
    SettingVersion,
)
from accessflow.db.directory_tables import (
    Attestation,
    EmailClaim,
    Employment,
    LoginFailure,
    Organization,
    Person,
    Preference,
    Signatory,
    Unit,
    User,
)
from accessflow.db.file_tables import (
    RequestFile,
    ScanBatch,
    StoredFile,
)
from accessflow.db.ledger_tables import (
    CalendarFeed,
    Campaign,
    CampaignLine,
    CampaignReport,
    Dismissal,
    DismissalRevocation,
    Grant,
    LedgerEntry,
)
from accessflow.db.letter_tables import (
    FormNotice,
    Letter,
    Reminder,
)
from accessflow.db.request_tables import (
    Request,
    RequestEvent,
    RequestMessage,
    RequestRow,
    RequestUndo,
    RequestWaiver,
    RequestWord,
)

__all__ = [
    "Absence",
    "Attestation",
    "Base",
    "BulkJob",
    "CalendarFeed",
    "Campaign",
    "CampaignLine",
    "CampaignReport",
    "CannedText",
    "Change",
    "Counter",
    "Dismissal",
    "DismissalRevocation",
    "EmailClaim",
    "Employment",
    "FormNotice",
    "Grant",
    "ImportJob",
    "ImportRow",
    "JobChange",
    "JobChangeRequest",
    "LedgerEntry",
    "Letter",
    "LoginFailure",
    "Organization",
    "Person",
    "Preference",
    "Presence",
    "Reminder",
    "Request",
    "RequestEvent",
    "RequestFile",
    "RequestMessage",
    "RequestRow",
    "RequestUndo",
    "RequestWaiver",
    "RequestWord",
    "SavedView",
    "ScanBatch",
    "Selection",
    "SettingVersion",
    "Signatory",
    "StoredFile",
    "Unit",
    "User",
    "UtcDateTime",
]
