"""The comparison with Zeus: arithmetic and order of readings; no board was asked, and here it says so."""

import json
import sys
import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lca.measure import crosscheck
from lca.measure.cli import main
from lca.measure.document import described, schema
from lca.measure.environment import describe_environment
from lca.measure.errors import MeterRejected
from lca.measure.meter import Device
from lca.measure.meters.nvml_energy import NvmlEnergy
from lca.measure.sampling import Sampler
from lca.measure.spec import ProbeSpec
from tests.lca.measure.fakes import FakeNvml

WATTS = 200.0


class Board(FakeNvml):
    """A board that draws 200 W."""

    def nvmlDeviceGetTotalEnergyConsumption(self, _handle: object) -> float:  # noqa: N802  the driver's name
        return time.perf_counter() * WATTS * 1e3


class Zeus:
    """Zeus's monitor, reading the same board with a constant error."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.begun: dict[str, float] = {}

    def begin_window(self, key: str, sync_execution: bool) -> None:
        assert (
            not sync_execution
        )  # the work is synchronised where it ends, before any instrument is read
        self.begun[key] = time.perf_counter()

    def end_window(self, key: str, sync_execution: bool) -> Any:
        assert not sync_execution
        joules = (time.perf_counter() - self.begun.pop(key)) * WATTS * self.factor
        return SimpleNamespace(gpu_energy={1: joules})


def check(zeus: Zeus | None, work: Callable[[], None] = lambda: time.sleep(0.1)) -> Any:
    instruments = crosscheck.Instruments(
        counter=NvmlEnergy(Board(), 0),
        power=Sampler(lambda: WATTS, 0.01),
        zeus=zeus,
        zeus_index=1,
    )
    return crosscheck.crosscheck(work, instruments, repeats=2, say=lambda _: None)


def test_readings_that_agree_are_found_to_agree() -> None:
    result = check(Zeus(1.0))
    assert result["zeus"]["all"] == pytest.approx(0.0, abs=0.05)
    assert result["power_samples"]["all"] == pytest.approx(0.0, abs=0.05)
    assert len(result["windows"]) == 2


@pytest.mark.parametrize("zeus", [Zeus(1.0), None])
def test_the_document_satisfies_its_schema(zeus: Zeus | None) -> None:
    counter = NvmlEnergy(Board(), 0)
    spec = ProbeSpec(preset="ref-1b", output_tokens=1)
    environment = describe_environment(Device(kind="cuda", name="A board"), 1)
    made = {
        **crosscheck.head(),
        "request": spec.to_dict(),
        "environment": {**environment, "driver": "580.1", "zeus": "not installed"},
        "meter": described(counter.description),
        "sampling_period_s": 0.05,
        **check(zeus),
    }
    Draft202012Validator(schema("crosscheck")).validate(json.loads(json.dumps(made)))


def test_a_zeus_that_reads_more_is_found_out() -> None:
    result = check(Zeus(1.3))
    assert result["zeus"]["all"] == pytest.approx(0.3, abs=0.07)
    assert result["zeus_within_1_percent"] is False


def test_without_zeus_its_verdict_is_missing_not_passed() -> None:
    result = check(None)
    assert result["zeus"] is None
    assert result["zeus_within_1_percent"] is None


def test_a_counter_that_stands_still_is_rejected() -> None:
    class Still(FakeNvml):
        def nvmlDeviceGetTotalEnergyConsumption(self, _handle: object) -> int:  # noqa: N802  the driver's name
            return 5

    instruments = crosscheck.Instruments(
        counter=NvmlEnergy(Still(), 0), power=Sampler(lambda: 1.0, 0.01), zeus=None, zeus_index=0
    )
    with pytest.raises(MeterRejected, match="advanced by 0"):
        crosscheck.window(lambda: None, instruments)


def test_differences_are_the_hand_computed_ones() -> None:
    windows = [
        {"duration_s": 1.0, "counter_j": 100.0, "power_samples_j": 90.0, "zeus_j": 101.0},
        {"duration_s": 1.0, "counter_j": 300.0, "power_samples_j": 330.0, "zeus_j": 297.0},
    ]
    result: Any = crosscheck.compare(windows, [1.0, 1.0], [1.004, 1.004], cpu_s=0.001)
    assert result["zeus"]["all"] == pytest.approx(-0.005)
    assert abs(result["zeus"]["largest"]) == pytest.approx(0.01)
    assert result["power_samples"]["all"] == pytest.approx(0.05)
    assert result["zeus_within_1_percent"] is True
    assert result["sampling"]["slower_share"] == pytest.approx(0.004)
    assert result["sampling_below_half_percent"] is True


def test_zeus_is_asked_for_this_board_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}
    monitor = ModuleType("zeus.monitor")
    monitor.ZeusMonitor = lambda **options: asked.update(options) or "monitor"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "zeus", ModuleType("zeus"))
    monkeypatch.setitem(sys.modules, "zeus.monitor", monitor)
    assert crosscheck.open_zeus(3) == "monitor"
    assert asked == {"gpu_indices": [3], "cpu_indices": []}


def test_a_missing_zeus_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zeus", None)
    assert crosscheck.open_zeus(0) is None


@pytest.mark.usefixtures("probe_extra")
def test_without_a_board_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lca.measure import devices

    monkeypatch.setattr(devices, "all_devices", lambda: [Device(kind="cpu", name="a processor")])
    assert main(["crosscheck", "--out", "-"]) == 5
    said = capsys.readouterr().err
    assert "only a processor" in said
    assert "Volta or newer" in said
