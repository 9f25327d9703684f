"""Holding runs against budgets, and telling those who asked to be told."""

from apps.budgets.services.checking import Verdict, check, to_dict, watch
from apps.budgets.services.delivering import deliver, sweep
from apps.budgets.services.markdown import markdown
from apps.budgets.services.telling import add_webhook, send_test

__all__ = [
    "Verdict",
    "add_webhook",
    "check",
    "deliver",
    "markdown",
    "send_test",
    "sweep",
    "to_dict",
    "watch",
]
