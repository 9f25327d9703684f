"""A program that calls the API as an editor."""

import pytest
from django.test import Client

from tests.factories import bearer

JSON = "application/json"


class Caller:
    """A program with a token."""

    def __init__(self, member, *scopes):
        self.client, self.headers = Client(), bearer(member, *scopes)

    def __call__(self, method, path, data=None, **headers):
        call = getattr(self.client, method)
        kwargs = {"content_type": JSON, "data": data} if data is not None else {}
        return call(f"/api/v1/{path}", headers=self.headers | headers, **kwargs)


@pytest.fixture
def api(editor):
    return Caller(editor)


def pointers(response):
    return {item["pointer"]: item["message"] for item in response.json()["errors"]}


def run_of(assessment, place, **fields):
    known = {
        "assessment": str(assessment.uuid),
        "site": str(place.uuid),
        "name": "Ablation",
        "category": "ablation",
        "gpu_hours": 12.5,
    }
    return known | fields
