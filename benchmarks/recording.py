"""One run by POST against a bare create of the same row by the same framework, both with the same token.

Both are whole requests through every middleware in one process: only the network is left out.
"""

import sys
from http import HTTPStatus
from itertools import count
from typing import Any

from _world import database, medians_s, report

REPEATS = 200
TARGET = 2.0
RUN = {
    "name": "train",
    "started_at": "2026-03-01T10:00:00Z",
    "ended_at": "2026-03-01T12:00:00Z",
    "duration_s": 7200.0,
    "energy_kwh": 3.5,
    "pue_inside": 1.0,
    "gpu_model": "NVIDIA H100",
    "gpu_count": 8.0,
    "gpu_hours": 16.0,
    "outcome": "finished",
    "boundary": "node",
    "provenance": "measured",
    "tool": "benchmark",
}


def bare(system: Any) -> Any:
    """The plainest view that creates a row of the ledger."""
    from rest_framework import generics, serializers

    from apps.accounts.rest.authentication import TokenAuthentication
    from apps.ingest.models import RecordedRun

    class Shape(serializers.ModelSerializer[RecordedRun]):
        class Meta:
            model = RecordedRun
            fields = [*RUN, "external_id"]

    class Create(generics.CreateAPIView[RecordedRun]):
        authentication_classes = [TokenAuthentication]
        permission_classes: list[Any] = []
        serializer_class = Shape

        def perform_create(self, serializer: Any) -> None:
            key = serializer.validated_data["external_id"]
            serializer.save(
                system=system, organisation_id=system.organisation_id, key=f"bare {key}", line=0
            )

    return Create.as_view()


def main() -> int:
    """Measure both."""
    from django.test import Client
    from django.urls import path

    from apps.accounts.models import Role
    from apps.assessments.models import AISystem
    from lca import urls
    from tests.factories import MembershipFactory, bearer

    member = MembershipFactory(role=Role.EDITOR)
    system = AISystem.objects.create(organisation=member.organisation, name="Bench", slug="bench")
    urls.urlpatterns.insert(0, path("api/bare/", bare(system)))
    client, headers, numbers = Client(), bearer(member), count()

    def post(address: str, **more: str) -> None:
        body = {**RUN, **more, "external_id": f"run-{next(numbers)}"}
        answer = client.post(address, body, content_type="application/json", headers=headers)
        assert answer.status_code == HTTPStatus.CREATED, answer.content.decode()

    ours, theirs = medians_s(
        lambda: post("/api/v1/recorded-runs/", system="bench"),
        lambda: post("/api/bare/"),
        repeats=REPEATS,
    )
    rows = {"a run into the ledger": ours, "a bare create of the same row": theirs}
    return report("One run by POST", rows, ours / theirs, TARGET)


if __name__ == "__main__":
    with database():
        status = main()
    sys.exit(status)
