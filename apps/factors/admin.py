"""Read-only view of the library for administrators."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.factors.models import Entry, Factor, Release, Source


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ("label", "published_on", "is_current", "sha256")


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("key", "citation", "licence", "year", "retrieval")
    list_filter = ("release", "retrieval")
    search_fields = ("key", "citation")


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "key", "release")
    list_filter = ("release", "kind")
    search_fields = ("name", "key")


@admin.register(Factor)
class FactorAdmin(ReadOnlyAdmin):
    list_display = ("entry", "indicator", "value", "unit", "year", "source", "chosen")
    list_filter = ("entry__release", "entry__kind", "indicator", "chosen")
    list_select_related = ("entry", "source")
    search_fields = ("entry__name", "entry__key")
