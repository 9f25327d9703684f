"""AMD's energy accumulator through amdsmi, the library that comes with ROCm.

Written against the interface of amdsmi 7.0.2; not yet tried on a board.
"""

import os
import time
from types import ModuleType

from lca.measure.errors import MeterRejected, MeterUnavailable
from lca.measure.meter import DEFAULTS, Description, Device, Meter, MeterOptions, Uncertainty

ORDER = 25
J_PER_UJ = 1e-6
TRIAL_S = 0.5
TRIAL_FACTOR = 3.0  # accumulators of some boards are off by powers of ten; a half-second trial tells no more than that
RENUMBERING = ("HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES")
DESCRIPTION = Description(
    name="amdsmi",
    is_modelled=False,
    boundary="board",
    covers="accelerator package and memory as the firmware counts them; of a two-chip MI250 both chips together; no host, "
    "fans or power supply",
    resolution_s=0.1,
    window_s=2.0,
    uncertainty=Uncertainty(
        share=0.10,
        kind="assumed",
        source="AMD's amdsmi reference gives the counter's resolution and no accuracy; 10 % is our judgement.",
    ),
)


class AmdEnergy(Meter):
    """Difference of two readings of the accumulator."""

    description = DESCRIPTION

    def __init__(self, smi: ModuleType, handle: object) -> None:
        self._smi = smi
        self._handle = handle
        self._start_j = 0.0

    def read_j(self) -> float:
        """Return the accumulator in joules; it counts in steps of ``counter_resolution`` microjoules."""
        try:
            reading = self._smi.amdsmi_get_energy_count(self._handle)
        except self._smi.AmdSmiException as error:
            msg = f"The energy accumulator does not answer: {error}."
            raise MeterRejected(msg) from error
        count = reading.get("energy_accumulator", reading.get("power"))  # named power before 6.2.1
        if count is None:
            raise MeterRejected("The energy accumulator's reading has no energy.")
        return float(count) * float(reading["counter_resolution"]) * J_PER_UJ

    def begin(self) -> None:
        """Open a window."""
        self._start_j = self.read_j()

    def end(self) -> float:
        """Close the window and return its energy in joules."""
        return self.read_j() - self._start_j

    def close(self) -> None:
        """Release the library."""
        self._smi.amdsmi_shut_down()


def _open_library() -> ModuleType:
    try:
        import amdsmi
    except (ImportError, OSError, KeyError) as error:  # it loads ROCm's library when imported
        msg = f"amdsmi is not installed, or finds no ROCm ({error})."
        raise MeterUnavailable(msg) from error
    try:
        amdsmi.amdsmi_init()
    except amdsmi.AmdSmiException as error:
        msg = f"AMD's driver does not answer: {error}."
        raise MeterUnavailable(msg) from error
    return amdsmi  # type: ignore[no-any-return]  # untyped package


def _handle(smi: ModuleType, device: Device) -> object:
    try:
        if device.bdf:
            return smi.amdsmi_get_processor_handle_from_bdf(device.bdf)
        if not any(os.environ.get(name) for name in RENUMBERING):
            return smi.amdsmi_get_processor_handles()[device.index]
    except (smi.AmdSmiException, IndexError) as error:
        msg = f"amdsmi does not know the device {device.name or device.index}: {error}."
        raise MeterUnavailable(msg) from error
    msg = f"{' or '.join(RENUMBERING)} renumbers devices and torch does not tell the bus address of this one; unset it."
    raise MeterUnavailable(msg)


def _refuse_if_shared(smi: ModuleType, handle: object, options: MeterOptions) -> None:
    """Refuse a board on which other programs compute."""
    try:
        running = smi.amdsmi_get_gpu_process_list(handle)
    except smi.AmdSmiException:
        running = []  # not told to guests and ordinary users
    others = {int(process["pid"]) for process in running} - {os.getpid()}
    if len(others) > options.expected_processes and not options.allow_shared:
        msg = f"The accelerator is shared: {len(others)} other process(es) use it. Stop them, or pass --allow-shared."
        raise MeterUnavailable(msg)


def _power_w(smi: ModuleType, handle: object) -> float | None:
    """Return the board's power, under the name that this board's generation uses."""
    reading = smi.amdsmi_get_power_info(handle)
    names = ("socket_power", "average_socket_power", "current_socket_power")
    known = [reading.get(name) for name in names]
    return next((float(value) for value in known if isinstance(value, int | float) and value), None)


def _refuse_if_implausible(meter: AmdEnergy, smi: ModuleType, handle: object) -> None:
    """Compare the accumulator with the power reading: on some boards it counts something else."""
    power_w = _power_w(smi, handle)
    if power_w is None:
        raise MeterUnavailable("The board tells no power, so its accumulator cannot be checked.")
    meter.begin()
    started = time.perf_counter()
    time.sleep(TRIAL_S)
    counted_w = meter.end() / (time.perf_counter() - started)
    if not power_w / TRIAL_FACTOR < counted_w < power_w * TRIAL_FACTOR:
        msg = f"The accumulator says {counted_w:.3g} W where the board says {power_w:.3g} W: it is not to be trusted."
        raise MeterUnavailable(msg)


def open_meter(device: Device, options: MeterOptions = DEFAULTS) -> Meter:
    """Open the accumulator of the device."""
    if device.kind != "cuda" or device.maker == "NVIDIA":
        raise MeterUnavailable("The model does not run on an AMD accelerator.")
    smi = _open_library()
    handle = _handle(smi, device)
    _refuse_if_shared(smi, handle, options)
    meter = AmdEnergy(smi, handle)
    try:
        _refuse_if_implausible(meter, smi, handle)
    except (MeterRejected, smi.AmdSmiException) as error:
        msg = f"The board has no energy accumulator: {error}"
        raise MeterUnavailable(msg) from error
    return meter
