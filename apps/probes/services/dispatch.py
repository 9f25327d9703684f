"""Sending a probe to whoever measures it: the server's own worker, or the queue of a GPU host."""

from typing import Any

from django.db.models import F

from apps.probes.models import ProbeRequest
from apps.probes.services.specs import work_of
from lca.measure.plan import Plan, base_values
from lca.queue import enqueue

HOST_TASK = "cradle.measure"


def dispatch(request: ProbeRequest) -> None:
    """Send a probe once the transaction has committed. An order to a host carries its number, which fences older ones."""
    if request.host is None:
        enqueue("probes.execute", request.pk)
        return
    ProbeRequest.objects.filter(pk=request.pk).update(attempts=F("attempts") + 1)
    request.refresh_from_db(fields=["attempts"])
    enqueue(HOST_TASK, order(request), queue=f"{request.host.key_prefix}jobs")


def order(request: ProbeRequest) -> dict[str, Any]:
    """Return what a host is told to measure."""
    work = work_of(request)
    told = {"probe": str(request.uuid), "attempt": request.attempts}
    if isinstance(work, Plan):
        return {**told, "spec": base_values(work.base), "sweep": work.axes()}
    return {**told, "spec": base_values(work)}
