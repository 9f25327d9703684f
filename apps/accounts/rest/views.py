"""Views of an organisation's rows: scoped reads, safe creates, edits that do not overwrite others'."""

import re
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import QuerySet
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from apps.accounts import services
from apps.accounts.models import Membership, Organisation, Role, Scope, User, Versioned
from apps.accounts.rest import idempotency
from apps.accounts.rest.problems import BadRequest, TooLarge, VersionNeeded

M = TypeVar("M", bound=models.Model)
MAX_ROWS = 5_000
ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


class Member:
    """What ``MemberPermission`` finds out about the caller, and what it demands."""

    membership: Membership
    read_role = Role.VIEWER
    write_role = Role.EDITOR
    read_scope = Scope.READ
    write_scope = Scope.WRITE

    @property
    def organisation(self) -> Organisation:
        return self.membership.organisation

    @property
    def actor(self) -> User:
        return self.membership.user


class MemberAPIView(Member, APIView):
    """A view of an organisation that is not a model's."""


class ReadOnlyScopedViewSet(
    Member, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[M]
):
    """Rows of the caller's organisation, to read."""

    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    http_method_names = ["get", "head"]

    def get_queryset(self) -> QuerySet[M]:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()  # type: ignore[no-any-return]  # a query set of the same model
        rows = rows.of(self.organisation)
        return rows if rows.ordered else rows.order_by("id")  # type: ignore[no-any-return]  # see above

    def get_serializer_context(self) -> dict[str, Any]:
        context: dict[str, Any] = {**super().get_serializer_context(), "related": {}}
        if hasattr(self, "membership"):
            context |= {"organisation": self.organisation, "actor": self.actor}
        context["bulk"] = isinstance(self.request.data, list) if self.request else False
        return context

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        data = getattr(response, "data", None)
        if isinstance(data, dict) and isinstance(data.get("version"), int):
            response["ETag"] = f'"{data["version"]}"'
        return response  # type: ignore[no-any-return]  # what the framework made of it


class ScopedViewSet(ReadOnlyScopedViewSet[M]):
    """Rows of the caller's organisation, to read, create (singly or many), edit and delete."""

    http_method_names = ["get", "post", "patch", "delete", "head"]
    accepts_many = True

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002  # the framework's signature
        return idempotency.once(request, self.membership, self._create)

    def _create(self) -> Response:
        data = self.request.data
        many = self.accepts_many and isinstance(data, list)
        if many and len(data) > MAX_ROWS:
            msg = f"{len(data)} rows in one request; at most {MAX_ROWS} are taken. Send them in several requests."
            raise TooLarge(msg, code="too_many_rows")
        serializer = self.get_serializer(data=data, many=many)
        serializer.is_valid(raise_exception=True)
        self.perform_create(serializer)
        return Response(
            serializer.data, status.HTTP_201_CREATED, headers=self._location(serializer)
        )

    def _location(self, serializer: BaseSerializer[Any]) -> dict[str, str]:
        data = serializer.data
        identifier = data.get(self.lookup_field) if isinstance(data, dict) else None
        return {"Location": f"{self.request.path}{identifier}/"} if identifier else {}

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        made = serializer.save(organisation=self.organisation)
        rows = made if isinstance(made, list) else [made]
        for row in rows[:1]:
            data = {"rows": len(rows)} if len(rows) > 1 else {}
            services.record_event(self.organisation, self.actor, "created", row, data)

    @transaction.atomic
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002  # the framework's signature
        row = self.get_object()
        serializer = self.get_serializer(row, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        return Response(self.get_serializer(serializer.instance).data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        if isinstance(serializer.instance, Versioned):
            serializer.save(version=self._expected(serializer))
        else:
            serializer.save()

    def _expected(self, serializer: BaseSerializer[Any]) -> int:
        """Return the version that the edit is based on, from the header or the body."""
        header = self.expected_by_header()
        body: int | None = serializer.validated_data.get("version")
        if header is not None and body is not None and header != body:
            raise BadRequest("If-Match and version name different versions.", code="bad_header")
        expected = header or body
        if expected is None:
            raise VersionNeeded
        return expected

    def demanded_by_header(self) -> int:
        """Return the version that ``If-Match`` names, for what has no body to name it in."""
        expected = self.expected_by_header()
        if expected is None:
            raise VersionNeeded
        return expected

    def expected_by_header(self) -> int | None:
        header = self.request.headers.get("If-Match")
        if header is None:
            return None
        match = ETAG.fullmatch(header.strip())
        if match is None:
            raise BadRequest('If-Match must be an ETag such as "3".', code="bad_header")
        return int(match[1])

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002  # the framework's signature
        self.perform_destroy(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def perform_destroy(self, instance: M) -> None:
        expected = self.expected_by_header()
        if expected is not None and isinstance(instance, Versioned):
            services.demand_version(instance, expected)
        services.record_event(self.organisation, self.actor, "deleted", instance)
        instance.delete()
