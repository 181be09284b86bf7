"""The ledger by person, by system and by organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from accessflow.db.tables import Grant, Organization
from accessflow.services import ledger_queries, ledger_sums, people, scope
from accessflow.services.admitted import label_of
from accessflow.services.ledger_list import PAGE_SIZE, Rights
from accessflow.services.ledger_queries import Asked
from accessflow.services.people import name_of
from accessflow.web import context, ledger_asked
from accessflow.web.ledger_asked import STATES
from accessflow.web.ledger_blueprint import blueprint, offered
from accessflow.web.ledger_unknown import unknown_of
from accessflow.web.ledger_words import Line, lines


@dataclass(frozen=True, slots=True)
class OfPerson:
    """What a person holds on a day, as far as the reader may see it."""

    person_id: int
    on: date
    lines: list[Line]
    several: bool  # jobs in more than one organisation
    ever: bool  # whether the ledger has ever heard of anything


@dataclass(frozen=True, slots=True)
class Version:
    """A right as it was told: `line` of today, `reason` why it was put right."""

    line: Line
    recorded_at: datetime
    closed_at: datetime | None
    voided_at: datetime | None
    reason: str


def rights_of(person_id: int, on: date | None = None, known_at: datetime | None = None) -> OfPerson:
    """For the person's page; whoever asks may see the person."""
    session, actor = context.session(), context.actor()
    day = on or context.today()
    held = ledger_queries.held(session, actor, Asked(day, known_at, person=person_id))
    told = sorted(lines(held, on=day, known_at=known_at), key=lambda one: one.system.casefold())
    organizations = {job.organization_id for job in people.jobs_of(session, actor, person_id)}
    ever = bool(held) or bool(ledger_queries.history(session, actor, person_id))
    return OfPerson(person_id, day, told, len(organizations) > 1, ever)


@blueprint.get("/people/<int:person_id>")
def person(person_id: int) -> ResponseReturnValue:
    """Rights on a day, and every version that was ever told, with when it was."""
    found = ledger_asked.question()
    session, actor = context.session(), context.actor()
    who = scope.person(session, actor, person_id)
    return render_template(
        "ledger/person.html",
        person=who,
        name=name_of(who).full,
        jobs=people.jobs_of(session, actor, person_id),
        found=found,
        rights=rights_of(person_id, found.on, found.known_at),
        versions=_versions(ledger_queries.history(session, actor, person_id)),
        unknown=unknown_of(person_id),
        overseer=scope.sees_all(actor),
        offered=offered,
        kept=ledger_asked.arguments,
    )


@blueprint.get("/systems/<system>")
def system(system: str) -> ResponseReturnValue:
    """Everybody who holds something in the system, organisation by organisation."""
    spec = context.catalogue().system(system)
    found = ledger_asked.question()
    actor = context.actor()
    overseer = scope.sees_all(actor)
    asked = Asked(
        found.on,
        found.known_at,
        system=system,
        role=found.role or None,
        organization=found.organization,
        state=found.state,
    )
    rights = Rights(context.session(), actor, context.catalogue(), asked)
    part = rights.part(
        sort="organization" if overseer and not found.organization else "name",
        after=request.args.get("after", 0, type=int),
        before=request.args.get("before", 0, type=int),
    )
    return render_template(
        "ledger/system.html",
        system=spec,
        found=found,
        states=STATES,
        roles=ledger_asked.roles(system),
        overseer=overseer,
        organizations=_organizations(overseer),
        groups=_groups(lines(part.items, on=found.on, known_at=found.known_at)),
        part=part,
        total=rights.total(),
        most=rights.most,
        first=max(1, request.args.get("n", 1, type=int)),
        size=PAGE_SIZE,
        count=len(part.items),
        offered=offered,
        kept=ledger_asked.arguments,
        own=found.organization or (None if overseer else actor.organization_id),
    )


@blueprint.get("/organizations/<int:organization_id>")
def organization(organization_id: int) -> ResponseReturnValue:
    """What the people of one organisation hold, system by system."""
    found = ledger_asked.question()
    session, actor = context.session(), context.actor()
    its = scope.organization(session, actor, organization_id)
    asked = Asked(found.on, found.known_at, organization=its.id)
    sums = ledger_sums.sums(session, actor, asked)
    systems = context.catalogue().systems
    return render_template(
        "ledger/organization.html",
        organization=its,
        overseer=scope.sees_all(actor),
        found=found,
        sums=sums,
        lines=sorted(
            (
                (label_of(context.catalogue(), slug), slug if slug in systems else "", number)
                for slug, number in sums.systems.items()
            ),
            key=lambda told: told[0].casefold(),
        ),
        offered=offered,
        kept=ledger_asked.arguments,
    )


def _organizations(overseer: bool) -> Sequence[Row[int, str]]:
    if not overseer:
        return ()
    return people.organization_names(context.session(), context.actor())


def _groups(told: Sequence[Line]) -> list[tuple[Organization, list[Line]]]:
    by = groupby(told, key=lambda line: line.grant.organization_id)
    groups = (list(some) for _, some in by)
    return [(some[0].grant.organization, some) for some in groups]


def _versions(grants: Sequence[Grant]) -> list[Version]:
    told = lines(grants, on=context.today())
    return [
        Version(
            line,
            line.grant.recorded_at,
            line.grant.closed_recorded_at,
            line.grant.voided_at,
            line.grant.void_reason,
        )
        for line in told
    ]
