"""An edit that recalculates a 60-flow assessment with 4 096 draws, against an empty page of the same app.

Both are whole requests through every middleware, signed in, in one process: only the network is left out.
"""

import sys
from http import HTTPStatus
from itertools import count
from typing import Any

from _world import database, medians_s, report

FLOWS = 60
DRAWS = 4_096
REPEATS = 20
TARGET = 5.0
OWN = {"id", "uuid", "name", "created_at", "updated_at"}
ACCELERATOR = "nvidia-h100-sxm5-80gb"


def grown(member: Any) -> Any:
    """Return an assessment with just as many runs as 60 flows take."""
    from apps.assessments import services
    from apps.assessments.inventory import build_inventory
    from apps.assessments.models import ComputeRun

    common = {"organisation": member.organisation, "actor": member.user}
    first = {
        "system_name": "Benchmark",
        "accelerator": ACCELERATOR,
        "gpu_hours": 1000.0,
        "zone": "DE",
    }
    assessment = services.start_assessment(**common, **first)
    run = assessment.runs.get()
    copied = [field.name for field in ComputeRun._meta.fields if field.name not in OWN]
    while len(build_inventory(assessment).flows) < FLOWS:
        values = {name: getattr(run, name) for name in copied}
        ComputeRun.objects.create(**values, name=f"Run {assessment.runs.count() + 1}")
    assert assessment.draws == DRAWS
    return assessment


def filled_form(client: Any, address: str) -> dict[str, Any]:
    """Return what a browser would send for the form at an address."""
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()  # for this one look at the form: it slows the templates down
    form = client.get(address).context["form"]
    teardown_test_environment()
    return {field.html_name: field.value() for field in form if field.value() not in {None, False}}


def main() -> int:
    """Measure both kinds of request and compare."""
    from django.test import Client
    from django.urls import reverse

    from apps.accounts.models import Role
    from apps.assessments.inventory import build_inventory
    from tests.factories import MembershipFactory

    member, idle = MembershipFactory(role=Role.EDITOR), MembershipFactory(role=Role.EDITOR)
    assessment = grown(member)
    run = assessment.runs.first()
    where = [assessment.organisation.slug, assessment.slug, "runs", str(run.uuid)]
    address = reverse("assessments:edit", args=where)
    editor, other = Client(), Client()
    editor.force_login(member.user)
    other.force_login(idle.user)
    shown = filled_form(editor, address)
    versions, hours = count(run.version), count(1000)

    def edit() -> None:
        data = {**shown, "version": next(versions), "gpu_hours": next(hours) + 0.5}
        response = editor.post(address, data, headers={"HX-Request": "true"})
        assert response.status_code == HTTPStatus.OK, response.content.decode()

    empty_page = reverse("assessments:list", args=[idle.organisation.slug])

    def empty() -> None:
        assert other.get(empty_page).status_code == HTTPStatus.OK

    flows = len(build_inventory(assessment).flows)
    edited, shown_empty = medians_s(edit, empty, repeats=REPEATS)
    rows = {f"edit, {flows} flows, {DRAWS} draws": edited, "empty page, signed in": shown_empty}
    return report("An edit against an empty page", rows, edited / shown_empty, TARGET)


if __name__ == "__main__":
    with database():
        status = main()
    sys.exit(status)
