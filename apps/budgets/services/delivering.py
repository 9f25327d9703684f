"""Carrying messages out: signed, to a checked address, tried again ever more rarely for a day."""

import hashlib
import hmac
from datetime import timedelta

import httpx
from django.db import transaction
from django.utils import timezone

from apps.accounts.addresses import AddressRefused, answered, target
from apps.budgets.models import Delivery, DeliveryState, Webhook
from lca.queue import enqueue

FIRST_WAIT = timedelta(seconds=30)
MOST_ATTEMPTS = 12  # the last about 17 hours after the first
CLAIMED_FOR = timedelta(minutes=1)
OK = range(200, 300)


def deliver(*, delivery_id: int) -> None:
    """Try to hand one message over, unless somebody else is at it or it is not due."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    is_done, answer = _post(delivery.webhook, delivery.body)
    delivery.answer = answer[:300]
    if is_done:
        delivery.state = DeliveryState.DONE
    elif delivery.attempts >= MOST_ATTEMPTS:
        delivery.state = DeliveryState.GIVEN_UP
    else:
        delivery.next_at = timezone.now() + FIRST_WAIT * 2 ** (delivery.attempts - 1)
    delivery.save()


def sweep() -> int:
    """Send what is due again; return how many."""
    due = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=timezone.now())
    keys = list(due.order_by("next_at").values_list("pk", flat=True)[:200])
    for key in keys:
        enqueue("budgets.deliver", key)
    return len(keys)


@transaction.atomic
def _claim(delivery_id: int) -> Delivery | None:
    now = timezone.now()
    rows = Delivery.objects.filter(
        pk=delivery_id, state=DeliveryState.WAITING, next_at__lte=now, webhook__is_active=True
    )
    found = rows.select_related("webhook").select_for_update(of=("self",)).first()
    if found is not None:
        found.attempts += 1
        found.next_at = now + CLAIMED_FOR
        found.save()
    return found


def signature(secret: str, moment: int, body: str) -> str:
    """Sign a message: HMAC-SHA256 over ``"<seconds since 1970>.<body>"``."""
    digest = hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256)
    return f"t={moment},v1={digest.hexdigest()}"


def _post(webhook: Webhook, body: str) -> tuple[bool, str]:
    """Post a message; say whether it was taken, and what was answered."""
    try:
        headers = {
            "Content-Type": "application/json",
            "X-Cradle-Signature": signature(webhook.secret, int(timezone.now().timestamp()), body),
        }
        with answered("POST", target(webhook.url), headers=headers, content=body) as answer:
            return answer.status_code in OK, f"answered {answer.status_code}"
    except AddressRefused as error:
        return False, error.message
    except httpx.HTTPError as error:
        return False, f"{type(error).__name__}: {error}"
