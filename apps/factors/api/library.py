"""``/api/v1/releases/ sources/ entries/ factors/``: the library, to read, for everybody who is signed in."""

from typing import Any, TypeVar

from django.db import models
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from apps.accounts.models import Scope
from apps.accounts.rest import StrictModelSerializer, StrictSerializer
from apps.accounts.rest.filters import refuse_unknown
from apps.accounts.rest.permissions import demand_scope
from apps.accounts.rest.problems import BadRequest
from apps.factors import downloads, selectors
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
        fields = [
            *("id", "key", "citation", "title", "publisher", "edition", "locator"),
            *("url", "licence", "year", "retrieval", "is_share_alike"),
        ]

    is_share_alike = serializers.BooleanField(read_only=True)


class FactorSerializer(StrictModelSerializer[Factor]):
    source = SourceSerializer(read_only=True)  # type: ignore[assignment]  # a declared field, not Field.source

    choice = serializers.CharField(read_only=True)
    pedigree = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Factor
        fields = [
            *("id", "indicator", "value", "low", "high", "gsd", "distribution", "unit"),
            *("scope", "year", "geography", "technology", "method", "pedigree"),
            *("retrieval", "note", "chosen", "choice", "source"),
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


class MovedSerializer(StrictSerializer):
    """One number that differs between two releases."""

    kind = serializers.CharField()
    key = serializers.CharField()
    name = serializers.CharField()
    indicator = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a declared field, not Field.source
    unit = serializers.CharField()
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    share = serializers.FloatField(allow_null=True)
    columns = serializers.ListField(child=serializers.CharField())
    is_chosen = serializers.BooleanField()


class DifferenceSerializer(StrictSerializer):
    """What changed from one release to another, and what it means."""

    meaning = serializers.ListField(child=serializers.CharField())
    added = MovedSerializer(many=True)
    removed = MovedSerializer(many=True)
    changed = MovedSerializer(many=True)
    sources = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class SourceFilter(ReleasedFilter):
    class Meta:
        model = Source
        fields = ["key", "retrieval"]


class EntryFilter(ReleasedFilter):
    keys = filters.BaseInFilter(
        field_name="key", lookup_expr="in", help_text="Several keys, separated by commas."
    )
    kind = filters.ChoiceFilter(choices=Kind.choices)
    search = filters.CharFilter(
        field_name="name", lookup_expr="icontains", help_text="Part of the name."
    )

    class Meta:
        model = Entry
        fields = ["kind", "key", "keys", "search"]


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

    @extend_schema(
        parameters=[OpenApiParameter("to", str, required=True, description="Label of another.")],
        responses=DifferenceSerializer,
        filters=False,
    )
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def diff(self, request: Request, **_kwargs: Any) -> Response:
        """Return what changed from this release to another."""
        refuse_unknown(request, {"to"})
        other = selectors.release_labelled(request.query_params.get("to", "").replace("\0", ""))
        found = selectors.difference(self.get_object(), other)
        return Response(DifferenceSerializer(found).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, required=True, enum=Kind.values),
            OpenApiParameter("share_alike", bool, description="The rows kept apart by licence."),
        ],
        responses={200: {"type": "object", "additionalProperties": True}},
        filters=False,
    )
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def rows(self, request: Request, **_kwargs: Any) -> HttpResponse:
        """Return every row of a kind with its licence; share-alike rows come apart."""
        refuse_unknown(request, {"kind", "share_alike"})
        release, kind = self.get_object(), request.query_params.get("kind", "")
        if kind not in Kind.values:
            msg = f"The query parameter kind must be one of {', '.join(Kind.values)}."
            raise BadRequest(msg, code="bad_query")
        apart = request.query_params.get("share_alike", "false") == "true"
        found = downloads.rows(release, kind, share_alike=apart)
        text = downloads.as_json(release, kind, found)
        return HttpResponse(text, content_type="application/json")


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
