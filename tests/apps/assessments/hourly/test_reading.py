"""Files of hourly grid factors with every trap of the clock."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from apps.assessments.hourly import MOST_BYTES, SeriesRejected
from tests.apps.assessments.hourly.conftest import YEAR, file, local, read


def test_a_year_of_local_hours_has_no_gap_when_the_repeated_hour_stands_twice():
    series = read(file(local(YEAR)))
    assert series.starts_at == datetime(2024, 12, 31, 23, tzinfo=UTC)
    assert len(series.factors) == 8760
    assert series.gaps() == []
    assert series.notes == ()


def test_a_repeated_hour_that_stands_once_is_noted_and_leaves_a_gap():
    once = list(dict.fromkeys(local(YEAR)))
    series = read(file(once))
    assert [(gap.start, gap.hours) for gap in series.gaps()] == [
        (datetime(2025, 10, 26, 1, tzinfo=UTC), 1)
    ]
    assert "comes twice in Europe/Paris" in series.notes[0]


def test_an_hour_that_clocks_skip_is_refused_with_its_line():
    naive = [at.isoformat() for at in pd.date_range("2025-03-30", periods=4, freq="h")]
    with pytest.raises(SeriesRejected, match=r"Line 4: 2025-03-30 02:00 does not exist in Europe"):
        read(file(naive))
    assert len(read(file(naive), timezone="UTC").factors) == 4


def test_missing_hours_are_reported_in_runs():
    hours = list(YEAR[:10].delete([3, 4, 7]))
    series = read(file([at.isoformat() for at in hours]))
    assert [gap.hours for gap in series.gaps()] == [2, 1]
    assert series.factors.count(None) == 3


def test_an_empty_factor_is_a_missing_hour_and_grams_are_converted():
    content = b"time;factor\n2025-01-01T00:00Z;100\n2025-01-01T01:00Z;\n"
    series = read(content, unit="g CO2e/kWh")
    assert series.factors == [pytest.approx(0.1), None]


def test_lines_may_end_as_they_did_on_old_machines():
    series = read(b"time,factor\r2025-01-01T00:00Z,0.1\r2025-01-01T01:00Z,0.2\r")
    assert series.factors == [0.1, 0.2]


def test_half_hour_zones_are_read():
    series = read(file(["2025-01-01T00:00", "2025-01-01T01:00"]), timezone="Asia/Kolkata")
    assert series.starts_at == datetime(2024, 12, 31, 18, 30, tzinfo=UTC)
    assert len(series.factors) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no hour"),
        (b"a,b\n", "holds no hour"),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", "Line 2: "),
        (b"\xff\xfe", "not UTF-8"),
        (b"x" * (MOST_BYTES + 1), "larger than 3 MB"),
        (b"a,b\n2025-01-01T00:00,412\n", r"Line 2: 412 .* check the unit"),
        (b"a,b\n2025-01-01T00:00,-1\n", "not between 0 and 5"),
        (b"a;b\n2025-01-01T00:00;0,4\n", "decimal point"),
        (b"a,b\n2025-01-01T00:00,nan\n", "nan .* is not between"),
        (b"a,b\n2025-01-01T00:00,x\n", "“x” is not a number"),
        (b"a,b\nyesterday,0.1\n", "“yesterday” is not a time"),
        (b"a,b,c\n2025-01-01T00:00,0.1,1\n", "has 3 cells"),
        (file(["2025-01-01T00:00", "2025-01-01T00:30"]), "not a full hour from the first"),
        (file(["2025-01-01T00:00Z"] * 2), "stands in the file already"),
        (file(["2025-01-01T00:00", "2025-01-01T01:00Z"]), "give all or none"),
        (file(["2024-01-01T00:00Z", "2025-06-01T00:00Z"]), "at most a year"),
    ],
)
def test_a_faulty_file_is_refused_whole(content, message):
    with pytest.raises(SeriesRejected, match=message):
        read(content)


def test_every_fault_is_named_up_to_a_limit():
    with pytest.raises(SeriesRejected, match="And 5 more") as error:
        read(file([at.isoformat() for at in YEAR[:25]], factor="x"))
    assert len(error.value.faults) == 25
