"""Probes in the administration site: to look at, not to edit."""

from django.contrib import admin
from django.http import HttpRequest

from apps.probes.models import Measurement, ProbeRequest


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002  Django's signature
        return False


@admin.register(ProbeRequest)
class ProbeRequestAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "organisation", "state", "attempts", "created_at")
    list_filter = ("state",)


@admin.register(Measurement)
class MeasurementAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "organisation", "meter", "provenance", "measured_at")
    list_filter = ("meter", "is_modelled")
