"""The public page of a report, against an empty page of the same app."""

import sys

from _world import database, medians_s, report

REPEATS = 41
TARGET = 1.3


def main() -> int:
    """Measure both through the whole stack of middleware, signed in, and compare."""
    from http import HTTPStatus
    from io import StringIO

    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    from apps.accounts.models import Role
    from tests.factories import MembershipFactory

    call_command("demo", "load", stdout=StringIO())
    member = MembershipFactory(role=Role.EDITOR)
    client = Client()
    client.force_login(member.user)
    page = reverse("assessments:list", args=[member.organisation.slug])

    def get(address: str) -> None:
        for _ in range(10):
            assert client.get(address).status_code == HTTPStatus.OK

    ours, theirs = medians_s(lambda: get("/d/olmo-2025/"), lambda: get(page), repeats=REPEATS)
    rows = {"published report, ten times": ours, "empty page, signed in, ten times": theirs}
    return report("A published page against an empty one", rows, ours / theirs, TARGET)


if __name__ == "__main__":
    with database():
        status = main()
    sys.exit(status)
