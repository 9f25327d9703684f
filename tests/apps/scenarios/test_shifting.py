"""The best schedule against every schedule there is; simple ones against what they say; files against their faults."""

import itertools
import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.scenarios.errors import BadInput
from apps.scenarios.shifting import policies, schedule
from apps.scenarios.shifting.schedule import PAUSED, Job, cost
from apps.scenarios.shifting.series import read


@given(
    seed=st.integers(0, 10_000),
    hours=st.integers(1, 5),
    slack=st.integers(0, 2),
    sites=st.integers(1, 2),
    pause=st.sampled_from([0.0, 0.3, 2.0]),
    move=st.sampled_from([0.0, 0.5, 3.0]),
)
@settings(max_examples=150, deadline=None)
def test_no_schedule_is_better(
    seed: int, hours: int, slack: int, sites: int, pause: float, move: float
) -> None:
    job = Job(hours=hours, deadline=hours + slack, pause_h=pause, move_h=move)
    intensity = np.random.default_rng(seed).random((job.deadline, sites))
    found = schedule.best(intensity, job)
    assert (found != PAUSED).sum() == hours
    least = min(
        cost(np.array(each), intensity, job)
        for each in itertools.product(range(-1, sites), repeat=job.deadline)
        if sum(site != PAUSED for site in each) == hours
    )
    assert cost(found, intensity, job) == pytest.approx(least)


def test_a_schedule_costs_its_hours_its_pauses_and_its_moves() -> None:
    intensity = np.array([[1.0, 9.0], [2.0, 9.0], [3.0, 9.0], [9.0, 4.0]])
    job = Job(hours=3, deadline=4, pause_h=0.5, move_h=2.0)
    assert cost(np.array([0, 0, 0, -1]), intensity, job) == 6
    assert cost(np.array([0, -1, 0, -1]), intensity, job) == 1 + 3 + 0.5 * 3
    assert cost(np.array([0, -1, -1, 1]), intensity, job) == 1 + 4 + 2 * 4


def test_free_pauses_take_the_cleanest_hours() -> None:
    intensity = np.random.default_rng(1).random((168, 20))
    job = Job(hours=60, deadline=168)
    found = schedule.best(intensity, job)
    expected = np.sort(intensity.min(axis=1))[:60].sum()
    assert cost(found, intensity, job) == pytest.approx(expected)


def days(sites: int = 3, hours: int = 240, *, shift: int = 8) -> np.ndarray:
    """Sunny days: clean at noon, each site some hours after the one before."""
    hour = np.arange(hours)[:, None] - shift * np.arange(sites)[None, :]
    return 0.4 - 0.25 * np.cos(2 * np.pi * (hour - 12) / 24)


def test_every_policy_does_what_it_says() -> None:
    intensity, job = days(), Job(hours=24, deadline=72, pause_h=0.1, move_h=0.5)
    found = {each.name: each for each in policies.compared(intensity, job, home=0, start=24)}
    for each in found.values():
        assert (each.schedule != PAUSED).sum() == 24
        assert each.kg_per_kw == pytest.approx(cost(each.schedule, intensity[24:96], job))
    now = found["at once, at home"]
    assert now.schedule[:24].tolist() == [0] * 24
    assert now.schedule[24:].tolist() == [PAUSED] * 48
    block = found["one block, at home"]
    assert np.diff(np.flatnonzero(block.schedule == 0)).max() == 1
    assert set(found["pauses, at home"].schedule.tolist()) == {PAUSED, 0}
    least = found["best"].kg_per_kw
    assert all(least <= each.kg_per_kw + 1e-12 for each in found.values())
    assert found["best, at home"].kg_per_kw <= found["pauses, at home"].kg_per_kw + 1e-12
    assert found["by yesterday"].kg_per_kw == pytest.approx(least, rel=0.01)  # every day is alike


def test_yesterday_is_all_that_the_forecast_knows() -> None:
    intensity = np.random.default_rng(2).random((144, 2))
    job = Job(hours=10, deadline=48)
    later = intensity.copy()
    later[72:] = 0.0
    first, second = (
        {each.name: each for each in policies.compared(table, job, home=0, start=48)}[
            "by yesterday"
        ]
        for table in (intensity, later)
    )
    assert first.schedule.tolist() == second.schedule.tolist()
    names = [each.name for each in policies.compared(intensity, job, home=0, start=0)]
    assert "by yesterday" not in names


def series_file(tmp_path: Path, *, marginal: bool = False, hours: int = 120) -> Path:
    intensity = days(2, hours)
    head = "time,north,south" + (",north_marginal,south_marginal" if marginal else "")
    rows = []
    for hour, (north, south) in enumerate(intensity):
        cells = [f"{1000 * north:.3f}", f"{1000 * south:.3f}"]
        if marginal:
            cells += [f"{1000 * (0.8 - north):.3f}", "700"]
        rows.append(f"2026-01-{1 + hour // 24:02d}T{hour % 24:02d}:00Z," + ",".join(cells))
    path = tmp_path / "series.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def whatif(path: Path, *words: str) -> dict[str, Any]:
    out = StringIO()
    given = ("--hours", "20", "--deadline", "48", "--unit", "g CO2e/kWh", "--json")
    call_command("whatif", "shift", "--intensity", str(path), *given, *words, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_the_command_saves_against_starting_at_once(tmp_path: Path) -> None:
    found = whatif(series_file(tmp_path), "--kw", "10", "--start", "24")
    rows = {row["policy"]: row for row in found["policies"]}
    now, best = rows["at once, at home"], rows["best"]
    hours = days(2, 120)[24:44, 0]
    assert now["kg_co2e"] == pytest.approx(
        10 * hours.sum() * found["site"]["pue"]["value"], rel=1e-4
    )
    assert best["difference"]["value"] == pytest.approx(best["kg_co2e"] - now["kg_co2e"])
    assert best["difference"]["p95"] < 0
    assert best["saved_over_starts"]["p05"] > 0.2
    assert found["marginal"] is None
    assert len(best["schedule"]) == 48


def test_marginal_and_average_are_both_told(tmp_path: Path) -> None:
    found = whatif(series_file(tmp_path, marginal=True))
    by_average, by_marginal = (
        {row["policy"]: row for row in rows}
        for rows in (found["policies"], found["marginal"]["policies"])
    )
    assert by_marginal["best"]["schedule"] != by_average["best"]["schedule"]
    assert by_marginal["best"]["kg_co2e"] <= found["marginal"]["kg_co2e_of_the_best_by_average"]
    assert "one more kWh" in found["marginal"]["meaning"]


def test_regions_trade_carbon_for_water() -> None:
    out = StringIO()
    call_command("whatif", "shift", "--zone", "PL", "--move-to", "SE", "--move-to", "FR", "--json", stdout=out)  # fmt: skip
    found = json.loads(out.getvalue())
    rows = {row["zone"]: row for row in found["regions"]}
    assert rows["SE"]["footprint"]["gwp_location"]["difference"]["p95"] < 0
    assert rows["SE"]["footprint"]["water"]["difference"]["nominal"] > 0
    assert "difference" not in rows["PL"]["footprint"]["gwp_location"]


def test_hours_without_carbon_save_nothing(tmp_path: Path) -> None:
    path = tmp_path / "clean.csv"
    rows = [f"2026-01-{1 + hour // 24:02d}T{hour % 24:02d}:00Z,0" for hour in range(72)]
    path.write_text("time,hydro\n" + "\n".join(rows) + "\n")
    for row in whatif(path, "--start", "24")["policies"]:
        assert row["kg_co2e"] == 0
        assert row.get("saved", 0) == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("2026-01-01T03:00Z", "2026-01-01T04:00Z"), "Line 5: “2026-01-01T04:00Z” is not one hour"),
        (("2026-01-01T03:00Z", "noon"), "Line 5: “noon” is not a time"),
        (("time,north,south", "time,north,north_marginal"), "for all sites or for none|needed"),
        (("650.000", ""), "“” is not an intensity"),
    ],
    ids=["hour", "time", "marginal", "blank"],
)
def test_bad_series_are_named(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = series_file(tmp_path)
    text = path.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change, 1) if "marginal" not in change[1] else text.replace("time,north,south", "time,north,south,north_marginal").replace("\n", ",1\n").replace("north_marginal,1", "north_marginal"))  # fmt: skip
    with pytest.raises(BadInput, match=says):
        read(path, "g CO2e/kWh")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--hours", "20", "--deadline", "10", "--unit", "g CO2e/kWh"], "do not fit"),
        (["--hours", "20", "--deadline", "200", "--unit", "g CO2e/kWh"], "120 hours"),
        (["--hours", "2", "--deadline", "9"], "Is the unit right"),
        (["--hours", "2", "--deadline", "9", "--unit", "lb"], "is not a carbon intensity"),
        (["--hours", "2", "--deadline", "9", "--unit", "g CO2e/kWh", "--home", "west"], "no site “west”"),
        (["--hours", "2", "--deadline", "9", "--unit", "g CO2e/kWh", "--power-limit", "0"], "above 0"),
        ([], "--hours and --deadline"),
    ],
    ids=["deadline", "long", "unit", "pounds", "home", "limit", "nothing"],
)  # fmt: skip
def test_bad_choices_are_said(tmp_path: Path, words: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("whatif", "shift", "--intensity", str(series_file(tmp_path)), *words)


def test_a_power_limit_takes_longer_and_saves_less(tmp_path: Path) -> None:
    path = series_file(tmp_path)
    full, half = whatif(path), whatif(path, "--power-limit", "0.5")
    assert half["job"]["hours_at_the_limit"] == 40
    rows = [{row["policy"]: row for row in each["policies"]}["best"] for each in (full, half)]
    assert rows[1]["kg_co2e"] > rows[0]["kg_co2e"]
