"""Background work; each task calls one service."""

from celery import shared_task

from apps.scenarios import services


@shared_task(name="scenarios.route", acks_late=True, ignore_result=True)
def route(study_id: int) -> None:
    services.run_routing(study_id=study_id)


@shared_task(name="scenarios.resume", ignore_result=True)
def resume() -> None:
    services.resume_routing()
