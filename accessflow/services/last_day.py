"""The last day of a job, typed on the person's card: it is a dismissal, entered or moved there.

So the card and «Увольнения» are two doors to one thing: nobody leaves without the term of Рег. 3.7.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Employment
from accessflow.domain.errors import Invalid
from accessflow.domain.reading import Flaw
from accessflow.services import dismissal_entering, dismissals
from accessflow.services.actor import Actor
from accessflow.services.dismissal_entering import Dismissing
from accessflow.services.employments import LastDay
from accessflow.services.fields import Refused

FIELD = "until"


def typed_by(actor: Actor, now: datetime, catalogue: Catalogue) -> LastDay:
    """For `employments.change`. What it gives raises Refused."""

    def follow(session: Session, job: Employment, until: date | None) -> None:
        standing = dismissals.standing_of(session, job.id)
        if until is None and standing is not None:
            raise _refused(
                "Увольнение отменяют на странице «Увольнения»: там же убираются заявки на отзыв."
            )
        try:
            if until is None:
                dismissals.end_job(session, actor, now, job, None)
            elif standing is None:
                what = Dismissing(job.id, until)
                dismissal_entering.enter_one_within(
                    session, actor=actor, now=now, catalogue=catalogue, what=what
                )
            else:
                dismissals.move_within(
                    session, actor=actor, now=now, catalogue=catalogue,
                    dismissal_id=standing.id, to=until,
                )  # fmt: skip
        except Invalid as refusal:
            raise _refused(refusal.message) from refusal

    return follow


def _refused(message: str) -> Refused:
    return Refused(message, {FIELD: Flaw("last_day", message)})
