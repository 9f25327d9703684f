"""The NVIDIA management library, opened once; its errors become ours."""

import os
from types import ModuleType

from lca.measure.errors import MeterUnavailable
from lca.measure.meter import DEFAULTS, Device, MeterOptions


def open_nvml() -> ModuleType:
    """Import and initialise NVML.

    Raises
    ------
    MeterUnavailable
        If the package or the driver is missing.
    """
    try:
        import pynvml
    except ImportError as error:
        raise MeterUnavailable("nvidia-ml-py is not installed.") from error
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        msg = f"The NVIDIA driver does not answer: {error}."
        raise MeterUnavailable(msg) from error
    return pynvml  # type: ignore[no-any-return]  # untyped package


def device_handle(nvml: ModuleType, device: Device, options: MeterOptions = DEFAULTS) -> object:
    """Return NVML's handle of the accelerator that the model runs on.

    Looked up by UUID where the runtime tells one, because ``CUDA_VISIBLE_DEVICES`` renumbers devices. Of a slice (MIG) it
    is the whole board's, since no slice has a reading of its own; that is refused unless sharing is allowed.

    Raises
    ------
    MeterUnavailable
        If the device is not an NVIDIA one, or is a slice of a shared chip, whose counter covers all slices.
    """
    if device.kind != "cuda" or device.maker == "AMD":
        raise MeterUnavailable("The model does not run on an NVIDIA accelerator.")
    is_slice = device.uuid.startswith("MIG-")
    if is_slice and not options.allow_shared:
        raise MeterUnavailable("A MIG slice has no energy reading of its own.")
    try:
        if not device.uuid:
            return nvml.nvmlDeviceGetHandleByIndex(device.index)
        handle = nvml.nvmlDeviceGetHandleByUUID(device.uuid)
        return nvml.nvmlDeviceGetDeviceHandleFromMigDeviceHandle(handle) if is_slice else handle
    except nvml.NVMLError as error:
        msg = f"NVML does not know the device {device.name or device.index}: {error}."
        raise MeterUnavailable(msg) from error


def other_processes(nvml: ModuleType, handle: object) -> list[int]:
    """Return the process numbers, other than this one's, that compute on the board.

    Raises
    ------
    NVMLError
        If the driver does not tell.
    """
    running = nvml.nvmlDeviceGetComputeRunningProcesses(handle)
    return sorted({int(process.pid) for process in running} - {os.getpid()})


def is_sliced(nvml: ModuleType, handle: object) -> bool:
    """Tell whether the board is cut into slices (MIG); boards that cannot be are not."""
    try:
        current, _pending = nvml.nvmlDeviceGetMigMode(handle)
    except nvml.NVMLError:
        return False
    return bool(current)


def sharing(nvml: ModuleType, handle: object, expected: int = 0) -> tuple[str, ...]:
    """Return what makes the board a shared one, in words; nothing if all that computes on it belongs to the work."""
    found = []
    if is_sliced(nvml, handle):
        found.append("board cut into MIG slices: its reading covers all of them")
    try:
        others = other_processes(nvml, handle)
    except nvml.NVMLError:
        found.append("the driver does not tell which processes compute on the board")
    else:
        if len(others) > expected:
            found.append(f"{len(others)} other process(es) compute on the board")
    return tuple(found)


def flags_or_refusal(nvml: ModuleType, handle: object, options: MeterOptions) -> tuple[str, ...]:
    """Return what makes the board a shared one, where that is allowed.

    Raises
    ------
    MeterUnavailable
        Where it is not.
    """
    found = sharing(nvml, handle, options.expected_processes)
    if found and not options.allow_shared:
        msg = (
            f"The accelerator is shared: {'; '.join(found)}. Its energy cannot be told apart; stop the others, or pass "
            "--allow-shared and get a document that is flagged. (In a container this process may be listed under a "
            "number it does not know.)"
        )
        raise MeterUnavailable(msg)
    return found
