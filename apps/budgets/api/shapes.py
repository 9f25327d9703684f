"""Shapes of budgets and their checks over REST."""

from rest_framework import serializers

from apps.accounts.rest import StrictModelSerializer, StrictSerializer
from apps.budgets.models import Budget, BudgetCheck, JudgedOn, Status


class BudgetSerializer(StrictModelSerializer[Budget]):
    """A budget of a system's recorded runs; ``unit`` is that of its thresholds."""

    unit = serializers.CharField(read_only=True)

    class Meta:
        model = Budget
        fields = [
            "uuid",
            "version",
            "system",
            "name",
            "metric",
            "covers",
            "per",
            "warn_at",
            "fail_at",
            "judged_on",
            "is_active",
            "unit",
        ]
        read_only_fields = ["uuid"]


class BudgetCheckSerializer(StrictModelSerializer[BudgetCheck]):
    """What one check of one budget came to."""

    budget = serializers.UUIDField(source="budget.uuid", read_only=True)

    class Meta:
        model = BudgetCheck
        fields = [
            "uuid",
            "budget",
            "status",
            "value",
            "low",
            "high",
            "why",
            "branch",
            "commit",
            "created_at",
        ]
        read_only_fields = fields


class AskSerializer(StrictSerializer):
    """Whose budgets to check, for which branch or commit, and which branch to compare with."""

    system = serializers.SlugField()
    branch = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    commit = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    base = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class AmountSerializer(serializers.Serializer[object]):
    """A figure with the ends of its 90 % interval."""

    value = serializers.FloatField(allow_null=True)
    p05 = serializers.FloatField(allow_null=True)
    p95 = serializers.FloatField(allow_null=True)
    unit = serializers.CharField()


class SideSerializer(AmountSerializer):
    """A run on one side of the comparison."""

    branch = serializers.CharField(allow_blank=True)
    run = serializers.CharField()


class ComparisonSerializer(serializers.Serializer[object]):
    """The newest run of the branch beside that of its base, and the paired difference."""

    base = SideSerializer()
    head = SideSerializer()
    difference = AmountSerializer()


class BudgetVerdictSerializer(AmountSerializer):
    """One budget: its figure against its thresholds."""

    uuid = serializers.UUIDField()
    name = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    judged_on = serializers.ChoiceField(JudgedOn.choices)
    warn_at = serializers.FloatField(allow_null=True)
    fail_at = serializers.FloatField()
    why = serializers.CharField()


class VerdictSerializer(serializers.Serializer[object]):
    """The worst status of all budgets, each of them, the comparison, and all of it as Markdown."""

    status = serializers.ChoiceField(Status.choices)
    budgets = BudgetVerdictSerializer(many=True)
    comparison = ComparisonSerializer(allow_null=True)
    markdown = serializers.CharField()
