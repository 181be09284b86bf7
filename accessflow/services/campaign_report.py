"""The end of a recertification: a report to print, sign and lay back as a scan.

An organisation's part lists every right; the whole lists the organisations. What an organisation
started itself is whole with its own part.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Campaign, CampaignLine, CampaignReport, Organization
from accessflow.documents.model import DocumentModel
from accessflow.documents.review_page import Heading, ReviewPage, build_review
from accessflow.documents.scan_input import assemble
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.domain.person_name import PersonName
from accessflow.services import (
    campaign_lines,
    campaign_progress,
    campaigns,
    files,
    history,
    making,
    scope,
)
from accessflow.services.actor import Actor
from accessflow.services.applications import signatory_of
from accessflow.services.campaign_lines import Filter
from accessflow.services.campaign_progress import Progress
from accessflow.services.clock import moscow_date

if TYPE_CHECKING:
    from accessflow.services.files import FileStore

LINES = (
    Heading("Фамилия, имя, отчество", 2.2),
    Heading("Должность, подразделение", 2),
    Heading("Система", 1.6),
    Heading("Роль", 1.6),
    Heading("Доступ с", 0.9, "center"),
    Heading("Решение", 1.5),
    Heading("Кто и когда решил", 1.5),
)
ORGANIZATIONS = (
    Heading("Организация", 4),
    Heading("Прав всего", 1, "center"),
    Heading("Оставлено", 1, "center"),
    Heading("Отозвать", 1, "center"),
    Heading("Закрыто за время пересмотра", 1.4, "center"),
    Heading("Не решено", 1, "center"),
)
UNFINISHED = "Сначала решите о каждом праве или закройте пересмотр: отчёт ещё предварительный."


def of_organization(
    session: Session,
    actor: Actor,
    catalogue: Catalogue,
    campaign: Campaign,
    organization_id: int,
    now: datetime,
) -> DocumentModel:
    """Every right with its decision, to be signed by the organisation's head. Raises NotFound."""
    counted = campaign_progress.progress_of(session, actor, campaign.id, organization_id)
    place = session.get_one(Organization, organization_id)
    query = campaign_lines.lines(campaign.id, organization_id, Filter("all"))
    head = signatory_of(making.valid_head(session, organization_id, moscow_date(now)))
    return build_review(
        ReviewPage(
            title=("Отчёт о пересмотре прав доступа", f"«{campaign.title}»"),
            preliminary=campaign.closed_at is None and counted.open > 0,
            facts=(
                ("Организация", place.full_name),
                *_facts(campaign),
                ("Решения", _summary(counted)),
            ),
            headings=LINES,
            rows=[_row(catalogue, line) for line in session.scalars(query).unique()],
            position=head.position,
            name=head.name,
            seal="М.П.",
            stem=("Пересмотр прав", campaign.title, place.short_name, f"{now:%d.%m.%Y}"),
            left_margin_mm=catalogue.region.printing.left_margin_mm,
        )
    )


def whole(
    session: Session, actor: Actor, catalogue: Catalogue, campaign: Campaign, now: datetime
) -> DocumentModel:
    """By organisation, to be signed by МИАЦ's director."""
    found = sorted(
        campaign_progress.progress(session, actor, campaign.id), key=lambda p: p.organization
    )
    director = catalogue.region.official("miac_director")
    return build_review(
        ReviewPage(
            title=("Отчёт о пересмотре прав доступа", f"«{campaign.title}»"),
            preliminary=campaign.closed_at is None and any(p.open for p in found),
            facts=(
                *_facts(campaign),
                ("Организаций", f"{len(found)}, закончили {sum(not p.open for p in found)}"),
                ("Решения", _summary(total(found))),
            ),
            headings=ORGANIZATIONS,
            rows=[
                [p.organization, *map(str, (p.total, p.keep, p.revoke, p.gone, p.open))]
                for p in found
            ],
            position=director.post,
            name=director.name,
            seal="М.П.",
            stem=("Пересмотр прав", campaign.title, f"{now:%d.%m.%Y}"),
            left_margin_mm=catalogue.region.printing.left_margin_mm,
        )
    )


def total(found: Sequence[Progress]) -> Progress:
    """Of all organisations together."""
    numbers = ("total", "open", "keep", "revoke", "gone", "unmade", "people")
    return Progress(0, "", *(sum(getattr(one, name) for one in found) for name in numbers))


def lay(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    store: FileStore,
    campaign_id: int,
    organization_id: int | None,
    uploads: Sequence[tuple[str, bytes]],
) -> None:
    """The signed scan of an organisation's part, or of the whole (None); a newer one takes its
    place. Raises Invalid for what is no scan, NotFound, Forbidden, Conflict while undecided."""
    content = assemble(uploads)
    with db.write() as session:
        campaign = campaigns.find(session, actor, campaign_id)
        _require_may_lay(session, actor, campaign, organization_id)
        scan = files.put(session, store, content, name="отчёт.pdf", now=now, accepted=files.SCANS)
        if organization_id is None or organization_id == campaign.organization_id:
            campaign.report_sha256 = scan.sha256
        if organization_id is not None:
            session.merge(
                CampaignReport(
                    campaign_id=campaign_id, organization_id=organization_id,
                    sha256=scan.sha256, laid_by_id=actor.user_id, laid_at=now,
                )
            )  # fmt: skip
        history.record(
            session, actor=actor, now=now, entity="campaign", entity_id=campaign_id,
            event="changed", what={"Подписанный отчёт": ["—", "загружен"]},
        )  # fmt: skip


def laid(
    session: Session, actor: Actor, campaign: Campaign, organization_id: int | None
) -> str | None:
    """The address of the signed scan in the store, if there is one that the actor may see."""
    if organization_id is None:
        own = campaign.organization_id is not None
        return campaign.report_sha256 if own or scope.sees_all(actor) else None
    campaign_progress.progress_of(session, actor, campaign.id, organization_id)
    found = session.get(CampaignReport, (campaign.id, organization_id))
    return found.sha256 if found else None


def laid_by(session: Session, campaign: Campaign) -> frozenset[int]:
    """The organisations whose signed part is there."""
    query = select(CampaignReport.organization_id).where(CampaignReport.campaign_id == campaign.id)
    return frozenset(session.scalars(query))


def may_lay(actor: Actor, campaign: Campaign, organization_id: int | None) -> bool:
    if organization_id is None:
        return campaign.organization_id is None and campaigns.may_run(actor, campaign)
    return campaign_lines.may_decide(actor, organization_id)


def _require_may_lay(
    session: Session, actor: Actor, campaign: Campaign, organization_id: int | None
) -> None:
    if organization_id is not None:
        campaign_progress.progress_of(session, actor, campaign.id, organization_id)
    if not may_lay(actor, campaign, organization_id):
        raise Forbidden("Подписанный отчёт загружает тот, чья это часть.", campaign=campaign.id)
    found = campaign_progress.progress(session, actor, campaign.id, organization_id)
    if campaign.closed_at is None and any(one.open for one in found):
        raise Conflict(UNFINISHED, campaign=campaign.id)


def signed(
    session: Session, actor: Actor, store: FileStore, campaign: Campaign, organization: int | None
) -> bytes:
    """The scan. Raises NotFound."""
    sha256 = laid(session, actor, campaign, organization)
    if sha256 is None:
        raise NotFound("Подписанного отчёта ещё нет.", campaign=campaign.id)
    return store.read(sha256)


def _facts(campaign: Campaign) -> list[tuple[str, str]]:
    started = f"{moscow_date(campaign.started_at):%d.%m.%Y}"
    closed = moscow_date(campaign.closed_at).strftime("%d.%m.%Y") if campaign.closed_at else "нет"
    return [
        ("Начат", f"{started}, срок до {campaign.due_on:%d.%m.%Y}"),
        ("Закрыт", closed),
    ]


def _summary(counted: Progress) -> str:
    return (
        f"всего прав {counted.total}; оставлено {counted.keep}; отозвать {counted.revoke};"
        f" закрыто за время пересмотра {counted.gone}; не решено {counted.open}"
    )


def _row(catalogue: Catalogue, line: CampaignLine) -> list[str]:
    grant, person, job = line.grant, line.grant.person, line.grant.employment
    system = catalogue.systems.get(grant.system)
    return [
        PersonName(person.last_name, person.first_name, person.middle_name).full,
        ", ".join(filter(None, (job.position, job.unit.name if job.unit else ""))),
        system.label if system else grant.system,
        grant.role or "—",
        f"{grant.since:%d.%m.%Y}",
        decision_in_words(line),
        _who(line),
    ]


def decision_in_words(line: CampaignLine) -> str:
    """What a line came to, as reports and exports say it."""
    closed_on = _closed_on(line)
    if line.decision == "revoke":
        if closed_on:
            return f"отозвано {closed_on}"
        return f"отозвать, заявка {line.request.number}" if line.request else "отозвать"
    if closed_on:
        return f"право закрыто {closed_on}"
    return "оставить" if line.decision == "keep" else "не решено"


def _closed_on(line: CampaignLine) -> str:
    grant = line.grant
    if grant.voided_at is not None:
        return f"{moscow_date(grant.voided_at):%d.%m.%Y}"
    return f"{grant.until:%d.%m.%Y}" if grant.until else ""


def _who(line: CampaignLine) -> str:
    if line.decided_by is None or line.decided_at is None:
        return "—"
    last, *rest = line.decided_by.name.split() or [""]
    name = " ".join([last, *(f"{part[0]}." for part in rest[:2])])
    return f"{name}, {_day(moscow_date(line.decided_at))}"


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
