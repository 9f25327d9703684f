"""From raw windows to joules per token. Needs nothing but the windows, so anybody can do it again."""

import math
from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from lca.measure.errors import InvalidDocument
from lca.measure.statistics import Stat, mean_with_interval

Phase = Literal["idle", "prefill", "decode"]


class Conditions(TypedDict, total=False):
    """Readings before and after a window; only those that the machine tells."""

    temperature_c: list[float]
    clock_mhz: list[float]
    power_limit_w: float
    throttle: list[str]
    thermal_throttle_s: float
    power_cap_s: float
    other_processes: int
    others_share: float


class Window(TypedDict):
    """One metered stretch of time: ``tokens`` processed in ``duration_s`` [s] for ``energy_j`` [J].

    ``disturbed`` says in words what else changed its energy, if anything did.
    """

    phase: Phase
    repeat: int
    iterations: int
    tokens: int
    duration_s: float
    energy_j: float
    conditions: NotRequired[Conditions]
    disturbed: NotRequired[list[str]]


class PhaseResult(TypedDict):
    """What a token costs in one phase; ``above_idle`` leaves out what the device draws anyway."""

    joules_per_token: Stat
    joules_per_token_above_idle: Stat
    power: Stat
    tokens_per_second: Stat


class Results(TypedDict):
    """The figures of a measurement document."""

    provenance: Literal["measured", "modelled"]
    idle_power: Stat
    prefill: PhaseResult
    decode: PhaseResult


def summarise(windows: Sequence[Window], *, meter_share: float, is_modelled: bool) -> Results:
    """Figures of a measurement, from its windows.

    Parameters
    ----------
    windows : sequence of Window
        At least two of each phase.
    meter_share : float
        Half-width of the meter's 90 % interval as a share of its reading. [1]
    is_modelled : bool
        True if the energies were calculated, not counted.

    Returns
    -------
    Results
        Idle power [W], and for each phase joules per token [J/token], power [W] and speed [token/s].

    Raises
    ------
    InvalidDocument
        If a phase has fewer than two windows, or a window has no duration.
    """
    if any(not window["duration_s"] > 0 for window in windows):
        raise InvalidDocument("A window has no duration.")
    idle = _power(windows, "idle", meter_share)
    return Results(
        provenance="modelled" if is_modelled else "measured",
        idle_power=idle,
        prefill=_phase(windows, "prefill", meter_share, idle["mean"]),
        decode=_phase(windows, "decode", meter_share, idle["mean"]),
    )


def _of(windows: Sequence[Window], phase: Phase) -> list[Window]:
    return [window for window in windows if window["phase"] == phase]


def _power(windows: Sequence[Window], phase: Phase, meter_share: float) -> Stat:
    values = [window["energy_j"] / window["duration_s"] for window in _of(windows, phase)]
    return mean_with_interval(values, meter_share=meter_share, unit="W")


def _phase(
    windows: Sequence[Window], phase: Phase, meter_share: float, idle_w: float
) -> PhaseResult:
    own = _of(windows, phase)
    if any(window["tokens"] < 1 for window in own):
        msg = f"A {phase} window has no tokens."
        raise InvalidDocument(msg)
    gross = [window["energy_j"] / window["tokens"] for window in own]
    net = [
        (window["energy_j"] - idle_w * window["duration_s"]) / window["tokens"] for window in own
    ]
    speed = [window["tokens"] / window["duration_s"] for window in own]
    return PhaseResult(
        joules_per_token=mean_with_interval(gross, meter_share=meter_share, unit="J/token"),
        joules_per_token_above_idle=mean_with_interval(
            net, meter_share=meter_share, unit="J/token"
        ),
        power=_power(windows, phase, meter_share),
        tokens_per_second=mean_with_interval(speed, meter_share=0.0, unit="token/s"),
    )


def agree(stated: object, computed: object, tolerance: float = 1e-9) -> bool:
    """Tell whether two nested results are the same up to rounding.

    Examples
    --------
    >>> agree({"mean": 0.1 + 0.2}, {"mean": 0.3})
    True
    """
    if isinstance(computed, dict):
        return (
            isinstance(stated, dict)
            and stated.keys() == computed.keys()
            and all(agree(stated[key], computed[key], tolerance) for key in computed)
        )
    if isinstance(computed, float):
        return isinstance(stated, int | float) and math.isclose(
            stated, computed, rel_tol=tolerance, abs_tol=1e-12
        )
    return stated == computed
