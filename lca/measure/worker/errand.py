"""One order carried out: the measuring process followed to its end, and what came of it as a result to send."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lca.measure.child import EXPECTED_CODES, Child, Message, collect, progress_of, watch
from lca.measure.errors import Cancelled, InvalidRequest
from lca.measure.plan import INDEX, Plan, plan_of
from lca.measure.spec import ProbeSpec

log = logging.getLogger(__name__)
INTERRUPTED = -1_001  # no process ends so: this worker is going away
Result = dict[str, Any]
TellProgress = Callable[[dict[str, Any]], None]


def carry_out(
    job: Mapping[str, Any],
    *,
    folder: Path,
    keep: Callable[[Result], object],
    told_to_stop: Callable[[], bool],
    going_away: Callable[[], bool],
    tell: TellProgress,
) -> Result | None:
    """Measure what is ordered and return the outcome; ``None`` if this worker is ended first.

    Parameters
    ----------
    job : mapping
        ``spec`` with the arguments of :class:`~lca.measure.spec.ProbeSpec`; of a sweep also ``sweep``, with its axes.
    folder : Path
        Where what is measured is written; the runs of a sweep stay there until they are kept, whatever happens.
    keep : callable
        Given each run of a sweep as it is finished.
    told_to_stop, going_away : callable
        Asked every second: whether the server calls the probe off, whether this worker has to end.
    tell : callable
        Given phase and progress when there is news.
    """
    try:
        wanted = _wanted(job)
    except (InvalidRequest, TypeError, KeyError) as error:
        return _result("failed", f"This host cannot read the order: {error}")

    def tick(news: Sequence[Message]) -> int | None:
        collect_into(folder, keep)
        tell(progress_of(news))
        if going_away():
            return INTERRUPTED
        return Cancelled.exit_code if told_to_stop() else None

    is_sweep = isinstance(wanted, Plan)
    out = folder if is_sweep else folder / "measurement.part"
    child = Child.start(wanted, out)
    code, failure = watch(child, time_limit_s=wanted.time_limit_s, tick=tick)
    collect_into(folder, keep)
    written = folder / INDEX if is_sweep else out
    return _settle(code, failure, written, list(child.last_lines))


def _wanted(job: Mapping[str, Any]) -> ProbeSpec | Plan:
    if job.get("sweep"):
        return plan_of(job["spec"], job["sweep"])
    return ProbeSpec(**job["spec"])


def collect_into(folder: Path, keep: Callable[[Result], object]) -> None:
    """Keep the runs of a sweep that lie finished in ``folder``."""
    collect(folder, lambda document: keep(_result("measured", document=document)))


def _settle(code: int, failure: str, out: Path, lines: Sequence[str]) -> Result | None:
    if code == INTERRUPTED:
        return None
    if code == 0:
        document = json.loads(out.read_text(encoding="utf-8"))
        return _result("succeeded", document=document)
    if code == Cancelled.exit_code:
        return _result("cancelled")
    if code in EXPECTED_CODES and failure:
        return _result("failed", failure)
    log.error("The measuring process ended with status %s:\n%s", code, "\n".join(lines))
    return _result(
        "errored", f"The measuring process ended with status {code}; the host's log has its words."
    )


def _result(outcome: str, message: str = "", document: object = None) -> Result:
    return {"outcome": outcome, "message": message, "document": document}
