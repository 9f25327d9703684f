"""What can be done with probes: ask for one, run it, cancel it, give up lost ones, record a measurement."""

from apps.probes.services.execution import execute
from apps.probes.services.measurements import record_measurement
from apps.probes.services.reaping import reap
from apps.probes.services.requests import LONGEST_S, cancel, request_probe

__all__ = ["LONGEST_S", "cancel", "execute", "reap", "record_measurement", "request_probe"]
