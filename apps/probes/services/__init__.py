"""What can be done with probes: ask for one, run it, cancel it, give up lost ones, record a measurement, keep a fleet."""

from apps.probes.services.drift import accept_drift, watch_drift
from apps.probes.services.execution import execute
from apps.probes.services.fitting import request_fit, run_fit
from apps.probes.services.hosts import add_host, join, remove_host, renew_token
from apps.probes.services.listening import listen, readmit
from apps.probes.services.measurements import record_measurement
from apps.probes.services.reaping import reap
from apps.probes.services.receiving import Receipt, receive
from apps.probes.services.requests import LONGEST_S, cancel, request_probe
from apps.probes.services.schedules import LONGEST_H, add_schedule, run_due, stop_schedule
from apps.probes.services.uploads import Recorded, record_document

__all__ = [
    "LONGEST_H",
    "LONGEST_S",
    "Receipt",
    "Recorded",
    "accept_drift",
    "add_host",
    "add_schedule",
    "cancel",
    "execute",
    "join",
    "listen",
    "readmit",
    "reap",
    "receive",
    "record_document",
    "record_measurement",
    "remove_host",
    "renew_token",
    "request_fit",
    "request_probe",
    "run_due",
    "run_fit",
    "stop_schedule",
    "watch_drift",
]
