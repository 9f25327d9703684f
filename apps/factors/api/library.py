"""``/api/v1/releases/ sources/ entries/ factors/``: the library, to read, for everybody who is signed in."""

from typing import Any, TypeVar

from django.db import models
from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from apps.accounts.models import Scope
from apps.accounts.rest import Router, StrictModelSerializer
from apps.accounts.rest.permissions import demand_scope
from apps.factors.indicators import Kind
from apps.factors.models import Entry, Factor, Release, Source

M = TypeVar("M", bound=models.Model)


class ReadScope(IsAuthenticated):
    """Members of any organisation may read the library; tokens need the scope to read."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        demand_scope(request, Scope.READ)
        return True


class LibraryViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[M]):
    """Rows of the library: the current release's, unless another is named."""

    permission_classes = [ReadScope]
    http_method_names = ["get", "head"]
    lookup_value_converter = "int"


class ReleasedFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """Lists hold one release: the named one, else the current."""

    release_path = "release"
    release = filters.CharFilter(
        method="of_release", help_text="Label of a release; the current one if absent."
    )

    def of_release(self, rows: QuerySet[Any], _name: str, label: str) -> QuerySet[Any]:
        return rows.filter(**{f"{self.release_path}__label": label})

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        view = self.request.parser_context["view"]
        if not view.detail and not self.form.cleaned_data.get("release"):
            queryset = queryset.filter(**{f"{self.release_path}__is_current": True})
        return super().filter_queryset(queryset)  # type: ignore[no-any-return]  # the library is untyped


class ReleaseSerializer(StrictModelSerializer[Release]):
    class Meta:
        model = Release
        fields = ["label", "published_on", "sha256", "is_current"]


class SourceSerializer(StrictModelSerializer[Source]):
    class Meta:
        model = Source
        fields = ["id", "key", "citation", "url", "licence", "year", "retrieval"]


class FactorSerializer(StrictModelSerializer[Factor]):
    source = SourceSerializer(read_only=True)  # type: ignore[assignment]  # a declared field, not Field.source

    class Meta:
        model = Factor
        fields = [
            *("id", "indicator", "value", "low", "high", "gsd", "distribution", "unit"),
            *("scope", "year", "retrieval", "note", "chosen", "source"),
        ]


class EntryReferenceSerializer(StrictModelSerializer[Entry]):
    class Meta:
        model = Entry
        fields = ["id", "kind", "key", "name"]


class FactorWithEntrySerializer(FactorSerializer):
    entry = EntryReferenceSerializer(read_only=True)

    class Meta(FactorSerializer.Meta):
        fields = ["entry", *FactorSerializer.Meta.fields]


class EntrySerializer(StrictModelSerializer[Entry]):
    factors = FactorSerializer(many=True, read_only=True)

    class Meta:
        model = Entry
        fields = ["id", "kind", "key", "name", "attributes", "factors"]


class SourceFilter(ReleasedFilter):
    class Meta:
        model = Source
        fields = ["key", "retrieval"]


class EntryFilter(ReleasedFilter):
    kind = filters.ChoiceFilter(choices=Kind.choices)
    search = filters.CharFilter(
        field_name="name", lookup_expr="icontains", help_text="Part of the name."
    )

    class Meta:
        model = Entry
        fields = ["kind", "key", "search"]


class FactorFilter(ReleasedFilter):
    release_path = "entry__release"
    kind = filters.ChoiceFilter(field_name="entry__kind", choices=Kind.choices)
    key = filters.CharFilter(field_name="entry__key")
    source = filters.CharFilter(field_name="source__key")

    class Meta:
        model = Factor
        fields = ["kind", "key", "indicator", "chosen", "source"]


class ReleaseViewSet(LibraryViewSet[Release]):
    """Dated editions of the library."""

    queryset = Release.objects.order_by("-published_on", "-id")
    serializer_class = ReleaseSerializer
    lookup_field = "label"
    lookup_value_converter = "str"


class SourceViewSet(LibraryViewSet[Source]):
    """Where the numbers come from, with licences."""

    queryset = Source.objects.order_by("key")
    serializer_class = SourceSerializer
    filterset_class = SourceFilter


class EntryViewSet(LibraryViewSet[Entry]):
    """Zones, accelerators, hosts, data centres, cloud regions, defaults and equivalences, with all their factors."""

    queryset = Entry.objects.order_by("kind", "key").prefetch_related(
        Prefetch(
            "factors", Factor.objects.select_related("source").order_by("indicator", "-chosen")
        )
    )
    serializer_class = EntrySerializer
    filterset_class = EntryFilter


class FactorViewSet(LibraryViewSet[Factor]):
    """Single numbers, chosen ones and their rivals, each with its source."""

    queryset = Factor.objects.select_related("entry", "source").order_by("id")
    serializer_class = FactorWithEntrySerializer
    filterset_class = FactorFilter


router = Router()
router.register("releases", ReleaseViewSet, basename="release")
router.register("sources", SourceViewSet, basename="source")
router.register("entries", EntryViewSet, basename="entry")
router.register("factors", FactorViewSet, basename="factor")
