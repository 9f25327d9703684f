"""The worker itself: joins, shows its pulse, takes orders, and hands results over until the server has them."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis.exceptions import AuthenticationError, RedisError

from lca.measure.worker import app as celery_side
from lca.measure.worker.errand import carry_out, collect_into
from lca.measure.worker.host import announcement
from lca.measure.worker.joining import Credentials, join_patiently
from lca.measure.worker.link import Link
from lca.measure.worker.spool import Spool

log = logging.getLogger(__name__)
STEP_S = 1.0
RESEND_S = 15.0
LOCKED_OUT_S = (
    20.0  # longer than the server takes to admit its hosts again after the broker was restarted
)
Tell = Callable[[str], None]


class Service:
    """A host at work with one set of credentials."""

    def __init__(self, credentials: Credentials, spool: Spool, tell: Tell) -> None:
        self.link = Link(credentials)
        self.spool = spool
        self.tell = tell
        self.leaving = threading.Event()
        self.locked_out = False
        self.doing: dict[str, Any] = {"probe": None}
        self._sent: dict[str, float] = {}
        self._refused_since: float | None = None

    def measure(self, job: dict[str, Any]) -> None:
        """Carry out one order; what comes of it is on disk before the order counts as done."""
        probe, attempt = str(job["probe"]), int(job["attempt"])
        if self.leaving.is_set() or not self.link.claim(probe, attempt):
            return
        self.tell(f"probe {probe}, attempt {attempt}: starting")
        here = {"probe": probe, "attempt": attempt}
        self.doing = {**here, "phase": "starting", "progress": 0.0}
        try:
            result = carry_out(
                job,
                folder=self.spool.work(probe, attempt),
                keep=lambda run: self.spool.keep({**here, **run}),
                told_to_stop=lambda: self.link.told_to_stop(probe, attempt),
                going_away=self.leaving.is_set,
                tell=self._note,
            )
            if result is not None:
                self.spool.keep({**here, **result})
                self.tell(f"probe {probe}, attempt {attempt}: {result['outcome']}")
            self.spool.tidy(probe, attempt)
        finally:
            self.doing = {"probe": None}

    def rescue(self) -> None:
        """Keep the finished runs of a sweep in whose middle this worker was killed."""
        for probe, attempt, folder in self.spool.unfinished():
            here = {"probe": probe, "attempt": attempt}
            collect_into(folder, lambda run, here=here: self.spool.keep({**here, **run}))  # type: ignore[misc]  # bound in the loop
            self.spool.tidy(probe, attempt)

    def _note(self, news: dict[str, Any]) -> None:
        self.doing = {**self.doing, **news}

    def attend(self) -> None:
        """Show the pulse and hand results over, every second, whatever the broker does."""
        while not self.leaving.is_set():
            self._step()
            self.leaving.wait(STEP_S)

    def _step(self) -> None:
        try:
            self.link.pulse(self.doing)
            self._hand_over()
            self._refused_since = None
        except AuthenticationError:
            self._count_refusal()
        except RedisError as error:
            log.warning("The broker is away (%s); finished probes wait on disk.", error)
        except Exception:  # the pulse must go on whatever a single result holds
            log.exception("A result could not be handed over.")

    def _count_refusal(self) -> None:
        now = time.monotonic()
        self._refused_since = self._refused_since or now
        if now - self._refused_since > LOCKED_OUT_S and self.doing["probe"] is None:
            self.locked_out = True
            self.leave()

    def _hand_over(self) -> None:
        for result in self.spool.waiting():
            identifier = result["id"]
            receipt = self.link.receipt(identifier)
            if receipt is not None:
                self._settle(identifier, receipt)
            elif self._is_due(identifier):
                self.link.send(result)
                self._sent[identifier] = time.monotonic()

    def _settle(self, identifier: str, receipt: dict[str, Any]) -> None:
        self._sent.pop(identifier, None)
        self.spool.settle(identifier, stored=receipt["stored"])
        self.tell(f"result {identifier}: {receipt['message']}")

    def _is_due(self, identifier: str) -> bool:
        """Tell whether to send: never sent by this process, or sent a while ago and taken without a receipt."""
        sent = self._sent.get(identifier)
        if sent is None:
            return True
        return time.monotonic() - sent > RESEND_S and self.link.outbox_is_empty()

    def leave(self) -> None:
        """End after the step under way; a probe under way is stopped and given back."""
        self.leaving.set()
        celery_side.end()


def run(url: str, token: str, folder: Path | None, tell: Tell) -> None:
    """Be a host of the fleet until told to end.

    Raises
    ------
    CannotJoin
        If the server does not take this host.
    """
    stopped = threading.Event()
    celery_side.on_signals(stopped.set)
    tell("listing devices")
    told = announcement()
    credentials = join_patiently(url, token, told, tell=tell, should_stop=stopped.is_set)
    if credentials is None:
        return
    names = ", ".join(device["name"] or device["kind"] for device in told["devices"])
    tell(f"joined {url} as {credentials.name}: {names}")
    spool = Spool(folder or default_folder() / credentials.host)
    service = Service(credentials, spool, tell)
    service.rescue()
    celery_side.on_signals(service.leave)
    if stopped.is_set():
        return
    attendant = threading.Thread(target=service.attend, name="attendant")
    attendant.start()
    try:
        celery_side.serve(celery_side.build(credentials, service.measure), credentials.name)
    finally:
        service.leaving.set()
        attendant.join()
    if service.locked_out:
        tell("the broker no longer knows this host; joining again")
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606  the same program with the same words, no shell


def default_folder() -> Path:
    """Return where results wait by default."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "cradle" / "results"
