"""What tests of more than one app share: the shipped factor release."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from apps.factors.models import Entry, Factor, Release, Source
from apps.factors.services import load_release


@pytest.fixture(scope="module")
def _library(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the factor release once for a module: it never changes, and loading takes a second."""
    with django_db_blocker.unblock():
        load_release()
    yield
    with django_db_blocker.unblock():
        for model in (Factor, Entry, Source, Release):
            model._base_manager.all()._raw_delete("default")


@pytest.fixture
def release(_library: None, db: None) -> Release:
    cache.clear()
    return Release.objects.get(is_current=True)
