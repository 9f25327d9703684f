"""Background work; each task calls one service."""

from celery import shared_task

from apps.budgets import services


@shared_task(name="budgets.deliver", acks_late=True, ignore_result=True)
def deliver(delivery_id: int) -> None:
    services.deliver(delivery_id=delivery_id)


@shared_task(name="budgets.sweep", ignore_result=True)
def sweep() -> None:
    services.sweep()


@shared_task(name="budgets.watch", ignore_result=True)
def watch() -> None:
    services.watch()
