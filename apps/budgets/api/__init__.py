"""Budgets over REST."""

from apps.accounts.rest import Router
from apps.budgets.api import views

router = Router()
router.register("budgets", views.BudgetViewSet, basename="budget")
router.register("budget-checks", views.BudgetCheckViewSet, basename="budget-check")
