"""Background work; each task calls one service."""

from celery import shared_task

from apps.live import services


@shared_task(name="live.poll_all", ignore_result=True)
def poll_all() -> None:
    services.poll_all()


@shared_task(name="live.poll", ignore_result=True)
def poll(service_id: int) -> None:
    services.poll(service_id=service_id)


@shared_task(name="live.prune", ignore_result=True)
def prune() -> None:
    services.prune()
