"""Declaring budgets, checking them, and the history of checks."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.errors import DomainError
from apps.accounts.rest import ReadOnlyScopedViewSet, ScopedViewSet
from apps.assessments.models import AISystem
from apps.budgets import services
from apps.budgets.api import shapes
from apps.budgets.models import Budget, BudgetCheck


class BudgetFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """Budgets of one system, by its slug."""

    system = filters.CharFilter(field_name="system__slug")

    class Meta:
        model = Budget
        fields = ["metric", "per", "is_active"]


class BudgetViewSet(ScopedViewSet[Budget]):
    """Budgets."""

    queryset = Budget.objects.select_related("system")
    serializer_class = shapes.BudgetSerializer
    filterset_class = BudgetFilter
    accepts_many = False


class BudgetCheckFilter(filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """Checks of one budget, by its uuid."""

    budget = filters.UUIDFilter(field_name="budget__uuid")

    class Meta:
        model = BudgetCheck
        fields = ["status", "branch", "commit"]


class BudgetCheckViewSet(mixins.CreateModelMixin, ReadOnlyScopedViewSet[BudgetCheck]):
    """What checks came to, newest first."""

    http_method_names = ["get", "post", "head"]
    queryset = BudgetCheck.objects.select_related("budget")
    serializer_class = shapes.BudgetCheckSerializer
    filterset_class = BudgetCheckFilter

    @extend_schema(request=shapes.AskSerializer, responses=shapes.VerdictSerializer)
    def create(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Hold a system's runs against its budgets, and compare a branch with its base."""
        given = shapes.AskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = dict(given.validated_data)
        slug = asked.pop("system")
        system = AISystem.objects.filter(organisation=self.organisation, slug=slug).first()
        if system is None:
            msg = f"There is no system “{slug}” in this organisation."
            raise DomainError(msg, field="system")
        verdict = services.check(system=system, **asked)
        return Response(services.to_dict(verdict) | {"markdown": services.markdown(verdict)})
