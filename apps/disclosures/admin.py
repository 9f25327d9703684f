"""Snapshots in the administration site: to be looked at, not to be edited."""

from django.contrib import admin
from django.http import HttpRequest

from apps.disclosures.models import Snapshot


@admin.register(Snapshot)
class SnapshotAdmin(admin.ModelAdmin[Snapshot]):
    list_display = ["assessment", "number", "status", "organisation", "published_at", "sha256"]
    list_filter = ["status"]
    list_select_related = ["assessment", "organisation"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  # Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Snapshot | None = None) -> bool:  # noqa: ARG002  # Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Snapshot | None = None) -> bool:  # noqa: ARG002  # Django's signature
        return False
