"""Work in the background."""

from celery import shared_task

from apps.accounts import services


@shared_task(name="accounts.prune")
def prune() -> None:
    services.prune()
