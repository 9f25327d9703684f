"""The API against its own description."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client, override_settings
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from schemathesis import checks

from apps.accounts.models import Membership, Role
from apps.assessments.models import Assessment
from apps.factors.services import load_release
from lca.views import document
from lca.wsgi import application
from tests.factories import MembershipFactory, bearer

FILE = settings.BASE_DIR / "docs" / "api" / "openapi-v1.json"
schema = schemathesis.openapi.from_dict(json.loads(document()))
schema.app = application


def test_the_api_is_what_its_published_description_says() -> None:
    hint = (
        "The API changed. If that is meant: python manage.py openapi, and a line in CHANGELOG.md."
    )
    assert json.loads(document()) == json.loads(FILE.read_text()), hint


def test_the_description_is_made_without_a_guess(tmp_path: Path) -> None:
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "api.yaml")
    )


def test_the_description_and_its_pages_are_public() -> None:
    client = Client()
    assert client.get("/api/v1/schema/").json()["openapi"].startswith("3.1")
    for page in ("docs", "problems"):
        response = client.get(f"/api/v1/{page}/")
        assert response.status_code == 200
        assert "unsafe" not in response["Content-Security-Policy"]
        assert "<style" not in response.content.decode()


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Let the application's requests stay inside the test's transaction, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def furnished(
    django_db_setup: None,
    django_db_blocker: Any,
    one_of_everything: Callable[[Membership, str], Assessment],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Membership, Path]]:
    """An owner of one of everything and the folder of its files, made once: each operation rolls back to it."""
    media = tmp_path_factory.mktemp("media")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=media),
        transaction.atomic(),
    ):
        cache.clear()
        load_release()
        owner = MembershipFactory(role=Role.OWNER)
        one_of_everything(owner, "Aurora")
        yield owner, media
        transaction.set_rollback(True)


@pytest.fixture
def headers(furnished: tuple[Membership, Path], db: None, settings: Any) -> dict[str, str]:
    owner, settings.MEDIA_ROOT = furnished
    cache.clear()
    return bearer(owner)


HELD = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


@pytest.mark.timeout(300)
@schema.parametrize()
@examples(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_described(case: Any, headers: dict[str, str]) -> None:
    """Good and bad requests alike get one of the described answers, in the described shape."""
    case.call_and_validate(headers=headers, checks=HELD)
