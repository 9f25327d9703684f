"""Metrics that OpenTelemetry exporters wrote to a file: tokens, requests and energy, by service and model."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs

from apps.ingest.errors import FileRejected
from apps.ingest.importers._figures import JOULES_PER_KWH, between, kept
from apps.ingest.otlp import ENERGY, FAMILIES, REQUESTS, Point, message, points
from apps.ingest.reading import MOST_JSON_BYTES, Head, lines
from apps.ingest.record import Boundary, Found, Note, Rejected, Run
from lca.engine import Provenance

NAME = "otlp"
TITLE = "OpenTelemetry metrics (OTLP, JSON or protobuf)"

NAMES = (REQUESTS, ENERGY, *(name for names in FAMILIES.values() for name in names))
FIRST_FIELD = 0x0A  # of a protobuf message: field 1, of a length
PREFIX = struct.Struct(">I")  # before each message of a file that a collector writes
NS = 1e9
NO_START = Note(
    code="since-start",
    text="Its counters do not say since when they run; only the difference of two exports is a stretch of work.",
)
OTHER_FAMILY = Note(
    code="twice",
    text="It counts the same tokens under two sets of names; one set was taken.",
)


def score(head: Head) -> float:
    """Tell by ``resourceMetrics`` in JSON, or by names of metrics in what is protobuf."""
    if head.text.lstrip().startswith("{") and '"resourceMetrics"' in head.text[:2000]:
        return 0.9
    is_message = head.content[:1] == bytes([FIRST_FIELD]) or _length(head.content)
    has_name = any(name.encode() in head.content for name in NAMES)
    return 0.8 if is_message and has_name else 0.0


def _length(content: bytes) -> int:
    """Length of the message that follows, where a collector wrote one; else 0."""
    if len(content) <= PREFIX.size or content[PREFIX.size] != FIRST_FIELD:
        return 0
    return int(PREFIX.unpack_from(content)[0])


def read(path: Path) -> Iterator[Found]:
    """Stream refused lines, then one run for each service, model and start."""
    counts: dict[tuple[str, str], _Counts] = {}
    n, why = 0, ""
    for line, content, is_json in _messages(path):
        try:
            found = list(points(message(content, is_json=is_json)))
        except FileRejected as error:
            why = why or error.message
            yield Rejected(line=line, why=error.message)
            continue
        for point in found:
            if point.is_odd:
                yield Rejected(
                    line=line, why=f"A value of {point.fact} cannot be: {point.value:g}."
                )
                continue
            counts.setdefault((point.instance, point.model), _Counts()).add(point)
            n += 1
    if not n:
        raise FileRejected(
            why or "It counts no tokens, requests or energy.",
            "Metrics of OpenTelemetry's conventions for generative AI are read, and vLLM's and TGI's.",
        )
    for (instance, model), of_model in counts.items():
        yield of_model.run(instance, model)


def _messages(path: Path) -> Iterator[tuple[int, bytes, bool]]:
    """Yield each export with its line or place: a document, a line of JSON each, or protobuf with or without lengths."""
    if path.stat().st_size > MOST_JSON_BYTES:
        raise FileRejected("An export of more than 100 MB is not read.", "Send it in parts.")
    content = path.read_bytes()
    if content.lstrip()[:1] == b"{":
        whole = content.strip()
        if b"\n{" not in whole:
            yield 1, whole, True
            return
        yield from ((n, text.encode(), True) for n, text in lines(path) if text.strip())
    elif _length(content):
        yield from _delimited(content)
    else:
        yield 0, content, False


def _delimited(content: bytes) -> Iterator[tuple[int, bytes, bool]]:
    place = number = 0
    while place + PREFIX.size <= len(content):
        (size,) = PREFIX.unpack_from(content, place)
        place += PREFIX.size
        number += 1
        yield number, content[place : place + size], False
        place += size


@attrs.define
class _Counts:
    """What one service counted for one model."""

    latest: dict[tuple[str, str, str, int], float] = attrs.field(factory=dict)
    deltas: dict[tuple[str, str, str, int], float] = attrs.field(factory=dict)
    start_ns: int = 0
    end_ns: int = 0
    has_start: bool = True
    n: int = 0

    def add(self, point: Point) -> None:
        """Take a point in: the highest of a counter since its start, every delta once."""
        kind = self.deltas if point.is_delta else self.latest
        at = point.time_ns if point.is_delta else point.start_ns
        key = (point.family, point.fact, point.series, at)
        kind[key] = max(kind.get(key, 0.0), point.value)
        self.n += 1
        self.has_start = self.has_start and bool(point.start_ns)
        self.start_ns = min(self.start_ns or point.start_ns, point.start_ns or self.start_ns)
        self.end_ns = max(self.end_ns, point.time_ns)

    def run(self, instance: str, model: str) -> Run:
        """Give all of it as one run."""
        sums: dict[str, dict[str, float]] = {}
        for (family, fact, _, _), value in (*self.latest.items(), *self.deltas.items()):
            of_family = sums.setdefault(family, {})
            of_family[fact] = of_family.get(fact, 0.0) + value
        known = [family for family in FAMILIES if family in sums]
        facts = {**sums.get("", {}), **(sums[known[0]] if known else {})}
        joules = facts.pop("energy_j", None)
        start, end = _moment(self.start_ns), _moment(self.end_ns)
        return Run(
            line=1,
            rows=self.n,
            external_id=f"otlp {instance} {model} {self.start_ns}"[:200] if self.start_ns else "",
            name=model or instance,
            started_at=start,
            ended_at=end,
            duration_s=between(start, end),
            energy_kwh=None if joules is None else joules / JOULES_PER_KWH,
            boundary=Boundary.UNKNOWN if joules is None else Boundary.ACCELERATOR,
            provenance=Provenance.SUPPLIED if joules is None else Provenance.MEASURED,
            tool="OpenTelemetry",
            facts=facts,
            notes=kept(
                None if self.has_start else NO_START, OTHER_FAMILY if len(known) > 1 else None
            ),
        )


def _moment(ns: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(ns / NS, UTC) if ns else None
    except (ValueError, OverflowError, OSError):
        return None
