"""What a new name needs in each system, as its form tells a person.

The regulation knows no form for a change of name, only three kinds of application (Рег. 3.3, R9).
Where the form tells a person by СНИЛС, the account stays and is corrected: a problem of
identification, App. 2. Where it has no СНИЛС (App. 3, 13; X6) the account is known by its name
alone: it is taken away under the former name and given under the new one, by a pair. Where
everybody signs in by ЕСИА (App. 5, R32) the name comes from there.
"""

from __future__ import annotations

from typing import Literal

from accessflow.forms.spec import FormSpec
from accessflow.services.job_rights import Right

Way = Literal["keep", "tell", "again"]
"""Nothing is filed; App. 2; a pair that takes away and gives again."""


def prints_snils(form: FormSpec) -> bool:
    """Whether the account is told by more than a name."""
    return any(column.kind == "snils" and column.printed for column in form.columns)


def by_own_login(form: FormSpec) -> bool:
    """Whether the name comes from ЕСИА (R32)."""
    return "esia" in form.prerequisites


def usual_way(right: Right) -> Way:
    """What the form of the system comes to; see the top."""
    if by_own_login(right.offer.form) or right.asked:
        return "keep"
    if prints_snils(right.offer.form) or right.offer.exceptional:
        return "tell"
    return "again"


def ways_of(right: Right) -> tuple[Way, ...]:
    """What may be done at all: a right that is being taken away, or whose system takes no usual
    application, is not given again."""
    return ("keep", "tell") if right.asked or right.offer.exceptional else ("keep", "tell", "again")
