"""Background work; each task calls one service."""

from celery import shared_task

from apps.disclosures import services


@shared_task(name="disclosures.write", acks_late=True, ignore_result=True)
def write(snapshot_id: int, what: str, actor_id: int | None) -> None:
    services.write(snapshot_id=snapshot_id, what=what, actor_id=actor_id)


@shared_task(name="disclosures.file", acks_late=True, ignore_result=True)
def file(snapshot_id: int) -> None:
    services.file_all(snapshot_id=snapshot_id)
