"""Budgets, what their checks came to, and whom to tell."""

from apps.budgets.models.budget import (
    UNITS,
    Budget,
    BudgetCheck,
    Coverage,
    JudgedOn,
    Metric,
    Per,
    Status,
)
from apps.budgets.models.webhook import Delivery, DeliveryState, Webhook

__all__ = [
    "UNITS",
    "Budget",
    "BudgetCheck",
    "Coverage",
    "Delivery",
    "DeliveryState",
    "JudgedOn",
    "Metric",
    "Per",
    "Status",
    "Webhook",
]
