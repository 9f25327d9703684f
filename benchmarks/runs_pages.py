"""Pages of recorded runs at a million runs against the same at a thousand: the table, the anatomy, the overview."""

import sys
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from _world import database, medians_s, report

FEW, MANY = 1_000, 1_000_000
REPEATS = 15
TARGET = 1.5
BATCH = 20_000
MINUTES = 500_000  # of the year that both spread over
CATEGORIES = ("exploration", "ablation", "evaluation", "final_training", "")


def fill(member: Any, runs: int) -> Any:
    """A system with so many runs over a year, and its sums."""
    from apps.assessments.models import AISystem
    from apps.ingest import services
    from apps.ingest.models import RecordedRun

    system = AISystem.objects.create(organisation=member.organisation, name="Bench", slug="bench")
    first = datetime(2026, 1, 1, tzinfo=UTC)
    for begin in range(0, runs, BATCH):
        RecordedRun.objects.bulk_create(
            RecordedRun(
                organisation=member.organisation,
                system=system,
                key=str(n),
                line=0,
                name=f"run {n}",
                started_at=first + timedelta(minutes=n * MINUTES // runs),
                ended_at=first + timedelta(minutes=n * MINUTES // runs + 60),
                happened_at=first + timedelta(minutes=n * MINUTES // runs + 60),
                duration_s=3600.0,
                energy_kwh=1.0 + n % 7,
                gpu_hours=8.0,
                category=CATEGORIES[n % len(CATEGORIES)],
                team=f"team {n % 5}",
                outcome="failed" if n % 9 == 0 else "finished",
                boundary="node",
                provenance="measured",
                tool="benchmark",
            )
            for n in range(begin, min(begin + BATCH, runs))
        )
    services.changed(system)
    services.refresh_all()
    return system


def main() -> int:
    """Fill both organisations, then ask each page of both in turn."""
    from django.test import Client

    from apps.accounts.models import Role
    from tests.factories import MembershipFactory

    members = [MembershipFactory(role=Role.EDITOR) for _ in range(2)]
    for member, runs in zip(members, (FEW, MANY), strict=True):
        fill(member, runs)
    clients = [Client(), Client()]
    for client, member in zip(clients, members, strict=True):
        client.force_login(member.user)

    def asks(place: int, page: str) -> None:
        address = f"/o/{members[place].organisation.slug}/runs/{page}"
        assert clients[place].get(address).status_code == HTTPStatus.OK

    missed = 0
    for title, page in {"table": "all/", "anatomy": "bench/anatomy/", "overview": ""}.items():
        few, many = medians_s(
            lambda page=page: asks(0, page), lambda page=page: asks(1, page), repeats=REPEATS
        )
        rows = {f"{MANY:,} runs": many, f"{FEW:,} runs": few}
        missed |= report(f"Recorded runs, {title}", rows, many / few, TARGET)
    return missed


if __name__ == "__main__":
    with database():
        status = main()
    sys.exit(status)
