import math
import time
from pathlib import Path
from typing import Any

import pytest

from lca.measure import meters
from lca.measure.errors import InvalidRequest, MeterRejected, MeterUnavailable
from lca.measure.meter import BOUNDARIES, Device, MeterOptions, checked_energy_j
from lca.measure.meters import modelled, rapl
from lca.measure.sampling import Sampler
from tests.lca.measure.fakes import FakeNvml, plug

CPU = Device(kind="cpu", name="a processor")
GPU = Device(kind="cuda", index=1, name="an accelerator", uuid="GPU-1")


def zone(root: Path, folder: str, name: str, energy_uj: int, range_uj: int = 1_000_000) -> Path:
    path = root / folder
    path.mkdir(parents=True)
    (path / "name").write_text(name + "\n")
    (path / "max_energy_range_uj").write_text(f"{range_uj}\n")
    (path / "energy_uj").write_text(f"{energy_uj}\n")
    return path / "energy_uj"


def test_meters_are_preferred_by_how_directly_they_count() -> None:
    assert list(meters.modules()) == [
        "nvml_energy",
        "nvml_power",
        "amdsmi",
        "rapl",
        "modelled",
        "external",
    ]


def test_every_meter_says_what_it_covers_and_how_well(tmp_path: Path) -> None:
    zone(tmp_path, "intel-rapl:0", "package-0", 5)
    known = meters.modules()
    log = tmp_path / "log.csv"
    log.write_text("0,1\n1,1\n2,1\n")
    outer = MeterOptions(external_log=str(log), external_boundary="rack", external_uncertainty=0.02)
    described = [known[name].DESCRIPTION for name in ("nvml_energy", "nvml_power", "amdsmi")]
    described += [
        rapl.open_meter(CPU, root=tmp_path).description,
        modelled.open_meter(CPU).description,
        meters.open_meter(CPU, options=outer).description,
    ]
    for name, description in zip(known, described, strict=True):
        assert description.name == name
        assert description.boundary in BOUNDARIES
        assert description.window_s >= description.resolution_s > 0
        assert 0 < description.uncertainty.share < 1
        assert description.uncertainty.source
        assert description.is_modelled == (name == "modelled")
        assert bool(description.assumptions) == description.is_modelled


def test_energy_counter_gives_the_difference_in_joules(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = FakeNvml(energy_mj=[500, 1_000, 43_500])
    plug(monkeypatch, nvml)
    meter = meters.open_meter(GPU)
    meter.begin()
    assert meter.end() == pytest.approx(42.5)
    assert meter.description.name == "nvml_energy"
    assert nvml.asked == ["GPU-1"]


def test_a_board_without_a_counter_is_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    plug(monkeypatch, FakeNvml(power_mw=[100_000.0]))
    meter = meters.open_meter(GPU)
    assert meter.description.name == "nvml_power"
    started = time.perf_counter()
    meter.begin()
    time.sleep(0.12)  # the quantity measured is time
    energy_j = meter.end()
    elapsed = time.perf_counter() - started
    meter.close()
    assert 0.12 * 100 <= energy_j <= elapsed * 100


def test_power_is_integrated_by_the_trapezoidal_rule() -> None:
    sampler = Sampler(lambda: 0.0, 1.0)
    sampler.samples = [(0.0, 100.0), (1.0, 200.0), (3.0, 400.0)]
    assert sampler.integral() == pytest.approx(150.0 + 2 * 300.0)


def test_a_slice_of_a_shared_accelerator_has_no_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    plug(monkeypatch, FakeNvml(energy_mj=[1, 2], power_mw=[1.0]))
    with pytest.raises(MeterUnavailable, match="MIG slice"):
        meters.open_meter(Device(kind="cuda", uuid="MIG-7"))


def test_without_driver_the_accelerator_has_no_meter_rather_than_a_processors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plug(monkeypatch, None)
    with pytest.raises(MeterUnavailable, match=r"nvidia-ml-py.*says nothing about an accelerator"):
        meters.open_meter(GPU)


def test_packages_and_their_memory_are_added_once(tmp_path: Path) -> None:
    package = zone(tmp_path, "intel-rapl:0", "package-0", 100)
    memory = zone(tmp_path, "intel-rapl:0:0", "dram", 10)
    core = zone(tmp_path, "intel-rapl:0:1", "core", 7)
    platform = zone(tmp_path, "intel-rapl:1", "psys", 9)
    meter = rapl.open_meter(CPU, root=tmp_path)
    meter.begin()
    for path, energy in (
        (package, 300_100),
        (memory, 50_010),
        (core, 900_000),
        (platform, 900_000),
    ):
        path.write_text(str(energy))
    assert meter.end() == pytest.approx(0.35)


def test_a_counter_that_wraps_still_gives_the_energy(tmp_path: Path) -> None:
    counter = zone(tmp_path, "intel-rapl:0", "package-0", 900_000, range_uj=1_000_000)
    meter = rapl.open_meter(CPU, root=tmp_path)
    meter.begin()
    counter.write_text("100000")
    assert meter.end() == pytest.approx(0.2)


def test_a_counter_that_wraps_twice_is_followed_in_between(tmp_path: Path) -> None:
    counter = zone(tmp_path, "intel-rapl:0", "package-0", 0, range_uj=1_000_000)
    meter = rapl.open_meter(CPU, root=tmp_path)
    meter.begin()
    for reading in (600_000, 200_000, 800_000, 100_000):
        counter.write_text(str(reading))
        meter.sampler.sample()
    assert meter.end() == pytest.approx(2.1)
    assert meter.cost().samples == 6


def test_counters_for_root_alone_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zone(tmp_path, "intel-rapl:0", "package-0", 1)

    def refuse(self: rapl.Zone) -> int:
        raise PermissionError(13, "Permission denied", str(self.path))

    monkeypatch.setattr(rapl.Zone, "read_uj", refuse)
    with pytest.raises(MeterUnavailable, match="root alone"):
        rapl.open_meter(CPU, root=tmp_path)


def test_a_machine_without_counters_says_so(tmp_path: Path) -> None:
    with pytest.raises(MeterUnavailable, match="no RAPL counters"):
        rapl.open_meter(CPU, root=tmp_path)


@pytest.mark.parametrize(
    ("use", "share"),
    [(0.0, 0.12), (0.05, 0.22), (0.1, 0.32), (0.5, 0.75), (1.0, 1.02), (2.0, 1.02)],
)
def test_modelled_power_follows_the_published_curve(use: float, share: float) -> None:
    assert modelled.power_w(use, 200.0) == pytest.approx(200.0 * share)


def test_modelled_energy_lies_between_idle_and_full_power() -> None:
    meter = modelled.open_meter(CPU, MeterOptions(cpu_tdp_w=100.0))
    started = time.perf_counter()
    meter.begin()
    sum(number * number for number in range(400_000))
    energy_j = meter.end()
    elapsed = time.perf_counter() - started
    assert 0 < energy_j <= 102.0 * elapsed
    assert meter.description.assumptions[0].value == 100.0
    assert meter.description.assumptions[0].source == "given with the request"


def test_the_default_design_power_names_its_source() -> None:
    tdp = modelled.open_meter(CPU).description.assumptions[0]
    assert tdp.value == pytest.approx(3.625 * modelled.cores_at_hand())
    assert "GreenSKU" in tdp.source


def test_an_unknown_meter_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidRequest, match=r"no meter 'oracle'.*nvml_energy"):
        meters.open_meter(CPU, "oracle")


def test_a_meter_asked_for_by_name_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    plug(monkeypatch, FakeNvml())
    with pytest.raises(MeterUnavailable, match="no energy counter"):
        meters.open_meter(GPU, "nvml_energy")


def test_availability_tells_why_each_meter_cannot_read(monkeypatch: pytest.MonkeyPatch) -> None:
    plug(monkeypatch, None)
    reasons = meters.availability(CPU)
    assert reasons["modelled"] == ""
    assert "not installed" in reasons["nvml_energy"]


@pytest.mark.parametrize("reading", [0.0, -1.0, math.nan, math.inf])
def test_an_impossible_reading_is_refused(reading: float) -> None:
    with pytest.raises(MeterRejected, match="Choose another meter"):
        checked_energy_j(reading, meter="rapl", phase="decode", tokens=32)


def test_all_meters_of_the_folder_have_the_shape() -> None:
    for module in meters.modules().values():
        shape: Any = module
        assert isinstance(shape.ORDER, int)
        assert callable(shape.open_meter)
