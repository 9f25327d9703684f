"""Enqueue background work by name, so that services never import tasks."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from lca.celery import app

BROKER_FAULTS = (OperationalError, RedisError, OSError)
AT_ONCE = {"max_retries": 1, "interval_start": 0, "interval_max": 0}  # nobody waits for a broker
log = structlog.get_logger()


def enqueue(task: str, *args: int | str | Mapping[str, Any], queue: str | None = None) -> None:
    """Send ``task`` to the broker once the current transaction has committed."""
    transaction.on_commit(partial(app.send_task, task, args=args, queue=queue))


def offer(task: str, *args: int | str) -> None:
    """The same for work that may be left undone: a broker that is not there is logged and stops nobody."""
    transaction.on_commit(partial(_offer, task, args))


def _offer(task: str, args: tuple[int | str, ...]) -> None:
    try:
        with app.connection_for_write(transport_options=AT_ONCE) as connection:
            app.send_task(task, args=args, connection=connection, retry=False)
    except BROKER_FAULTS as error:
        log.warning("task.not_sent", task=task, fault=type(error).__name__)
