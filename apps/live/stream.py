"""Server-sent events: the changing part of a service's page, whenever it changes.

A stream holds a thread of the web server, so it ends after a while and the browser comes again; where too many are held
already, a stream sends what is known and ends at once, so that its page is brought up to date every few seconds instead.
"""

import time
from collections.abc import Iterator
from threading import BoundedSemaphore

from django.template.loader import render_to_string

from apps.live import selectors
from apps.live.models import LiveService

MOST_HELD = 4  # of the eight threads of a process
HELD_S = 30.0
LOOK_S = 1.0
AGAIN_MS = 3_000
FADES_S = 10.0  # rates of the last minutes fall though nothing arrives
held = BoundedSemaphore(MOST_HELD)


def stream(service: LiveService) -> Iterator[str]:
    """Yield events until the time is up or the service is gone."""
    yield f"retry: {AGAIN_MS}\n\n"
    if not held.acquire(blocking=False):
        yield event(service)
        return
    try:
        yield from _changes(service)
    finally:
        held.release()


def _changes(service: LiveService) -> Iterator[str]:
    ends, sent, seen = time.monotonic() + HELD_S, 0.0, None
    while time.monotonic() < ends:
        changed = LiveService.objects.filter(pk=service.pk).values_list("updated_at", flat=True)
        now = changed.first()
        if now is None:
            return
        if now != seen or time.monotonic() - sent > FADES_S:
            service.refresh_from_db()
            yield event(service)
            seen, sent = now, time.monotonic()
        time.sleep(LOOK_S)


def event(service: LiveService) -> str:
    """The changing part of the page as one event."""
    html = render_to_string("live/_state.html", {"state": selectors.state(service)})
    lines = "\n".join(f"data: {line}" for line in html.splitlines() if line.strip())
    return f"event: state\n{lines}\n\n"
