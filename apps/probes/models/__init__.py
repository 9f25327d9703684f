"""Probes asked for, the hosts that run them, the measurements brought back, and what the fleet does by itself."""

from apps.probes.models.fitted import FitState, FittedProfile
from apps.probes.models.fleet import DriftAlarm, Phase, ProbeSchedule
from apps.probes.models.hosts import PREFIX, USER_PREFIX, ProbeHost
from apps.probes.models.probes import (
    OPEN_STATES,
    Boundary,
    Measurement,
    ProbeRequest,
    ProbeState,
    Provenance,
)
from apps.probes.models.served import ServedMeasurement
from apps.probes.models.workload import Workload, load_in_words

__all__ = [
    "OPEN_STATES",
    "PREFIX",
    "USER_PREFIX",
    "Boundary",
    "DriftAlarm",
    "FitState",
    "FittedProfile",
    "Measurement",
    "Phase",
    "ProbeHost",
    "ProbeRequest",
    "ProbeSchedule",
    "ProbeState",
    "Provenance",
    "ServedMeasurement",
    "Workload",
    "load_in_words",
]
