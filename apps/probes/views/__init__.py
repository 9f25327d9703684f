"""Pages of probes, measurements and the fleet."""

from apps.probes.views.fits import fit_list
from apps.probes.views.hosts import (
    alarm_accept,
    compare,
    host_detail,
    host_list,
    host_remove,
    host_renew,
    schedule_stop,
)
from apps.probes.views.probes import (
    findings_page,
    measurement_detail,
    measurement_document,
    probe_cancel,
    probe_detail,
    probe_list,
)

__all__ = [
    "alarm_accept",
    "compare",
    "findings_page",
    "fit_list",
    "host_detail",
    "host_list",
    "host_remove",
    "host_renew",
    "measurement_detail",
    "measurement_document",
    "probe_cancel",
    "probe_detail",
    "probe_list",
    "schedule_stop",
]
