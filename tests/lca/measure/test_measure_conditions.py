"""What else went on during windows, and what becomes of windows that others disturbed."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from lca.measure import conditions
from lca.measure.conditions import BoardWatch, ProcessorWatch
from lca.measure.errors import MeterRejected
from lca.measure.spec import ProbeSpec
from lca.measure.stopping import Rule, half_width_share
from tests.lca.measure.fakes import FakeNvml, NVMLError


class Board(FakeNvml):
    """A board whose state a test sets."""

    NVML_TEMPERATURE_GPU = 0
    NVML_CLOCK_SM = 1
    NVML_PERF_POLICY_POWER = 0
    NVML_PERF_POLICY_THERMAL = 1

    def __init__(self) -> None:
        super().__init__()
        self.heat = 60
        self.mask = 0
        self.violations = {0: 0, 1: 0}
        self.tells_violations = True

    def nvmlDeviceGetTemperature(self, _handle: object, _sensor: int) -> int:  # noqa: N802  the driver's name
        return self.heat

    def nvmlDeviceGetClockInfo(self, _handle: object, _clock: int) -> int:  # noqa: N802  the driver's name
        return 1_980

    def nvmlDeviceGetEnforcedPowerLimit(self, _handle: object) -> int:  # noqa: N802  the driver's name
        return 700_000

    def nvmlDeviceGetCurrentClocksThrottleReasons(self, _handle: object) -> int:  # noqa: N802  the driver's name
        return self.mask

    def nvmlDeviceGetViolationStatus(self, _handle: object, policy: int) -> SimpleNamespace:  # noqa: N802  the driver's name
        if not self.tells_violations:
            raise NVMLError
        return SimpleNamespace(violationTime=self.violations[policy])


def test_a_quiet_board_is_described_and_not_disturbed() -> None:
    board = Board()
    watch = BoardWatch(board, 0)
    watch.begin()
    board.heat = 71
    found, disturbed = watch.end()
    assert found["temperature_c"] == [60.0, 71.0]
    assert found["clock_mhz"] == [1_980.0, 1_980.0]
    assert found["power_limit_w"] == 700.0
    assert disturbed == []


def test_a_board_at_its_power_limit_is_told_and_not_disturbed() -> None:
    board = Board()
    watch = BoardWatch(board, 0)
    watch.begin()
    board.mask, board.violations = 0x4, {0: 1_500_000_000, 1: 0}
    found, disturbed = watch.end()
    assert found["throttle"] == ["power cap"]
    assert found["power_cap_s"] == pytest.approx(1.5)
    assert disturbed == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mask": 0x40}, "hardware thermal slowdown"),
        ({"mask": 0x80}, "power brake"),
        ({"violations": {0: 0, 1: 250_000_000}}, "for heat for 0.25 s"),
        ({"pids": [4_194_305]}, "1 other process"),
    ],
)
def test_a_hot_or_shared_board_disturbs_the_window(change: dict[str, Any], said: str) -> None:
    board = Board()
    watch = BoardWatch(board, 0)
    watch.begin()
    for name, value in change.items():
        setattr(board, name, value)
    _, disturbed = watch.end()
    assert len(disturbed) == 1
    assert said in disturbed[0]


def test_a_board_that_tells_no_violations_is_watched_all_the_same() -> None:
    board = Board()
    board.tells_violations = False
    watch = BoardWatch(board, 0)
    watch.begin()
    found, disturbed = watch.end()
    assert (found["thermal_throttle_s"], disturbed) == (0.0, [])


@pytest.mark.parametrize("counts_others", [True, False])
def test_other_programs_disturb_a_meter_that_counts_them(
    counts_others: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = iter([100.0, 200.0])
    monkeypatch.setattr(conditions, "busy_s", lambda: next(busy))
    watch = ProcessorWatch(counts_others=counts_others)
    watch.begin()
    found, disturbed = watch.end()
    assert found["others_share"] == 1.0
    assert bool(disturbed) == counts_others


def test_processor_time_only_grows() -> None:
    first = conditions.busy_s()
    assert 0 < first <= conditions.busy_s()


def test_half_the_interval_over_the_mean_is_the_hand_computed_one() -> None:
    # mean 2, standard deviation 1, three windows, t(0.95, 2) = 2.91999
    assert half_width_share([1.0, 2.0, 3.0]) == pytest.approx(2.91999 / 3**0.5 / 2, rel=1e-5)


def spec(**changes: Any) -> ProbeSpec:
    return ProbeSpec(preset="tiny", repeats=3, **changes)


def test_without_a_target_the_repeats_decide() -> None:
    rule = Rule(spec(), deadline=0.0)
    assert [rule.reason([1.0] * n) for n in (0, 1, 2, 3)] == [None, None, None, "repeats"]


def test_a_narrow_interval_ends_a_phase_and_a_wide_one_does_not() -> None:
    rule = Rule(spec(target_share=0.03), deadline=time.monotonic() + 1_000)
    assert rule.reason([1.0, 1.0]) is None  # fewer than the repeats asked for
    assert rule.reason([1.0, 1.001, 1.0]) == "interval"
    assert rule.reason([1.0, 1.5, 1.0]) is None
    assert rule.reason([1.0, 1.5] * 100) in {"most", "interval"}


def test_time_that_is_up_ends_a_phase_once_there_is_an_interval() -> None:
    rule = Rule(spec(target_share=0.03), deadline=time.monotonic() - 1)
    assert rule.reason([1.0]) is None
    assert rule.reason([1.0, 1.5]) == "budget"


class Disturbed:
    """A watch that finds others in the windows a test names."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = numbers
        self.count = -1

    def begin(self) -> None:
        self.count += 1

    def end(self) -> tuple[Any, list[str]]:
        return {"others_share": 0.5}, ["somebody else"] if self.count in self.numbers else []


def profile(watch: Disturbed, **changes: Any) -> Any:
    from lca.measure.control import Control
    from lca.measure.devices import choose_device
    from lca.measure.meters import open_meter
    from lca.measure.profiler import Profiler
    from lca.measure.workloads.loader import load

    quick = {"prompt_tokens": 4, "output_tokens": 2, "repeats": 2, "idle_s": 0.2, "window_s": 0.05}
    wanted = ProbeSpec(**{"preset": "tiny", "device": "cpu", **quick, **changes})
    model = load(wanted, choose_device("cpu"))
    profiler = Profiler(
        model.module,
        model.vocabulary,
        wanted,
        meter=open_meter(choose_device("cpu"), "modelled"),
        watch=watch,
        control=Control(60),
    )
    profiler.measure()
    return profiler


@pytest.mark.usefixtures("probe_extra")
def test_disturbed_windows_are_set_aside_and_measured_again() -> None:
    profiler = profile(Disturbed(1, 3, 4))
    phases = [window["phase"] for window in profiler.windows]
    assert phases == ["idle"] * 2 + ["prefill"] * 2 + ["decode"] * 2
    assert [window["phase"] for window in profiler.discarded] == ["idle", "prefill", "prefill"]
    assert profiler.stopped["prefill"]["discarded"] == 2
    assert profiler.stopped["decode"]["discarded"] == 0


@pytest.mark.usefixtures("probe_extra")
def test_disturbed_windows_are_kept_and_marked_where_that_is_allowed() -> None:
    profiler = profile(Disturbed(3), allow_shared=True)
    assert profiler.discarded == []
    assert [bool(window.get("disturbed")) for window in profiler.windows] == [
        False,
        False,
        False,
        True,
        False,
        False,
    ]


@pytest.mark.usefixtures("probe_extra")
def test_a_machine_that_never_rests_is_given_up() -> None:
    with pytest.raises(MeterRejected, match=r"20 idle windows were disturbed.*somebody else"):
        profile(Disturbed(*range(100)))
