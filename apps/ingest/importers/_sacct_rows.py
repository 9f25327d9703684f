"""The dialects of ``sacct``, each brought to rows with the names that ``sacct --format`` uses."""

import csv
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apps.ingest.errors import FileRejected
from apps.ingest.importers._sacct_json import Numbered, Row, from_json
from apps.ingest.reading import HEAD_BYTES, delimiter, document, head_of, lines
from apps.ingest.record import Rejected

# The order in which sonar asks sacct for its fields, without a heading.
SONAR_FIELDS = [
    "JobIDRaw",
    "JobID",
    "User",
    "Account",
    "State",
    "Start",
    "End",
    "AveCPU",
    "AveDiskRead",
    "AveDiskWrite",
    "AveRSS",
    "AveVMSize",
    "ElapsedRaw",
    "ExitCode",
    "Layout",
    "MaxRSS",
    "MaxVMSize",
    "MinCPU",
    "ReqCPUS",
    "ReqMem",
    "ReqNodes",
    "Reservation",
    "Submit",
    "Suspended",
    "SystemCPU",
    "TimelimitRaw",
    "UserCPU",
    "NodeList",
    "Partition",
    "AllocTRES",
    "Priority",
    "JobName",
]
KNOWN = frozenset(
    [
        "jobid",
        "jobidraw",
        "jobname",
        "state",
        "elapsed",
        "elapsedraw",
        "start",
        "end",
        "submit",
        "alloctres",
        "reqtres",
        "alloccpus",
        "ncpus",
        "reqcpus",
        "cputime",
        "cputimeraw",
        "reqmem",
        "maxrss",
        "nnodes",
        "nodelist",
        "partition",
        "account",
        "uid",
        "user",
        "qos",
        "timelimit",
        "timelimitraw",
        "consumedenergy",
        "consumedenergyraw",
        "exitcode",
        "totalcpu",
        "resvcpuraw",
        "reqnodes",
        "priority",
        "workdir",
        "cluster",
    ]
)
TELLING = frozenset(
    [
        "jobid",
        "jobidraw",
        "alloctres",
        "reqtres",
        "elapsedraw",
        "cputimeraw",
        "consumedenergyraw",
        "timelimitraw",
        "reqmem",
        "alloccpus",
    ]
)
FEWEST_NAMES = 3
RULE = re.compile(r"-+(?: +-+)* *")
JOB_ID = re.compile(r"\d+(?:[_+.]\S*)?")


def dialect(text: str) -> str:
    """Name the dialect of a beginning: ``json``, ``pairs``, ``fixed``, ``headed``, ``bare`` or nothing."""
    if text.lstrip().startswith("{"):
        is_slurm = '"slurm_jobs"' in text or ('"jobs"' in text and "slurm" in text.lower())
        return "json" if is_slurm else ""
    found = [line for line in text.splitlines()[:20] if line.strip()]
    return _of_lines(found) if found else ""


def _of_lines(found: list[str]) -> str:
    first = found[0]
    cells = first.split("|")
    if first.startswith("v=") and "JobID=" in first:
        name = "pairs"
    elif len(found) > 1 and RULE.fullmatch(found[1]):
        name = "fixed" if _is_heading(first.split()) else ""
    elif _is_heading(first.split(delimiter(first))):
        name = "headed"
    else:
        is_bare = len(cells) == len(SONAR_FIELDS) and all(map(JOB_ID.fullmatch, cells[:2]))
        name = "bare" if is_bare else ""
    return name


def _is_heading(cells: list[str]) -> bool:
    names = {cell.strip().strip('"').lower() for cell in cells}
    return len(names & KNOWN) >= FEWEST_NAMES and bool(names & TELLING)


def rows(path: Path) -> Iterator[Numbered]:
    """Stream the rows of a file in any dialect, with their lines; torn ones are refused."""
    name = dialect(head_of(path).text[:HEAD_BYTES])
    if name == "json":
        return from_json(document(path))
    readers = {"pairs": _pairs, "fixed": _fixed, "headed": _headed, "bare": _bare}
    if name not in readers:
        raise FileRejected(
            "It is no output of sacct that can be read.",
            "Export it with sacct --parsable2 --format=JobIDRaw,State,Start,End,ElapsedRaw,AllocTRES,ConsumedEnergyRaw.",
        )
    return readers[name]((number, text) for number, text in lines(path) if text.strip())


def _headed(numbered: Iterator[tuple[int, str]]) -> Iterator[Numbered]:
    _, first = next(numbered)
    mark = delimiter(first)
    heading = [cell.strip().strip('"') for cell in first.split(mark)]
    if heading[-1] == "":  # sacct -p ends every line with the mark
        heading.pop()
    yield from _cut(numbered, heading, mark)


def _bare(numbered: Iterator[tuple[int, str]]) -> Iterator[Numbered]:
    yield from _cut(numbered, SONAR_FIELDS, "|")


def _cut(numbered: Iterator[tuple[int, str]], heading: list[str], mark: str) -> Iterator[Numbered]:
    for number, text in numbered:
        cells = text.split(mark) if mark == "|" else next(csv.reader([text], delimiter=mark))
        if len(cells) == len(heading) + 1 and not cells[-1].strip():
            cells.pop()
        if cells == heading:  # several outputs, one after the other
            continue
        if len(cells) == len(heading):
            yield number, dict(zip(heading, (cell.strip() for cell in cells), strict=True))
        else:
            why = f"It has {len(cells)} cells where there are {len(heading)} columns."
            yield Rejected(line=number, why=why, remedy="Export the job again, whole.")


def _fixed(numbered: Iterator[tuple[int, str]]) -> Iterator[Numbered]:
    (_, names), (_, rule) = next(numbered), next(numbered)
    spans = [match.span() for match in re.finditer("-+", rule)]
    heading = [names[start:end].strip() for start, end in spans]
    for number, text in numbered:
        cells = [text[start:end].strip() for start, end in spans]
        if cells != heading and not RULE.fullmatch(text):
            yield number, dict(zip(heading, cells, strict=True))


def _pairs(numbered: Iterator[tuple[int, str]]) -> Iterator[Numbered]:
    for number, text in numbered:
        cells = [cell.partition("=") for cell in next(csv.reader([text]))]
        found = {name: value.strip() for name, mark, value in cells if mark}
        if "JobID" in found and len(found) == len(cells):
            yield number, found
        else:
            why = "It is no list of name=value with a JobID."
            yield Rejected(line=number, why=why, remedy="Export the job again, whole.")


def with_steps(numbered: Iterator[Numbered]) -> Iterator[tuple[int, Row, list[Row]] | Rejected]:
    """Gather the steps that follow a job; steps that follow none are refused."""
    for key, group in itertools.groupby(numbered, _key()):
        found = list(group)
        if isinstance(first := found[0], Rejected):
            yield first
        elif "." in job_id(first[1]):
            why = f"These are steps of the job {key}, whose own row is missing."
            yield Rejected(
                line=first[0], why=why, rows=len(found), remedy="Add the row of the job."
            )
        else:
            yield (*first, [item[1] for item in found[1:] if not isinstance(item, Rejected)])


def job_id(row: Row) -> str:
    """Tell the identifier of a row; that of a step has a dot in it."""
    return str(row.get("JobIDRaw") or row.get("JobID") or "")


def _key() -> Any:
    """Give each job a key that its steps share: rows of jobs, and refused ones, always begin anew."""
    count = itertools.count()
    last = [("", 0)]

    def key(item: Numbered) -> object:
        name = "" if isinstance(item, Rejected) else job_id(item[1])
        base = name.partition(".")[0]
        if "." not in name or base != last[0][0]:
            last[0] = (base, next(count))
        return last[0]

    return key
