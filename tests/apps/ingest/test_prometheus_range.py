"""Range queries: what counters grew by over a window, and the energy of a token."""

import json

import pytest

from apps.ingest.errors import FileRejected
from apps.ingest.importers import detect, prometheus_range
from apps.ingest.record import Rejected

START = 1_772_366_400  # 2026-03-01 12:00 UTC
GPU = {"UUID": "GPU-1", "modelName": "NVIDIA H100"}


def series(name, values, step=15, start=START, **labels):
    samples = [[start + n * step, str(value)] for n, value in enumerate(values)]
    return {"metric": {"__name__": name, **labels}, "values": samples}


def answer(*rows):
    return {"status": "success", "data": {"resultType": "matrix", "result": list(rows)}}


@pytest.fixture
def read(tmp_path):
    def read(*answers, lines=False):
        path = tmp_path / "range.json"
        text = "\n".join(map(json.dumps, answers)) if lines else json.dumps(answers[0] if len(answers) == 1 else answers)  # fmt: skip
        path.write_text(text)
        assert detect(path) is prometheus_range
        return list(prometheus_range.read(path))

    return read


TOKENS = series("vllm:generation_tokens_total", [100, 400, 1100], model_name="aurora")
JOULES = series("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", [5e6, 5.5e6, 7e6], **GPU)


@pytest.mark.parametrize("lines", [False, True])
def test_a_window_gives_energy_tokens_and_joules_per_token(read, lines):
    [run] = read(answer(TOKENS), answer(JOULES), lines=lines)
    assert run.energy_kwh == pytest.approx(2000 / 3.6e6)
    assert run.facts == {"output_tokens": 1000.0, "joules_per_output_token": pytest.approx(2.0)}
    assert (run.duration_s, run.gpu_count, run.gpu_hours) == (30, 1, pytest.approx(30 / 3600))
    assert (run.name, run.gpu_model) == ("aurora", "NVIDIA H100")
    assert (run.provenance, run.boundary) == ("measured", "accelerator")
    assert run.started_at.isoformat() == "2026-03-01T12:00:00+00:00"


def test_a_counter_that_began_again_loses_nothing(read):
    [run] = read(answer(series("tgi_request_generated_tokens_sum", [50, 90, 10, 30])))
    assert run.facts["output_tokens"] == 40 + 10 + 20
    assert [note.code for note in run.notes] == ["counter-reset"]


def test_power_is_integrated_where_no_counter_is(read):
    watts = series("DCGM_FI_DEV_POWER_USAGE", [300] * 5, **GPU)
    [run] = read(answer(watts, series("DCGM_FI_DEV_POWER_USAGE", [100] * 5, UUID="GPU-2")))
    assert run.energy_kwh == pytest.approx(400 * 60 / 3.6e6)
    assert run.gpu_count == 2


def test_slices_of_a_gpu_are_counted_once(read):
    slices = [
        series("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", [0, 1e6], **GPU, GPU_I_ID=str(n))
        for n in (1, 2)
    ]
    [run] = read(answer(*slices))
    assert run.energy_kwh == pytest.approx(1000 / 3.6e6)
    assert [note.code for note in run.notes] == ["twice"]


def test_windows_apart_give_no_energy_per_token(read):
    late = series("vllm:generation_tokens_total", [1, 1001], start=START + 3600)
    [run] = read(answer(late, JOULES))
    assert "joules_per_output_token" not in run.facts
    assert [note.code for note in run.notes] == ["windows-apart"]


def test_series_that_say_nothing_are_refused_one_by_one(read):
    found = read(
        answer(
            TOKENS,
            {"metric": {}, "values": [[START, "1"], [START + 15, "2"]]},
            series("vllm:prompt_tokens_total", [1]),
            {"metric": 7},
            series("unknown_metric", [1, 2]),
        ),
        {"status": "error", "error": "query timed out"},
    )
    why = [item.why for item in found if isinstance(item, Rejected)]
    assert len(why) == 4
    assert "no name" in why[0]
    assert "two usable" in why[1]
    assert "timed out" in why[3]
    assert found[-1].facts == {"output_tokens": 1000.0}


@pytest.mark.parametrize("values", [None, 7, [[1]], [["x", "y"]], [[START, "NaN"], [START + 15, "-3"]], [[1e300, "1"], [1e301, "2"]]])  # fmt: skip
def test_nonsense_values_are_no_samples(tmp_path, values):
    path = tmp_path / "x.json"
    metric = {"__name__": "vllm:prompt_tokens_total"}
    path.write_text(json.dumps(answer({"metric": metric, "values": values})))
    with pytest.raises(FileRejected, match="no counter"):
        list(prometheus_range.read(path))
