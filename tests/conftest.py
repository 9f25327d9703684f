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
