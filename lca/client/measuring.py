"""Running a command while the meters of :mod:`lca.measure` count, whatever becomes of it."""

import resource
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lca.measure.meter import Device, Meter

JOULES_PER_KWH = 3.6e6
NOT_FOUND, NOT_ALLOWED, BY_SIGNAL = 127, 126, 128
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Energy of a run [kWh], what it counts, how it is known; ``None`` where nothing could be counted, and why."""

    kwh: float | None = None
    boundary: str = "unknown"
    provenance: str = "supplied"
    gpus: tuple[str, ...] = ()
    facts: dict[str, float] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command ended, and what was counted meanwhile; ``code`` is what a shell would give."""

    code: int
    started_at: datetime
    ended_at: datetime
    duration_s: float
    counted: Counted


def run(command: Sequence[str]) -> Ran:
    """Run a command to its end with the same streams, handing on what would stop it."""
    meters, reasons = open_meters()
    started, began, busy = datetime.now(UTC), time.monotonic(), _busy_s()
    for meter in meters.values():
        meter.begin()
    code = _wait(command)
    duration = time.monotonic() - began
    joules = _end(meters, reasons)
    counted = _counted(joules, duration, _busy_s() - busy, reasons)
    return Ran(
        code=code,
        started_at=started,
        ended_at=datetime.now(UTC),
        duration_s=duration,
        counted=counted,
    )


def _wait(command: Sequence[str]) -> int:
    try:
        process = subprocess.Popen(command)  # noqa: S603  what the person asked for
    except FileNotFoundError:
        return NOT_FOUND
    except PermissionError:
        return NOT_ALLOWED

    def forward(number: int, _frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            process.send_signal(number)

    before = {number: signal.signal(number, forward) for number in FORWARDED}
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else BY_SIGNAL - code


def open_meters() -> tuple[dict[str, "Meter"], list[str]]:
    """Open the meters of every accelerator and of the processor; say why where there is none."""
    try:
        from lca.measure.errors import MeterUnavailable
        from lca.measure.meter import Device, MeterOptions
        from lca.measure.meters import open_meter
    except ImportError as error:
        return {}, [f"Energy is not counted: {error}. Install cradle-lca[meters] to count it."]
    found: dict[str, Meter] = {}
    reasons = []
    wanted: list[tuple[Device, str | None]] = [(device, None) for device in _gpus()]
    wanted.append((Device(kind="cpu"), "rapl"))
    for device, name in wanted:
        try:
            key = f"gpu{device.index}" if device.kind == "cuda" else "cpu"
            found[key] = open_meter(device, name, MeterOptions(allow_shared=True))
        except MeterUnavailable as error:
            reasons.append(str(error))
    return found, reasons


def _gpus() -> list["Device"]:
    """Accelerators that NVML names; none where it is not there."""
    from lca.measure.meter import Device

    try:
        import pynvml

        pynvml.nvmlInit()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(n) for n in range(pynvml.nvmlDeviceGetCount())]
        return [
            Device(
                kind="cuda",
                index=n,
                name=_text(pynvml.nvmlDeviceGetName(handle)),
                uuid=_text(pynvml.nvmlDeviceGetUUID(handle)),
                maker="NVIDIA",
            )
            for n, handle in enumerate(handles)
        ]
    except Exception:  # noqa: BLE001  the driver's library raises errors of its own, or is not there
        return []


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _end(meters: dict[str, "Meter"], reasons: list[str]) -> dict[str, float]:
    joules = {}
    for key, meter in meters.items():
        try:
            joules[key] = meter.end()
        except Exception as error:  # noqa: BLE001  a meter that breaks must not lose the run
            reasons.append(f"{key}: {error}")
        finally:
            meter.close()
    return joules


def _counted(
    joules: dict[str, float],
    duration_s: float,
    busy_s: float,
    reasons: list[str],
) -> Counted:
    """GPUs if there are some, else the processor's counter, else a model of its power."""
    gpus = {key: value for key, value in joules.items() if key.startswith("gpu")}
    facts = {f"{key}_kwh": value / JOULES_PER_KWH for key, value in joules.items()}
    names = tuple(device.name for device in _gpus()) if gpus else ()
    if gpus or "cpu" in joules:
        total = sum(gpus.values()) if gpus else joules["cpu"]
        return Counted(
            kwh=total / JOULES_PER_KWH,
            boundary="accelerator",
            provenance="measured",
            gpus=names[: len(gpus)],
            facts=facts,
            reasons=tuple(reasons),
        )
    modelled = _modelled(duration_s, busy_s)
    if modelled is None:
        return Counted(reasons=tuple(reasons))
    return Counted(
        kwh=modelled, boundary="process", provenance="modelled", facts=facts, reasons=tuple(reasons)
    )


def _modelled(duration_s: float, busy_s: float) -> float | None:
    """Energy of the cores at hand from the processor time of the command [kWh]."""
    try:
        from lca.measure.meters.modelled import TDP_W_PER_CORE, cores_at_hand, power_w
    except ImportError:
        return None
    cores = cores_at_hand()
    use = min(busy_s / (duration_s * cores), 1.0) if duration_s > 0 else 0.0
    return power_w(use, TDP_W_PER_CORE * cores) * duration_s / JOULES_PER_KWH


def _busy_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def body_of(ran: Ran, *, system: str, name: str, external_id: str) -> dict[str, Any]:
    """The run as the server takes it."""
    counted = ran.counted
    body: dict[str, Any] = {
        "system": system,
        "external_id": external_id,
        "name": name[:200],
        "started_at": ran.started_at.isoformat(),
        "ended_at": ran.ended_at.isoformat(),
        "duration_s": ran.duration_s,
        "outcome": "finished" if ran.code == 0 else "failed",
        "boundary": counted.boundary,
        "provenance": counted.provenance,
        "tool": "cradle run",
        "facts": {**counted.facts, "exit_code": float(ran.code)},
    }
    if counted.kwh is not None:
        body |= {"energy_kwh": counted.kwh, "pue_inside": 1.0}
    if counted.gpus:
        body |= {"gpu_model": counted.gpus[0][:200], "gpu_count": float(len(counted.gpus))}
    return body
