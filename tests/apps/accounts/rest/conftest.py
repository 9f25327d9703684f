"""A program that calls the API."""

import json
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership, Scope
from apps.assessments.models import AISystem
from tests.factories import bearer

SYSTEMS = "/api/systems/"


class Program:
    """A program that calls the API with a token."""

    def __init__(self, member: Membership, *scopes: Scope) -> None:
        self.client = Client(headers=bearer(member, *scopes))
        self.organisation = member.organisation

    def send(self, method: str, address: str, body: Any, **headers: str) -> Any:
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = names.pop("content-type", "application/json")
        return self.client.generic(method, address, raw, content_type=kind, headers=names)

    def post(self, body: Any, address: str = SYSTEMS, **headers: str) -> Any:
        return self.send("POST", address, body, **headers)

    def patch(self, row: AISystem, body: Any, **headers: str) -> Any:
        return self.send("PATCH", f"{SYSTEMS}{row.uuid}/", body, **headers)

    def system(self, **fields: Any) -> AISystem:
        values = {"slug": "s", "name": "First", **fields}
        return AISystem.objects.create(organisation=self.organisation, **values)


@pytest.fixture
def program(editor: Membership) -> Program:
    return Program(editor)


def is_problem(response: Any, status: int, code: str) -> bool:
    document = response.json()
    assert response["Content-Type"] == "application/problem+json", document
    assert {"type", "title", "status", "detail", "code"} <= set(document)
    assert (response.status_code, document["status"], document["code"]) == (status, status, code)
    return True
