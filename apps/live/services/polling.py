"""Fetching the metrics of services that do not push theirs."""

import hashlib
import json
import math
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from apps.accounts.addresses import AddressRefused, answered, target
from apps.ingest import prometheus_text
from apps.ingest.otlp import Point, counted
from apps.live.models import LiveService, Seen
from apps.live.services.counting import NS, OLDEST, count
from lca.queue import enqueue

EVERY = timedelta(seconds=10)
MOST_BYTES = 10_000_000
OK = 200


class _Unread(Exception):
    """Metrics could not be fetched; the text says why."""


def poll_all(now: datetime | None = None) -> int:
    """Ask for each service whose metrics are due to be fetched; return how many."""
    due = (now or timezone.now()) - EVERY
    rows = LiveService.objects.exclude(metrics_url="").filter(
        Q(polled_at=None) | Q(polled_at__lte=due)
    )
    keys = list(rows.order_by("polled_at").values_list("pk", flat=True)[:500])
    for key in keys:
        enqueue("live.poll", key)
    return len(keys)


def poll(*, service_id: int) -> None:
    """Fetch and count the metrics of one service; a failure is shown on its page and tried again."""
    now = timezone.now()
    service = LiveService.objects.filter(pk=service_id).exclude(metrics_url="").first()
    if service is None:
        return
    LiveService.objects.filter(pk=service_id).update(polled_at=now)
    try:
        text = _fetched(service.metrics_url)
    except _Unread as error:
        _note(service, str(error))
        return
    points = list(points_of(text, int(now.timestamp() * NS)))
    if points:
        taken = count(service=service, points=points, now=now)
        if taken.refused:
            _note(service, taken.why)
    else:
        _note(service, "The page has no counter of vLLM or Text Generation Inference.")


def _note(service: LiveService, problem: str) -> None:
    LiveService.objects.filter(pk=service.pk).update(
        problem=problem[:500], updated_at=timezone.now()
    )


def _fetched(url: str) -> str:
    try:
        to = target(url, allows_http=True, may_be_private=settings.METRICS_ALLOW_PRIVATE)
        with answered("GET", to) as answer:
            return _body(answer)
    except AddressRefused as error:
        raise _Unread(error.message) from None
    except httpx.HTTPError as error:
        msg = f"It could not be fetched: {error or type(error).__name__}"
        raise _Unread(msg) from None


def _body(answer: httpx.Response) -> str:
    if answer.status_code != OK:
        msg = f"It was answered with {answer.status_code}."
        raise _Unread(msg)
    found = b""
    for part in answer.iter_bytes():
        found += part
        if len(found) > MOST_BYTES:
            msg = f"It is larger than {MOST_BYTES / 1e6:.0f} MB."
            raise _Unread(msg)
    return found.decode("utf-8", "replace")


def points_of(text: str, time_ns: int) -> Iterator[Point]:
    """Counters of a scrape as points of the moment it was fetched; Prometheus does not say when they began."""
    for sample in prometheus_text.samples(text.splitlines()):
        family, fact = counted(sample.name)
        if fact:
            told = json.dumps([sample.name, sorted(sample.labels.items())])
            yield Point(
                family=family,
                fact=fact,
                series=hashlib.sha256(told.encode()).hexdigest(),
                model=sample.labels.get("model_name", ""),
                instance="",
                is_delta=False,
                start_ns=0,
                time_ns=time_ns,
                value=math.nan if sample.value is None else sample.value,
            )


def prune(now: datetime | None = None) -> int:
    """Forget which deltas were seen, once none of them would be taken any more."""
    oldest = (now or timezone.now()) - OLDEST - timedelta(days=1)
    n, _ = Seen.objects.filter(time_ns__lt=int(oldest.timestamp() * NS)).delete()
    return n
