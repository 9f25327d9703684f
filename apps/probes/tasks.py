"""Background work; each task calls one service."""

from celery import shared_task

from apps.probes import services


@shared_task(name="probes.execute", acks_late=True, ignore_result=True)
def execute(request_id: int) -> None:
    services.execute(request_id=request_id)


@shared_task(name="probes.reap", ignore_result=True)
def reap() -> None:
    services.reap()


@shared_task(name="probes.schedule", ignore_result=True)
def schedule() -> None:
    services.run_due()


@shared_task(name="probes.fit", ignore_result=True)
def fit(fit_id: int) -> None:
    services.run_fit(fit_id=fit_id)
