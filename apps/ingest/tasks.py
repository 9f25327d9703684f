"""Background work; each task calls one service."""

from celery import shared_task

from apps.ingest import services


@shared_task(name="ingest.read", acks_late=True, ignore_result=True)
def read(upload_id: int) -> None:
    services.read_upload(upload_id=upload_id)


@shared_task(name="ingest.sums", ignore_result=True)
def sums(system_id: int) -> None:
    services.refresh(system_id=system_id)


@shared_task(name="ingest.refresh", ignore_result=True)
def refresh() -> None:
    services.refresh_all()


@shared_task(name="ingest.resume", ignore_result=True)
def resume() -> None:
    services.resume()
