"""Probes, measurements and the fleet over REST."""

from apps.accounts.rest import Router
from apps.probes.api.fits import FittedProfileViewSet
from apps.probes.api.hosts import AlarmViewSet, HostViewSet, ScheduleViewSet
from apps.probes.api.joining import join_view
from apps.probes.api.measurements import MeasurementViewSet, ServedViewSet
from apps.probes.api.probes import ProbeViewSet

__all__ = ["join_view", "router"]

router = Router()
router.register("probes", ProbeViewSet, basename="probe")
router.register("measurements", MeasurementViewSet, basename="measurement")
router.register("served-measurements", ServedViewSet, basename="served-measurement")
router.register("fitted-profiles", FittedProfileViewSet, basename="fitted-profile")
router.register("probe-hosts", HostViewSet, basename="probe-host")
router.register("probe-schedules", ScheduleViewSet, basename="probe-schedule")
router.register("drift-alarms", AlarmViewSet, basename="drift-alarm")
