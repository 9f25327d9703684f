"""Results of Zeus and ML.ENERGY in each layout."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest.importers import zeus_mlenergy
from apps.ingest.record import Outcome, Rejected, Run
from apps.ingest.summary import summarise
from tests.apps.ingest.mangling import bear, codes, found_in, mangled

FRONTIER = "time,energy\n1.5,3600\n1.0,7200\n"
BOARD = "model,throughput,response_length,latency,energy\norg/m,20,100,5,3600\n"
EPOCH = "dataset,network,batch_size,optimizer,power_limit,time_per_epoch,average_power\nd,n,8,adam,200,36,100\n"
TRAINING = "dataset,network,batch_size,optimizer,learning_rate,run,target_metric,target_epoch\nd,n,8,adam,1,1,0.5,3\nd,n,8,adam,1,2,0.9,\n"
WINDOW = "start_time,window_name,elapsed_time,gpu0_energy,gpu1_energy\n1,train,36,1800,1800\n"
V2 = json.dumps(
    {
        "Model": "org/m",
        "GPU": "H100",
        "TP": 2,
        "PP": 2,
        "Energy/req (J)": 36.0,
        "Avg Output Tokens": 18,
    }
)
V3 = json.dumps(
    {
        "model_id": "org/m",
        "configurations": [
            {
                "gpu_model": "B200",
                "num_gpus": 2,
                "energy_per_request_joules": 36,
                "energy_per_token_joules": 1,
            },
            {"gpu_model": "B200", "energy_per_request_joules": -1},
        ],
    }
)
RESULT = json.dumps(
    {
        "model_id": "org/m",
        "gpu_model": "H100",
        "steady_state_energy": 1,
        "entire_benchmark_measurement": {"time": 36, "gpu_energy": {"0": 1800, "1": 1800}},
        "results": [{"prompt": "secret"}],
    }
)
ALL = [FRONTIER, BOARD, EPOCH, TRAINING, WINDOW, V2, V3, RESULT]


def first(folder: Path, text: str) -> Run:
    run = found_in(zeus_mlenergy, folder, text)[0]
    assert isinstance(run, Run)
    return run


@pytest.mark.parametrize("text", [FRONTIER, BOARD, V2, V3])
def test_alternatives_and_averages_are_never_added_up(tmp_path: Path, text: str) -> None:
    found = found_in(zeus_mlenergy, tmp_path, text)
    assert isinstance(found[0], Run)
    assert found[0].energy_kwh
    assert codes(found[0]) & {"alternative", "average"}
    assert summarise(found).energy_kwh is None


@pytest.mark.parametrize(("text", "hours"), [(EPOCH, None), (WINDOW, 0.02), (RESULT, 0.02)])
def test_what_was_measured_gives_its_energy(tmp_path: Path, text: str, hours: float | None) -> None:
    run = first(tmp_path, text)
    assert run.energy_kwh == pytest.approx(0.001)
    assert run.gpu_hours == (None if hours is None else pytest.approx(hours))
    assert "secret" not in repr(run)


def test_a_run_without_its_target_has_failed(tmp_path: Path) -> None:
    reached, missed = found_in(zeus_mlenergy, tmp_path, TRAINING)
    assert isinstance(reached, Run)
    assert isinstance(missed, Run)
    assert (reached.outcome, missed.outcome) == (Outcome.FINISHED, Outcome.FAILED)


def test_parallel_ways_multiply_to_gpus(tmp_path: Path) -> None:
    run = first(tmp_path, V2)
    assert run.gpu_count == 4
    assert run.facts["joules_per_output_token"] == pytest.approx(2)


@pytest.mark.parametrize("row", ["nan,5", "1,-5", "1", "1,18446744073709551614"])
def test_a_row_that_cannot_be_is_refused(tmp_path: Path, row: str) -> None:
    found = found_in(zeus_mlenergy, tmp_path, f"time,energy\n1,2\n{row}\n")
    assert isinstance(found[1], Rejected)
    assert found[1].line == 3


@given(st.sampled_from(ALL).flatmap(lambda text: mangled(text.encode())))
def test_mangled_bytes_are_borne(content: bytes) -> None:
    bear(zeus_mlenergy, content)
