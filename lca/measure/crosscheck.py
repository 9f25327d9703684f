"""Our meter, integrated power samples and Zeus over the same windows: their differences, and what sampling costs.

Written against zeus 0.16 (``ZeusMonitor``); where there is no NVIDIA board there is nothing to compare, and it says so.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from lca.measure.document import Document
from lca.measure.errors import InvalidRequest, MeterRejected, MeterUnavailable
from lca.measure.meter import Device, Meter
from lca.measure.sampling import Sampler
from lca.measure.statistics import LEAST_WINDOWS

SCHEMA_ID = "cradle-crosscheck/1.0"
ZEUS_TOLERANCE = 0.01  # of our energy
OVERHEAD_TOLERANCE = 0.005  # of run time
KEY = "crosscheck"


@dataclass(frozen=True, kw_only=True)
class Instruments:
    """What reads the board; ``zeus`` is missing where its package is."""

    counter: Meter
    power: Sampler
    zeus: Any | None
    zeus_index: int


def require_board(device: Device) -> None:
    """Refuse a device that has no readings to compare.

    Raises
    ------
    MeterUnavailable
        Saying what is needed.
    """
    if device.kind == "cuda" and device.maker != "AMD":
        return
    msg = (
        "crosscheck compares three readings of an NVIDIA board (its energy counter, integrated power samples, Zeus), and "
        f"torch finds no such board here, only {device.name or device.kind}. Run it on a host with a Volta or newer board, "
        "its driver, nvidia-ml-py and, for the third, zeus: python -m lca.measure crosscheck --preset ref-1b --out FILE."
    )
    raise MeterUnavailable(msg)


def open_zeus(index: int) -> Any | None:
    """Return Zeus's monitor of one board, or ``None`` where the package is missing.

    Raises
    ------
    MeterUnavailable
        If it is there and does not see the board.
    """
    try:
        from zeus.monitor import ZeusMonitor
    except ImportError:
        return None
    try:
        return ZeusMonitor(gpu_indices=[index], cpu_indices=[])
    except Exception as error:
        msg = f"Zeus is installed and does not open the board: {error}."
        raise MeterUnavailable(msg) from error


def window(work: Callable[[], None], instruments: Instruments) -> dict[str, float | None]:
    """Do ``work``, which must end synchronised, under all instruments at once.

    Returns
    -------
    dict
        Duration [s] and energies [J]; Zeus's is missing where Zeus is.
    """
    zeus, index = instruments.zeus, instruments.zeus_index
    instruments.power.start()
    if zeus is not None:
        zeus.begin_window(KEY, sync_execution=False)
    instruments.counter.begin()
    started = time.perf_counter()
    work()
    ended = time.perf_counter()
    counter_j = instruments.counter.end()
    zeus_j = None
    if zeus is not None:
        zeus_j = float(zeus.end_window(KEY, sync_execution=False).gpu_energy[index])
    instruments.power.stop()
    power_j = instruments.power.integral(started, ended)
    if not counter_j > 0:
        msg = f"The energy counter advanced by {counter_j} J in {ended - started:.3g} s of work."
        raise MeterRejected(msg)
    return {
        "duration_s": ended - started,
        "counter_j": counter_j,
        "power_samples_j": power_j,
        "zeus_j": zeus_j,
    }


def overhead(
    work: Callable[[], None], sampler: Sampler, repeats: int
) -> tuple[list[float], list[float]]:
    """Durations of the same work, in turns without and with sampling, in seconds."""
    without, beside = [], []
    for _ in range(repeats):
        without.append(_duration_s(work))
        sampler.start()
        beside.append(_duration_s(work))
        sampler.stop()
    return without, beside


def _duration_s(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def crosscheck(
    work: Callable[[], None], instruments: Instruments, *, repeats: int, say: Callable[[str], None]
) -> Document:
    """Take ``repeats`` windows under all instruments, then time the work with and without sampling.

    Raises
    ------
    InvalidRequest
        If there are fewer than two repeats.
    MeterRejected
        If a reading fails or the counter stands still.
    """
    if repeats < LEAST_WINDOWS:
        raise InvalidRequest("--repeats must be at least 2.")
    windows = []
    for number in range(repeats):
        say(f"window {number + 1}/{repeats}")
        windows.append(window(work, instruments))
    say("with and without sampling")
    before = instruments.power.cost
    without, beside = overhead(work, instruments.power, repeats)
    cpu_s = instruments.power.cost.cpu_s - before.cpu_s
    return {"windows": windows, **compare(windows, without, beside, cpu_s)}


def compare(
    windows: Sequence[dict[str, float | None]],
    without_s: Sequence[float],
    beside_s: Sequence[float],
    cpu_s: float,
) -> Document:
    """Differences between the readings, and what sampling costs, from raw figures alone.

    Parameters
    ----------
    windows : sequence
        As :func:`window` returns them. [s], [J]
    without_s, beside_s : sequence of float
        Durations of the same work without and with sampling. [s]
    cpu_s : float
        Processor time of the sampling thread in the latter. [s]

    Returns
    -------
    dict
        For Zeus and the power samples the difference from the counter over all windows and the largest of one, as shares
        of the counter; sampling's share of run time; and whether each keeps its limit.
    """
    zeus = _difference(windows, "zeus_j")
    slower = sum(beside_s) / sum(without_s) - 1
    return {
        "zeus": zeus,
        "zeus_within_1_percent": None if zeus is None else abs(zeus["all"]) <= ZEUS_TOLERANCE,
        "power_samples": _difference(windows, "power_samples_j"),
        "sampling": {
            "without_s": list(without_s),
            "with_s": list(beside_s),
            "slower_share": slower,
            "cpu_share": cpu_s / sum(beside_s),
        },
        "sampling_below_half_percent": slower <= OVERHEAD_TOLERANCE,
    }


def _difference(windows: Sequence[dict[str, float | None]], name: str) -> dict[str, float] | None:
    pairs = [(entry[name], entry["counter_j"]) for entry in windows]
    known = [(other, ours) for other, ours in pairs if other is not None and ours is not None]
    if len(known) < len(pairs):
        return None
    shares = [other / ours - 1 for other, ours in known]
    total = sum(other for other, _ in known) / sum(ours for _, ours in known) - 1
    return {"all": total, "largest": max(shares, key=abs)}


def versions(nvml: ModuleType) -> dict[str, str]:
    """Return the versions of driver and Zeus, without which nobody can repeat this."""
    from importlib import metadata

    found = {"driver": str(nvml.nvmlSystemGetDriverVersion())}
    try:
        found["zeus"] = metadata.version("zeus")
    except metadata.PackageNotFoundError:
        found["zeus"] = "not installed"
    return found


def head() -> Document:
    """Return what begins the document."""
    moment = datetime.now(UTC).replace(microsecond=0).isoformat()
    return {"schema": SCHEMA_ID, "created_at": moment}
