"""``manage.py fleet``: the process that listens to GPU hosts."""

import signal
import threading
import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import connections
from redis.exceptions import RedisError

from apps.probes import services
from lca.broker import broker

log = structlog.get_logger(__name__)
STEP_S = 0.5
READMIT_S = 5.0
AWAY_S = 2.0


class Command(BaseCommand):
    help = "Listens to the GPU hosts: progress, results, orders gone astray. Ends with SIGTERM or Ctrl-C."

    def handle(self, *_args: Any, **_options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        readmit_at = 0.0
        while not stopped.is_set():
            try:
                if time.monotonic() >= readmit_at:
                    services.readmit(broker())
                    readmit_at = time.monotonic() + READMIT_S
                services.listen(broker())
                stopped.wait(STEP_S)
            except RedisError as error:
                log.warning("fleet.broker_away", fault=str(error))
                readmit_at = 0.0
                stopped.wait(AWAY_S)
            except Exception:
                log.exception("fleet.fault")
                connections.close_all()
                stopped.wait(AWAY_S)
