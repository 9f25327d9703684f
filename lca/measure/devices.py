"""Which devices can run a model here, and which the request means."""

import re

import torch

from lca.measure.environment import processor_name
from lca.measure.errors import InvalidRequest
from lca.measure.meter import Device


def all_devices() -> list[Device]:
    """Return the accelerators that torch can use, then the processor."""
    found = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            uuid = str(getattr(properties, "uuid", ""))
            if uuid and not uuid.startswith(("GPU-", "MIG-")):
                uuid = f"GPU-{uuid}"
            found.append(
                Device(
                    kind="cuda",
                    index=index,
                    name=properties.name,
                    uuid=uuid,
                    bdf=_bus_address(properties),
                    maker="AMD" if torch.version.hip else "NVIDIA",
                )
            )
    return [*found, Device(kind="cpu", name=processor_name())]


def _bus_address(properties: object) -> str:
    """Return the accelerator's address on the PCI bus, if torch tells it."""
    parts = [
        getattr(properties, name, None) for name in ("pci_domain_id", "pci_bus_id", "pci_device_id")
    ]
    if None in parts:
        return ""
    domain, bus, slot = parts
    return f"{domain:04x}:{bus:02x}:{slot:02x}.0"


def choose_device(name: str) -> Device:
    """Return the device of that name: ``auto`` is the first one.

    Raises
    ------
    InvalidRequest
        If the name has another form, or there is no such device.
    """
    devices = all_devices()
    if name == "auto":
        return devices[0]
    match = re.fullmatch(r"(cpu|cuda)(?::(\d+))?", name)
    if match is None:
        msg = f"device is {name!r}; write auto, cpu, cuda or cuda:N."
        raise InvalidRequest(msg)
    wanted = (match[1], int(match[2] or 0))
    for device in devices:
        if (device.kind, device.index) == wanted:
            return device
    known = ", ".join(f"{device.kind}:{device.index}" for device in devices)
    msg = f"There is no device {name}; this machine has {known}."
    raise InvalidRequest(msg)
