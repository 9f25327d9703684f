"""Jobs of Slurm in JSON: ``sacct --json``, and sonar's envelope around ``sacct``."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from apps.ingest.errors import FileRejected
from apps.ingest.record import Rejected

Row: TypeAlias = dict[str, Any]
Numbered: TypeAlias = tuple[int, Row] | Rejected


def from_json(found: Any) -> Iterator[Numbered]:
    """Bring the jobs of a document to rows with the names of ``sacct``; they have no lines."""
    top = _mapping(found)
    attributes = _mapping(_mapping(top.get("data")).get("attributes"))
    jobs = attributes.get("slurm_jobs", top.get("jobs"))
    if not isinstance(jobs, list):
        raise FileRejected("It holds no list of jobs.", "Export it with sacct --json.")
    for job in jobs:
        if not isinstance(job, dict):
            yield Rejected(line=0, why="An entry of the jobs is no object.")
        elif "job_state" in job:
            yield 0, _of_sonar(job)
        else:
            yield 0, _of_slurm(job)


def _of_sonar(job: Row) -> Row:
    step = job.get("job_step")
    return {
        **_mapping(job.get("sacct")),
        "JobIDRaw": f"{job.get('job_id')}.{step}" if step else str(job.get("job_id", "")),
        "JobName": job.get("job_name"),
        "State": job.get("job_state"),
        "Start": job.get("start_time"),
        "End": job.get("end_time"),
        "AllocTRES": job.get("allocated_resources"),
    }


def _of_slurm(job: Row) -> Row:
    times, state, tres = (_mapping(job.get(name)) for name in ("time", "state", "tres"))
    current = state.get("current")
    allocated = [item for item in _listed(tres.get("allocated")) if isinstance(item, dict)]
    return {
        "JobIDRaw": str(job.get("job_id", "")),
        "JobName": job.get("name"),
        "State": current[0] if isinstance(current, list) and current else current,
        "Start": _plain(times.get("start")),
        "End": _plain(times.get("end")),
        "ElapsedRaw": _plain(times.get("elapsed")),
        "AllocTRES": ",".join(_tres(item) for item in allocated),
        "ConsumedEnergyRaw": next(
            (item.get("count") for item in allocated if item.get("type") == "energy"), None
        ),
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> Row:
    return value if isinstance(value, dict) else {}


def _plain(value: Any) -> Any:
    """Take a number out of the wrapping of newer versions: ``{set, infinite, number}``."""
    if isinstance(value, dict):
        return value.get("number") if value.get("set") and not value.get("infinite") else None
    return value


def _tres(item: Row) -> str:
    name = "/".join(str(part) for part in (item.get("type"), item.get("name")) if part)
    return f"{name}={item.get('count')}"
