"""Hosts, schedules and drift alarms over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Scope
from apps.accounts.rest import ScopedViewSet, StrictModelSerializer
from apps.probes import services
from apps.probes.api.probes import SHAPE, StartedByService, bounds
from apps.probes.models import DriftAlarm, ProbeHost, ProbeSchedule


class HostSerializer(StrictModelSerializer[ProbeHost]):
    """A GPU host; its token is in the answer that adds it, and nowhere else."""

    state = serializers.ChoiceField(["new", "online", "silent", "removed"], read_only=True)
    devices = serializers.ListField(child=serializers.DictField(), read_only=True)
    software = serializers.DictField(read_only=True)
    token = serializers.SerializerMethodField()

    class Meta:
        model = ProbeHost
        fields = [
            "uuid",
            "name",
            "state",
            "prefix",
            "token",
            "devices",
            "software",
            "clock_error_s",
            "joined_at",
            "last_seen_at",
            "created_at",
        ]
        read_only_fields = [name for name in fields if name != "name"]

    def get_token(self, host: ProbeHost) -> str | None:
        return getattr(host, "token", None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Leave everything to the service, which knows when a name is taken."""
        return attrs

    def create(self, validated_data: dict[str, Any]) -> ProbeHost:
        host, token = services.add_host(actor=self.context["actor"], **validated_data)
        host.token = token  # type: ignore[attr-defined]  # for this one answer
        return host


class HostViewSet(StartedByService, ScopedViewSet[ProbeHost]):
    """GPU hosts: POST adds one, DELETE removes one, ``renew-token`` makes its old token useless."""

    queryset = ProbeHost.objects.filter(removed_at=None)
    serializer_class = HostSerializer
    http_method_names = ["get", "post", "delete", "head"]
    write_scope = Scope.PROBE
    accepts_many = False

    def perform_destroy(self, instance: ProbeHost) -> None:
        services.remove_host(host=instance, actor=self.actor)

    @extend_schema(request=None, responses=HostSerializer)
    @action(detail=True, methods=["post"], url_path="renew-token")
    def renew_token(self, _request: Request, **_kwargs: Any) -> Response:
        """Give the host another token."""
        host = self.get_object()
        host.token = services.renew_token(host=host, actor=self.actor)  # type: ignore[attr-defined]  # see above
        return Response(self.get_serializer(host).data)


class ScheduleSerializer(StrictModelSerializer[ProbeSchedule]):
    """A probe asked for again and again."""

    class Meta:
        model = ProbeSchedule
        fields = [
            "uuid",
            "host",
            "device",
            "every_h",
            "preset",
            "precision",
            *SHAPE,
            "time_limit_s",
            "next_at",
            "last",
            "problem",
            "created_at",
        ]
        read_only_fields = ["next_at", "last", "problem"]
        extra_kwargs = {
            **{name: bounds(name) for name in SHAPE},
            "time_limit_s": {"min_value": 5, "max_value": services.LONGEST_S},
            "every_h": {"min_value": 1, "max_value": services.LONGEST_H},
        }

    def create(self, validated_data: dict[str, Any]) -> ProbeSchedule:
        return services.add_schedule(
            actor=self.context["actor"], **{"every_h": 24, **validated_data}
        )


class ScheduleViewSet(StartedByService, ScopedViewSet[ProbeSchedule]):
    """Schedules: POST adds one, DELETE stops one."""

    queryset = ProbeSchedule.objects.select_related("host", "last")
    serializer_class = ScheduleSerializer
    http_method_names = ["get", "post", "delete", "head"]
    write_scope = Scope.PROBE
    accepts_many = False

    def perform_destroy(self, instance: ProbeSchedule) -> None:
        services.stop_schedule(schedule=instance, actor=self.actor)


class AlarmSerializer(StrictModelSerializer[DriftAlarm]):
    """A device's joules per token moved by more than their interval."""

    class Meta:
        model = DriftAlarm
        fields = [
            "uuid",
            "phase",
            "change",
            "baseline",
            "measurement",
            "accepted_at",
            "created_at",
        ]
        read_only_fields = fields


class AlarmViewSet(ScopedViewSet[DriftAlarm]):
    """Drift alarms: ``accept`` takes the new figure as the baseline."""

    queryset = DriftAlarm.objects.select_related("baseline", "measurement").defer(
        "baseline__document", "measurement__document"
    )
    serializer_class = AlarmSerializer
    http_method_names = ["get", "post", "head"]
    write_scope = Scope.PROBE

    @extend_schema(exclude=True)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002  the framework's signature
        """Refuse: the server raises alarms."""
        return self.http_method_not_allowed(request)

    @extend_schema(request=None, responses={status.HTTP_200_OK: AlarmSerializer})
    @action(detail=True, methods=["post"])
    def accept(self, _request: Request, **_kwargs: Any) -> Response:
        """Take the new figure as the baseline."""
        alarm = services.accept_drift(alarm=self.get_object(), actor=self.actor)
        return Response(self.get_serializer(alarm).data)
