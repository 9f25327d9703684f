"""Metrics that OpenTelemetry's own SDK exports, read from files as exporters and collectors write them."""

import json
import struct

import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    InMemoryMetricReader,
)
from opentelemetry.sdk.resources import Resource

from apps.ingest.errors import FileRejected
from apps.ingest.importers import detect
from apps.ingest.record import Rejected

DELTAS = {Counter: AggregationTemporality.DELTA, Histogram: AggregationTemporality.DELTA}


class Service:
    """A service that counts tokens with the SDK."""

    def __init__(self, temporality=None, instance="pod-1"):
        self.reader = InMemoryMetricReader(preferred_temporality=temporality)
        about = Resource({"service.name": "chat", "service.instance.id": instance})
        self.provider = MeterProvider([self.reader], resource=about, shutdown_on_exit=False)
        meter = self.provider.get_meter("gen_ai")
        self.usage = meter.create_histogram("gen_ai.client.token.usage", "{token}")
        self.taken = meter.create_histogram("gen_ai.client.operation.duration", "s")
        self.new = meter.create_counter("gen_ai.client.inference.usage.output_tokens", "{token}")
        self.energy = meter.create_counter("hw.energy", "J")

    def answer(self, tokens_in, tokens_out, model="aurora-7b"):
        about = {"gen_ai.operation.name": "chat", "gen_ai.response.model": model}
        self.usage.record(tokens_in, {**about, "gen_ai.token.type": "input"})
        self.usage.record(tokens_out, {**about, "gen_ai.token.type": "output"})
        self.taken.record(0.5, about)

    def export(self):
        return encode_metrics(self.reader.get_metrics_data())


def put(tmp_path, content, name="metrics.otlp"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def read(path):
    module = detect(path)
    assert module.NAME == "otlp"
    return list(module.read(path))


def as_json(export):
    return json.dumps(MessageToDict(export)).encode()


@pytest.mark.parametrize("form", ["protobuf", "json", "lines", "prefixed"])
def test_every_form_gives_the_same_tokens(tmp_path, form):
    service = Service()
    service.answer(100, 20)
    first = service.export()
    service.answer(50, 30)
    second = service.export()
    content = {
        "protobuf": second.SerializeToString(),
        "json": as_json(second),
        "lines": b"\n".join(map(as_json, (first, second))),
        "prefixed": b"".join(
            struct.pack(">I", len(m)) + m
            for m in (first.SerializeToString(), second.SerializeToString())
        ),
    }[form]
    [run] = read(put(tmp_path, content))
    assert run.facts == {"prompt_tokens": 150.0, "output_tokens": 50.0, "requests": 2.0}
    assert run.name == "aurora-7b"
    assert run.energy_kwh is None  # tokens are no energy
    assert run.started_at is not None
    assert run.started_at <= run.ended_at


def test_deltas_are_added_each_once(tmp_path):
    service = Service(DELTAS)
    service.answer(100, 20)
    first = as_json(service.export())
    service.answer(50, 30)
    second = as_json(service.export())
    [run] = read(put(tmp_path, b"\n".join([first, second, first])))
    assert run.facts["prompt_tokens"] == 150.0
    assert run.facts["requests"] == 2.0


def test_models_and_instances_are_runs_of_their_own(tmp_path):
    one, two = Service(), Service(instance="pod-2")
    one.answer(10, 1)
    one.answer(20, 2, model="borealis")
    two.answer(40, 4)
    found = read(put(tmp_path, b"\n".join([as_json(one.export()), as_json(two.export())])))
    assert sorted(run.facts["prompt_tokens"] for run in found) == [10.0, 20.0, 40.0]
    assert len({run.external_id for run in found}) == 3


def test_two_names_of_the_same_tokens_count_once(tmp_path):
    service = Service()
    service.answer(100, 20)
    service.new.add(20, {"gen_ai.response.model": "aurora-7b"})
    [run] = read(put(tmp_path, as_json(service.export())))
    assert run.facts == {"output_tokens": 20.0, "requests": 1.0}
    assert [note.code for note in run.notes] == ["twice"]


def test_energy_of_gpus_is_measured_and_that_of_the_rest_left_out(tmp_path):
    service = Service()
    service.energy.add(7.2e6, {"hw.type": "gpu", "hw.id": "0"})
    service.energy.add(9e9, {"hw.type": "power_supply", "hw.id": "psu"})
    [run] = read(put(tmp_path, as_json(service.export())))
    assert run.energy_kwh == pytest.approx(2.0)
    assert run.boundary == "accelerator"
    assert run.provenance == "measured"


def test_a_torn_last_line_is_refused_by_itself(tmp_path):
    service = Service()
    service.answer(100, 20)
    whole = as_json(service.export())
    found = read(put(tmp_path, whole + b"\n" + whole[:200]))
    assert [item.line for item in found if isinstance(item, Rejected)] == [2]
    assert [item.facts["prompt_tokens"] for item in found if not isinstance(item, Rejected)] == [
        100.0
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"resourceMetrics": []}', "counts no tokens"),
        (b'{"resourceMetrics": {"a": 1}}', "no OTLP export"),
        (b'{"resourceMetrics": [' + b"[" * 90 + b"]" * 90 + b"]}", "nested more than"),
    ],
)  # fmt: skip
def test_exports_without_use_are_refused(tmp_path, content, why):
    path = put(tmp_path, content)
    with pytest.raises(FileRejected, match=why):
        list(detect(path).read(path))


def test_other_binary_files_are_still_refused_as_no_text(tmp_path):
    with pytest.raises(FileRejected, match="NUL"):
        detect(put(tmp_path, b"\x0a\x00\x01binary" * 50, "runs.csv"))


def test_nonsense_values_are_refused_and_the_others_stay(tmp_path):
    service = Service()
    service.answer(100, 20)
    export = json.loads(as_json(service.export()))
    text = json.dumps(export).replace('"sum": 100.0', '"sum": "NaN"').encode()
    *refused, run = read(put(tmp_path, text))
    assert "prompt_tokens" not in run.facts
    assert ["prompt_tokens cannot be" in item.why for item in refused] == [True]
