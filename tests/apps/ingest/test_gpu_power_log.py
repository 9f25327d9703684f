"""Logs of power: each layout, each trap."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest.importers import gpu_power_log
from apps.ingest.record import Boundary, Rejected, Run
from lca.engine import Provenance
from tests.apps.ingest.mangling import bear, codes, found_in, mangled

SMI = """\
timestamp, name, power.draw [W], power.draw.instant [W]
2025/01/02 10:00:00.000, NVIDIA A100, 100.00 W, 300.00 W
2025/01/02 10:00:10.000, NVIDIA A100, 200.00 W, 300.00 W
2025/01/02 10:00:20.000, NVIDIA A100, 100.00 W, 300.00 W
"""
BARE_SMI = "2025/01/02 10:00:00.000, 100.00 W\n2025/01/02 10:00:36.000, 100.00 W\n"
WIDE = "timestamp,GPU0,GPU1\n1763638585.0,100,300\n1763638603.0,100,300\n1763638621.0,100,300\n"
INDEXED = "time,index,power\n0,0,100\n0,1,300\n36,0,100\n36,1,300\n"
TWO_SERIES = "timestamp,cpu_watts,gpu_watts\n2026-05-10T16:00:00Z,,50\n2026-05-10T16:00:36Z,70,50\n2026-05-10T16:00:40Z,70,50\n"
SENSORS = "Time_Seconds,Sensor_Name,Sensor_ID,Watts\n0,CPU Package,/a,20\n0,CPU Cores,/b,15\n0,GPU Power,/c,5\n"
FIGURES = "28.5\n30.5\n31.0\n"
METRICS = "metric,gpu_index,value,unit\nTIME,ALL,36,sec\nENERGY,0,3600,J\nENERGY,1,7200,J\nENERGY_TOTAL,ALL,10800,J\n"
RUNS = 'Dataset,TotalTime(S),TotalEnergy(J),AllDrawSamples(W)\nx,10,3600,"1,2,3"\ny,-1,3600,""\n'
ALL = [SMI, BARE_SMI, WIDE, INDEXED, TWO_SERIES, SENSORS, FIGURES, METRICS, RUNS]


def only(folder: Path, text: str) -> Run:
    (run,) = found_in(gpu_power_log, folder, text)
    assert isinstance(run, Run)
    return run


def test_the_first_power_is_integrated_by_the_trapezium_rule(tmp_path: Path) -> None:
    run = only(tmp_path, SMI)
    assert run.energy_kwh == pytest.approx(3000 / 3.6e6)
    assert (run.rows, run.gpu_model, run.gpu_count) == (3, "NVIDIA A100", 1)
    assert run.gpu_hours == pytest.approx(20 / 3600)
    assert run.started_at == datetime(2025, 1, 2, 10, tzinfo=UTC)
    assert (run.provenance, run.boundary) == (Provenance.MEASURED, Boundary.ACCELERATOR)
    assert codes(run) == {"time-without-zone"}


@pytest.mark.parametrize(
    ("text", "joules", "gpus"),
    [(BARE_SMI, 3600, 1), (WIDE, 14_400, 2), (INDEXED, 14_400, 2), (METRICS, 10_800, 2)],
)
def test_each_layout_gives_its_energy(tmp_path: Path, text: str, joules: float, gpus: int) -> None:
    run = only(tmp_path, text)
    assert run.energy_kwh == pytest.approx(joules / 3.6e6)
    assert run.gpu_count == gpus
    assert run.gpu_hours == pytest.approx(gpus * 36 / 3600)


def test_devices_that_take_turns_without_a_name_are_told_apart(tmp_path: Path) -> None:
    lines = [
        f"2025/01/02 10:00:{second:02}.00{gpu}, {100 * (gpu + 1)} W"
        for second in range(30)
        for gpu in range(4)
    ]
    run = only(tmp_path, "timestamp, power.draw [W]\n" + "\n".join(lines))
    assert run.gpu_count == 4
    assert run.energy_kwh == pytest.approx(29 * 1000 / 3.6e6)
    assert "devices-by-turns" in codes(run)


def test_the_power_of_the_cpu_is_not_added(tmp_path: Path) -> None:
    run = only(tmp_path, TWO_SERIES)
    assert run.energy_kwh == pytest.approx(2000 / 3.6e6)
    assert run.facts["cpu_energy_kwh"] == pytest.approx(280 / 3.6e6)
    assert "cpu-apart" in codes(run)


@pytest.mark.parametrize(
    ("text", "code", "mean"), [(SENSORS, "one-sample", None), (FIGURES, "no-times", 30.0)]
)
def test_without_time_there_is_no_energy(
    tmp_path: Path, text: str, code: str, mean: float | None
) -> None:
    run = only(tmp_path, text)
    assert run.energy_kwh is None
    assert code in codes(run)
    assert mean is None or run.facts["mean_power_w"] == pytest.approx(mean)


def test_a_gap_is_not_bridged(tmp_path: Path) -> None:
    run = only(tmp_path, "time,power\n0,100\n10,100\n20,100\n7200,100\n7210,100\n")
    assert run.energy_kwh == pytest.approx(3000 / 3.6e6)
    assert "gap" in codes(run)


@pytest.mark.parametrize(("step", "bridged"), [(300, 3), (3600, 2)])
def test_a_slow_sampler_is_no_gap(tmp_path: Path, step: int, bridged: int) -> None:
    rows = "".join(f"{step * turn},100\n" for turn in range(4))
    run = only(tmp_path, "time,power\n" + rows)
    assert run.energy_kwh == pytest.approx(bridged * step * 100 / 3.6e6)


@pytest.mark.parametrize("row", ["nan,100", "15,-1", "15,[N/A]", "5,100", "15", "15,1e9"])
def test_a_sample_that_cannot_be_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    refused, run = found_in(gpu_power_log, tmp_path, f"time,power\n0,100\n10,100\n{row}\n20,100\n")
    assert isinstance(refused, Rejected)
    assert refused.line == 4
    assert isinstance(run, Run)
    assert run.energy_kwh == pytest.approx(2000 / 3.6e6)


def test_a_table_of_runs_gives_each_row(tmp_path: Path) -> None:
    run, refused = found_in(gpu_power_log, tmp_path, RUNS)
    assert isinstance(run, Run)
    assert (run.name, run.duration_s, run.gpu_hours) == ("x", 10, None)
    assert isinstance(refused, Rejected)
    assert refused.line == 3


def test_nul_bytes_at_the_end_are_no_sample(tmp_path: Path) -> None:
    assert only(tmp_path, SMI + "\0" * 100).rows == 3


@given(st.sampled_from(ALL).flatmap(lambda text: mangled(text.encode())))
def test_mangled_bytes_are_borne(content: bytes) -> None:
    bear(gpu_power_log, content)
