"""The Celery side of a host: one task, one queue, everything below the host's key prefix."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from celery import Celery
from celery.worker import state

from lca.measure.worker.joining import Credentials

TASK = "cradle.measure"
QUEUE = "jobs"


def build(credentials: Credentials, measure: Callable[[dict[str, Any]], None]) -> Celery:
    """Return an application whose only task is to ``measure``."""
    app = Celery("cradle-host", broker=credentials.login_url, fixups=[])
    app.conf.update(
        accept_content=["json"],
        broker_connection_max_retries=None,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"global_keyprefix": credentials.key_prefix},
        task_acks_late=True,
        task_default_queue=QUEUE,
        task_ignore_result=True,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
    )

    def order(job: dict[str, Any]) -> None:
        measure(job)

    app.task(name=TASK, shared=False)(order)
    return app


def serve(app: Celery, name: str) -> None:
    """Take work, one order at a time, until told to end."""
    state.should_stop = None
    worker = app.WorkController(
        pool="solo",
        concurrency=1,
        queues=[QUEUE],
        hostname=name,
        without_gossip=True,
        without_heartbeat=True,
        without_mingle=True,
    )
    worker.start()


def end() -> None:
    """Let :func:`serve` return, after the order under way."""
    state.should_stop = 0  # type: ignore[assignment]  # an exit code, says Celery's documentation; the stubs know the default alone


def on_signals(leave: Callable[[], None]) -> None:
    """Call ``leave`` on Ctrl-C and SIGTERM."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        leave()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
