"""Reading budgets, their checks, and what was told."""

from django.db.models import Max, QuerySet

from apps.accounts.models import Organisation
from apps.budgets.models import Budget, BudgetCheck, Delivery, Webhook


def budgets(organisation: Organisation) -> QuerySet[Budget]:
    """Budgets of an organisation, by system."""
    return Budget.objects.of(organisation).select_related("system", "organisation")


def latest_checks(rows: QuerySet[Budget]) -> QuerySet[BudgetCheck]:
    """Newest check of each budget."""
    newest = BudgetCheck.objects.filter(budget__in=rows).order_by().values("budget")
    return BudgetCheck.objects.filter(pk__in=newest.annotate(last=Max("pk")).values("last"))


def webhooks(organisation: Organisation) -> QuerySet[Webhook]:
    """Addresses that are told."""
    return Webhook.objects.of(organisation)


def deliveries(organisation: Organisation) -> QuerySet[Delivery]:
    """Messages, newest first."""
    return Delivery.objects.of(organisation).select_related("webhook")
