"""Boards that others use too, AMD's accumulator, and outer meters."""

import os
import time
from pathlib import Path

import pytest

from lca.measure import meters
from lca.measure.errors import InvalidRequest, MeterRejected, MeterUnavailable
from lca.measure.meter import Device, MeterOptions
from lca.measure.meters import external
from lca.measure.sampling import Sampler
from tests.lca.measure.fakes import FakeAmd, FakeNvml, plug

GPU = Device(kind="cuda", index=1, name="an accelerator", uuid="GPU-1")
AMD = Device(kind="cuda", index=0, name="an accelerator", bdf="0000:03:00.0", maker="AMD")
SHARED = MeterOptions(allow_shared=True)
STEP = round(300 * 0.5 / 15.3e-6)  # 300 W over half a second, in steps of 15.3 uJ


def test_a_board_where_others_compute_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = FakeNvml(energy_mj=[1, 2])
    nvml.pids = [os.getpid(), 4_194_305]
    plug(monkeypatch, nvml)
    with pytest.raises(MeterUnavailable, match=r"1 other process.*--allow-shared"):
        meters.open_meter(GPU)


def test_this_process_alone_shares_with_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = FakeNvml(energy_mj=[1, 2])
    nvml.pids = [os.getpid()]
    plug(monkeypatch, nvml)
    assert meters.open_meter(GPU).description.flags == ()


def test_a_shared_board_is_flagged_when_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = FakeNvml(energy_mj=[1, 2])
    nvml.pids, nvml.mig = [4_194_305], 1
    plug(monkeypatch, nvml)
    flags = meters.open_meter(GPU, options=SHARED).description.flags
    assert len(flags) == 2
    assert "MIG slices" in flags[0]


def test_a_slice_is_read_at_its_board_when_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = FakeNvml(energy_mj=[1, 2])
    nvml.mig = 1
    plug(monkeypatch, nvml)
    meter = meters.open_meter(Device(kind="cuda", uuid="MIG-7"), options=SHARED)
    assert meter._handle == "board of MIG-7"
    assert "covers all of them" in meter.description.flags[0]


def test_amds_accumulator_counts_in_its_own_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    smi = FakeAmd(counts=[0, STEP, 1_000, 2_001_000])
    plug(monkeypatch, smi, "amdsmi")
    meter = meters.open_meter(AMD, "amdsmi")
    meter.begin()
    assert meter.end() == pytest.approx(2_000_000 * 15.3e-6)
    assert smi.asked == ["0000:03:00.0"]


def test_an_accumulator_that_contradicts_the_power_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plug(monkeypatch, FakeAmd(counts=[0, STEP * 20]), "amdsmi")
    with pytest.raises(MeterUnavailable, match="not to be trusted"):
        meters.open_meter(AMD, "amdsmi")


def test_an_amd_board_is_not_read_through_nvidias_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    plug(monkeypatch, FakeNvml(energy_mj=[1, 2]))
    plug(monkeypatch, None, "amdsmi")
    with pytest.raises(MeterUnavailable, match=r"not run on an NVIDIA.*amdsmi is not installed"):
        meters.open_meter(AMD)


def test_a_renumbered_amd_board_without_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    plug(monkeypatch, FakeAmd(counts=[0, STEP]), "amdsmi")
    monkeypatch.setenv("HIP_VISIBLE_DEVICES", "1")
    with pytest.raises(MeterUnavailable, match="renumbers"):
        meters.open_meter(Device(kind="cuda", maker="AMD"), "amdsmi")


def log_of(tmp_path: Path, watts: float, begin: float, end: float) -> MeterOptions:
    path = tmp_path / "pdu.csv"
    lines = [f"{begin + step},{watts}" for step in range(int(end - begin) + 1)]
    path.write_text("\n".join(["time,watts", *lines]))
    return MeterOptions(external_log=str(path), external_boundary="node", external_uncertainty=0.02)


def test_an_outer_meters_log_is_integrated_over_the_window(tmp_path: Path) -> None:
    now = time.time()
    meter = meters.open_meter(GPU, options=log_of(tmp_path, 500.0, now - 5, now + 60))
    started = time.perf_counter()
    meter.begin()
    time.sleep(0.05)  # the quantity measured is time
    energy_j = meter.end()
    elapsed = time.perf_counter() - started
    assert 0.05 * 500 * 0.99 <= energy_j <= elapsed * 500 * 1.01
    assert meter.description.boundary == "node"
    assert meter.description.uncertainty.share == 0.02
    assert meter.description.resolution_s == pytest.approx(1.0)


def test_a_log_that_ends_early_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external, "PATIENCE_S", 0.0)
    now = time.time()
    meter = meters.open_meter(GPU, options=log_of(tmp_path, 500.0, now - 20, now - 10))
    meter.begin()
    with pytest.raises(MeterRejected, match="not continued"):
        meter.end()


@pytest.mark.parametrize("text", ["1,2\n1,3\n", "1,nan\n", "one,two\n", "5\n"])
def test_a_log_with_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pdu.csv"
    path.write_text(text)
    options = MeterOptions(
        external_log=str(path), external_boundary="node", external_uncertainty=0.02
    )
    with pytest.raises(MeterUnavailable, match=r"log pdu\.csv"):
        meters.open_meter(GPU, options=options)


def test_an_outer_meter_without_accuracy_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="--external-uncertainty"):
        MeterOptions(external_log="x.csv", external_boundary="node")


def test_a_sampler_reads_beside_and_tells_what_it_cost() -> None:
    sampler = Sampler(lambda: float(sum(range(20_000))), 0.001)
    sampler.start()
    deadline = time.monotonic() + 10
    while len(sampler.samples) < 5 and time.monotonic() < deadline:
        time.sleep(0.001)
    sampler.stop()
    assert sampler.cost.samples == len(sampler.samples) >= 6
    assert sampler.cost.cpu_s > 0


def test_a_reading_that_fails_on_the_way_is_told_at_the_end() -> None:
    readings = iter([1.0])
    sampler = Sampler(lambda: next(readings), 0.001)
    sampler.start()
    deadline = time.monotonic() + 10
    while sampler._error is None and time.monotonic() < deadline:
        time.sleep(0.001)
    with pytest.raises(MeterRejected, match="stopped answering"):
        sampler.stop()
