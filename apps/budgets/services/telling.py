"""Deciding what is worth telling, and writing the message."""

import json
import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.addresses import target
from apps.accounts.models import Organisation, User
from apps.accounts.services import record_event
from apps.budgets.models import Budget, BudgetCheck, Delivery, Status, Webhook
from lca.queue import enqueue

TOLD = {Status.WARN, Status.FAIL}
CHANGED, TEST = "budget.changed", "test"


@transaction.atomic
def add_webhook(*, organisation: Organisation, url: str, actor: User | None) -> Webhook:
    """Add an address to tell; its secret is made here and shown once.

    Raises
    ------
    AddressRefused
        If messages must not go there.
    """
    target(url)
    made = Webhook.objects.create(
        organisation=organisation, url=url, secret=secrets.token_urlsafe(32)
    )
    record_event(organisation, actor, "created", made)
    return made


def tell(budget: Budget, before: str, row: BudgetCheck) -> None:
    """Send a message where a budget is newly near its limit or exceeded, or no longer is."""
    if row.status == before or not {row.status, before} & TOLD:
        return
    data = {
        "budget": {"uuid": str(budget.uuid), "name": budget.name, "system": budget.system.slug},
        "status": row.status,
        "before": before or None,
        "value": row.value,
        "p05": row.low,
        "p95": row.high,
        "unit": budget.unit,
        "warn_at": budget.warn_at,
        "fail_at": budget.fail_at,
        "why": row.why,
        "branch": row.branch,
        "commit": row.commit,
    }
    for webhook in Webhook.objects.of(budget.organisation).filter(is_active=True):
        _send(webhook, CHANGED, data)


@transaction.atomic
def send_test(webhook: Webhook) -> Delivery:
    """Send a message that says nothing, to see whether it arrives."""
    return _send(webhook, TEST, {})


def _send(webhook: Webhook, event: str, data: dict[str, Any]) -> Delivery:
    now = timezone.now()
    made = Delivery(organisation=webhook.organisation, webhook=webhook, event=event, next_at=now)
    message = {"id": str(made.uuid), "event": event, "created_at": now.isoformat(), **data}
    made.body = json.dumps(message)
    made.save()
    enqueue("budgets.deliver", made.pk)
    return made
