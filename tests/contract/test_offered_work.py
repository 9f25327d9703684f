"""Work that may be left undone: sent where there is a broker, and no delay where there is none."""

import time
from pathlib import Path

import pytest
from django.db import transaction

from lca import queue
from lca.celery import app


@pytest.mark.django_db(transaction=True)
def test_offered_work_reaches_the_broker_after_the_commit() -> None:
    with app.connection_for_read() as connection:
        box = connection.SimpleQueue("celery")
        box.clear()
        with transaction.atomic():
            queue.offer("disclosures.file", 7)
            with pytest.raises(box.Empty):
                box.get_nowait()
        message = box.get(timeout=5)
        message.ack()
        box.close()
    assert message.headers["task"] == "disclosures.file"
    assert message.payload[0] == [7]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_not_there_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis+socket://{tmp_path / 'none.sock'}")
    began = time.monotonic()
    queue.offer("disclosures.file", 7)
    assert time.monotonic() - began < 3  # it once waited six; this is no measurement
