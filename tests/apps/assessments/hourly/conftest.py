"""A site with two days of hourly factors, and files of them."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from apps.assessments import services
from apps.assessments.hourly import read_series
from apps.assessments.models import HourlySeries
from tests.apps.assessments.conftest import deployed

PARIS = "Europe/Paris"
YEAR = pd.date_range("2025-01-01", "2025-12-31 23:00", freq="h", tz=PARIS)


def file(times, factor="0.1", separator=","):
    rows = [f"{time}{separator}{factor}" for time in times]
    return "\n".join([f"time{separator}factor", *rows]).encode()


def local(times):
    return [at.isoformat() for at in times.tz_localize(None)]


def read(content, timezone=PARIS, unit="kg CO2e/kWh"):
    return read_series(content, timezone=timezone, unit=unit)


@pytest.fixture
def series(assessment, site):
    """Two days: 0.1 by day and 0.5 by night, with hour 30 missing."""
    factors = [0.1 if 6 <= hour % 24 < 18 else 0.5 for hour in range(48)]
    factors[30] = None
    return HourlySeries.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        site=site,
        starts_at=datetime(2025, 5, 1, tzinfo=UTC),
        factors=factors,
        scope="life_cycle",
        source="Grid operator, hourly, 2025",
    )


def at(run, start_hour, end_hour):
    run.started_at = datetime(2025, 5, 1, tzinfo=UTC) + timedelta(hours=start_hour)
    run.ended_at = datetime(2025, 5, 1, tzinfo=UTC) + timedelta(hours=end_hour)
    run.save()


def grid(assessment):
    return services.build_inventory(assessment).named().get("run.training.grid")


@pytest.fixture
def deployment(assessment, site, hardware):
    tokens = {"tokens_in": 300, "tokens_out": 400}
    joules = {"joules_per_output_token": 0.4, "joules_per_input_token": 0.02}
    return deployed(assessment, site, hardware, **tokens, **joules)
