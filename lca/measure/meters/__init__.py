"""The energy meters: one module each, found by being in this folder.

A meter's module has ``ORDER`` (lower is preferred) and ``open_meter(device, options=DEFAULTS) -> Meter``, which raises
:class:`~lca.measure.errors.MeterUnavailable` with the reason. Hardware libraries are imported inside it.
"""

import importlib
import pkgutil
from typing import Protocol, cast

from lca.measure.errors import InvalidRequest, MeterUnavailable
from lca.measure.meter import DEFAULTS, Device, Meter, MeterOptions


class MeterModule(Protocol):
    """The shape of a module in this folder."""

    ORDER: int

    def open_meter(self, device: Device, options: MeterOptions = DEFAULTS) -> Meter:
        """Open the meter for a device."""


def modules() -> dict[str, MeterModule]:
    """Return every meter's module by name, in order of preference."""
    found = {
        info.name: cast("MeterModule", importlib.import_module(f"{__name__}.{info.name}"))
        for info in pkgutil.iter_modules(__path__)
    }
    return dict(sorted(found.items(), key=lambda item: item[1].ORDER))


def open_meter(device: Device, name: str | None = None, options: MeterOptions = DEFAULTS) -> Meter:
    """Open the meter of that name, or else the first available one.

    Raises
    ------
    InvalidRequest
        If no meter has that name.
    MeterUnavailable
        If it cannot read this device, or none can.
    """
    known = modules()
    if name is None and options.external_log is not None:
        name = "external"
    if name is not None:
        if name not in known:
            msg = f"There is no meter {name!r}; choose one of {', '.join(known)}."
            raise InvalidRequest(msg)
        return known[name].open_meter(device, options)
    reasons = []
    for key, module in known.items():
        try:
            return module.open_meter(device, options)
        except MeterUnavailable as error:
            reasons.append(f"{key}: {error}")
    msg = "No meter can read this device. " + " ".join(reasons)
    raise MeterUnavailable(msg)


def availability(device: Device) -> dict[str, str]:
    """Return, for every meter, an empty text if it can read the device, else the reason why not."""
    result = {}
    for name, module in modules().items():
        try:
            module.open_meter(device).close()
            result[name] = ""
        except MeterUnavailable as error:
            result[name] = str(error)
    return result
