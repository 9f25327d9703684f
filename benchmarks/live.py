"""Pages of live services after a year of every hour against the same after a day: one service, and all deployed models."""

import sys
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from _world import database, medians_s, report

SERVICES = 5
FEW, MANY = 24, 24 * 365
WEEK = 24 * 6  # what one message may hold
REPEATS = 25
TARGET = 2.0  # the page of all models shows twelve months instead of one


def fill(member: Any, hours: int, now: datetime) -> Any:
    """Services of an organisation that answered in so many hours; return one of them."""
    from apps.assessments.models import AISystem
    from apps.factors.models import Release
    from apps.ingest.otlp import Point
    from apps.live import services
    from tests.apps.live.conftest import make_deployment

    system = AISystem.objects.create(organisation=member.organisation, name="Bench", slug="bench")
    deployment = make_deployment(
        system, Release.objects.get(is_current=True), slug=member.organisation.slug
    )
    made = None
    for n in range(SERVICES):
        made = services.follow(
            system=system, name=f"service {n}", deployment=deployment, metrics_url="", actor=None
        )
        for first in range(0, hours, WEEK):
            times = [now - timedelta(hours=h) for h in range(first, min(first + WEEK, hours))]
            points = [
                Point(
                    family="vllm",
                    fact="output_tokens",
                    series="s",
                    model="",
                    instance="",
                    is_delta=True,
                    start_ns=0,
                    time_ns=int(at.timestamp() * 1e9),
                    value=2e5,
                )
                for at in times
            ]
            services.count(service=made, points=points, now=times[0])
    return made


def main() -> int:
    """Fill both organisations, then ask each page of both in turn."""
    from django.test import Client
    from django.utils import timezone

    from apps.accounts.models import Role
    from tests.factories import MembershipFactory

    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    members = [MembershipFactory(role=Role.EDITOR) for _ in range(2)]
    rows = [fill(m, hours, now) for m, hours in zip(members, (FEW, MANY), strict=True)]
    clients = [Client(), Client()]
    for client, member in zip(clients, members, strict=True):
        client.force_login(member.user)

    def asks(place: int, page: str) -> None:
        base = f"/o/{members[place].organisation.slug}/runs/"
        address = f"{base}live/{rows[place].uuid}/" if page == "service" else f"{base}{page}"
        assert clients[place].get(address).status_code == HTTPStatus.OK

    missed = 0
    pages = {"one service": "service", "all services": "live/", "deployed models": "deployed/"}
    for title, page in pages.items():
        few, many = medians_s(
            lambda page=page: asks(0, page), lambda page=page: asks(1, page), repeats=REPEATS
        )
        times = {f"{SERVICES} services, {MANY:,} hours": many, f"{FEW} hours": few}
        missed |= report(f"Live services, {title}", times, many / few, TARGET)
    return missed


if __name__ == "__main__":
    with database():
        status = main()
    sys.exit(status)
