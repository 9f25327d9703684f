"""Enqueue background work by name, so that services never import tasks."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from lca.celery import app


def enqueue(task: str, *args: int | str | Mapping[str, Any], queue: str | None = None) -> None:
    """Send ``task`` to the broker once the current transaction has committed."""
    transaction.on_commit(partial(app.send_task, task, args=args, queue=queue))
