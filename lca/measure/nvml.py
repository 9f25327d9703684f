"""The NVIDIA management library, opened once; its errors become ours."""

from types import ModuleType

from lca.measure.errors import MeterUnavailable
from lca.measure.meter import Device


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


def device_handle(nvml: ModuleType, device: Device) -> object:
    """Return NVML's handle of the accelerator that the model runs on.

    Looked up by UUID where the runtime tells one, because ``CUDA_VISIBLE_DEVICES`` renumbers devices.

    Raises
    ------
    MeterUnavailable
        If the device is not an NVIDIA one, or is a slice of a shared chip, whose counter covers all slices.
    """
    if device.kind != "cuda":
        raise MeterUnavailable("The model does not run on an NVIDIA accelerator.")
    if device.uuid.startswith("MIG-"):
        raise MeterUnavailable("A MIG slice has no energy reading of its own.")
    try:
        if device.uuid:
            return nvml.nvmlDeviceGetHandleByUUID(device.uuid)
        return nvml.nvmlDeviceGetHandleByIndex(device.index)
    except nvml.NVMLError as error:
        msg = f"NVML does not know the device {device.name or device.index}: {error}."
        raise MeterUnavailable(msg) from error
