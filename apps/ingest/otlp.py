"""OpenTelemetry metrics as OTLP carries them, JSON or protobuf: the sums of tokens, requests and energy in them."""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NoReturn, TypeAlias

import attrs
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
)

from apps.ingest.errors import FileRejected
from apps.ingest.reading import parse

Attributes: TypeAlias = Mapping[str, str]
MOST = 1e18
MOST_POINTS = 200_000
LONGEST = 200
DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
MODEL = ("gen_ai.response.model", "gen_ai.request.model", "model_name")
INSTANCE = ("service.name", "service.instance.id")

OLD_TOKENS = {"input": "prompt_tokens", "output": "output_tokens"}
# Names of a family of metrics, and what each counts. Families count the same tokens in other words: never add two up.
FAMILIES: dict[str, dict[str, str]] = {
    "gen_ai.client.inference.usage": {
        "gen_ai.client.inference.usage.input_tokens": "prompt_tokens",
        "gen_ai.client.inference.usage.output_tokens": "output_tokens",
        "gen_ai.client.inference.usage.cache_read.input_tokens": "cached_prompt_tokens",
        "gen_ai.client.inference.usage.reasoning.output_tokens": "reasoning_tokens",
    },
    "gen_ai.client.token.usage": {"gen_ai.client.token.usage": ""},  # an attribute says which
    "vllm": {
        "vllm:prompt_tokens": "prompt_tokens",
        "vllm:generation_tokens": "output_tokens",
        "vllm:prefix_cache_hits": "cached_prompt_tokens",
        "vllm:request_success": "requests",
    },
    "tgi": {
        "tgi_request_input_length": "prompt_tokens",
        "tgi_request_generated_tokens": "output_tokens",
        "tgi_request_success": "requests",
    },
}
REQUESTS = "gen_ai.client.operation.duration"
ENERGY = "hw.energy"
SUFFIXES = ("_total", "_sum")


@attrs.frozen(kw_only=True)
class Point:
    """One value of one series: ``value`` is a sum since ``start_ns`` (cumulative), or since the point before (delta).

    Times are in nanoseconds since 1970; ``start_ns`` is 0 where it is not said. ``series`` names what is counted where, as
    a hash: attributes can hold what must not be kept. ``value`` is not finite where what was sent cannot be.
    """

    family: str
    fact: str
    series: str
    model: str
    instance: str
    is_delta: bool
    start_ns: int
    time_ns: int
    value: float

    @property
    def is_odd(self) -> bool:
        """Whether its value is negative, beyond all reason or no number."""
        return not (math.isfinite(self.value) and 0 <= self.value <= MOST)


def message(content: bytes, *, is_json: bool) -> ExportMetricsServiceRequest:
    """Read one export, or a document of ``resourceMetrics``.

    Raises
    ------
    FileRejected
        If it is none.
    """
    found = ExportMetricsServiceRequest()
    try:
        if is_json:
            told = parse(content)
            if not isinstance(told, dict):
                _refuse("an object is needed")
            return json_format.ParseDict(told, found, ignore_unknown_fields=True)
        found.ParseFromString(content)
    except (json_format.ParseError, DecodeError, ValueError, TypeError, RecursionError) as error:
        _refuse(str(error)[:120] or type(error).__name__)
    return found


def _refuse(why: str) -> NoReturn:
    msg = f"It is no OTLP export of metrics ({why})."
    raise FileRejected(msg, "Send what an OTLP/HTTP exporter of metrics writes.") from None


def points(sent: ExportMetricsServiceRequest) -> Iterator[Point]:
    """Stream the points that count something of use; gauges and what only a single request sees are passed over.

    Raises
    ------
    FileRejected
        If there are more than is taken at once.
    """
    n = 0
    for resource in sent.resource_metrics:
        about = _attributes(resource.resource.attributes)
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for found in _of_metric(metric, about):
                    n += 1
                    if n > MOST_POINTS:
                        msg = f"It holds more than {MOST_POINTS:,} points."
                        raise FileRejected(msg, "Export more often, or in parts.")
                    yield found


def counted(name: str) -> tuple[str, str]:
    """Which family a metric is of, and what it counts; empty where it is of none, or an attribute says what."""
    name = _plain(name)
    family = next((key for key, names in FAMILIES.items() if name in names), "")
    return family, FAMILIES[family][name] if family else ""


def _of_metric(metric: Metric, about: Attributes) -> Iterator[Point]:
    name = _plain(metric.name)
    family, _ = counted(name)
    if not family and name not in {REQUESTS, ENERGY}:
        return
    kind = metric.WhichOneof("data")
    if kind not in {"sum", "histogram"}:
        return
    data = metric.sum if kind == "sum" else metric.histogram
    if kind == "sum" and not metric.sum.is_monotonic:
        return
    for item in data.data_points:
        its = _attributes(item.attributes)
        fact = _fact(family, name, its)
        if fact:
            yield Point(
                family=family,
                fact=fact,
                series=_series(name, about, its),
                model=_first(its, MODEL) or _first(about, MODEL),
                instance=" ".join(filter(None, (about.get(key, "") for key in INSTANCE))),
                is_delta=data.aggregation_temporality == DELTA,
                start_ns=item.start_time_unix_nano,
                time_ns=item.time_unix_nano,
                value=_value(item, counts=name == REQUESTS),
            )


def _plain(name: str) -> str:
    """A name without what Prometheus appends."""
    return next((name.removesuffix(end) for end in SUFFIXES if name.endswith(end)), name)


def _fact(family: str, name: str, its: Attributes) -> str:
    if name == REQUESTS:
        return "requests"
    if name == ENERGY:
        return "energy_j" if its.get("hw.type") == "gpu" else ""
    return FAMILIES[family][name] or OLD_TOKENS.get(its.get("gen_ai.token.type", ""), "")


def _value(item: NumberDataPoint | HistogramDataPoint, *, counts: bool) -> float:
    if isinstance(item, HistogramDataPoint):
        return float(item.count if counts else item.sum)
    return float(item.as_int if item.WhichOneof("value") == "as_int" else item.as_double)


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, str]:
    return {pair.key[:LONGEST]: _text(pair.value) for pair in pairs}


def _text(value: AnyValue) -> str:
    kind = value.WhichOneof("value")
    return str(getattr(value, kind))[:LONGEST] if kind else ""


def _series(name: str, about: Attributes, its: Attributes) -> str:
    told = json.dumps([name, sorted(about.items()), sorted(its.items())])
    return hashlib.sha256(told.encode()).hexdigest()


def _first(pairs: Attributes, names: Iterable[str]) -> str:
    return next((pairs[name] for name in names if pairs.get(name)), "")
