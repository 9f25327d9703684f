"""Background work; each task calls one service."""

from celery import shared_task

from apps.ingest import services


@shared_task(name="ingest.read", acks_late=True, ignore_result=True)
def read(upload_id: int) -> None:
    services.read_upload(upload_id=upload_id)


@shared_task(name="ingest.resume", ignore_result=True)
def resume() -> None:
    services.resume()
