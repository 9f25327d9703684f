"""Fixtures for every test, and what may not be missing in CI."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.workers import worker

__all__ = ["worker"]  # a fixture for whoever needs a real Celery worker

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

settings.register_profile("ci", max_examples=50, derandomize=True, deadline=None)
settings.register_profile("nightly", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


BOTH_DATABASES = "BOTH_DATABASES" in os.environ
ON_POSTGRES = os.environ.get("TEST_DATABASE") == "postgres"
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_setup",
    "live_server",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the other database answers as well.

    On PostgreSQL that is what touches no database; on SQLite, with ``BOTH_DATABASES``, what takes minutes and is
    marked as run on PostgreSQL, where a server's own faults can happen too.
    """
    if ON_POSTGRES:
        without = [item for item in items if not touches_database(item)]
    elif BOTH_DATABASES:
        without = [item for item in items if item.get_closest_marker("on_postgres")]
    else:
        return
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if item not in set(without)]


def touches_database(item: pytest.Item) -> bool:
    """Whether a test is marked to use the database, or asks for a fixture that does."""
    marked = item.get_closest_marker("django_db") is not None
    return marked or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def missing(what: str, remedy: str) -> None:
    """Skip a test for want of a real part of the machine; in CI fail instead."""
    if IN_CI:
        pytest.fail(f"{what} is missing, and with CI=true no test may be skipped. {remedy}")
    pytest.skip(f"{what} is missing. {remedy}")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The address of a real Redis that lives as long as the test session."""
    return os.environ["REDIS_URL"]


@pytest.fixture(scope="session")
def torch() -> object:
    """The real torch, for tests that measure."""
    try:
        import torch
    except ImportError:
        missing("torch", "Add it with: make probe")
    return torch


@pytest.fixture(autouse=True)
def _media_of_its_own(settings: object, tmp_path: Path) -> None:
    """Give each test an empty media folder."""
    settings.MEDIA_ROOT = tmp_path / "media"
