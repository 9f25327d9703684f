"""Scrapes of vLLM, TGI and DCGM."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest.importers import prometheus
from apps.ingest.record import Rejected, Run
from lca.engine import Provenance
from tests.apps.ingest.mangling import bear, codes, found_in, mangled

VLLM = """\
# TYPE vllm:prompt_tokens_total counter
vllm:prompt_tokens_total{engine="0",model_name="org/m"} 10.0
vllm:prompt_tokens_total{engine="1",model_name="org/m"} 5.0
vllm:generation_tokens_total{engine="0",model_name="org/m"} 30.0
vllm:request_success_total{finished_reason="stop",model_name="org/m"} 2.0
python_info{version="3.12"} 1.0
"""
TGI = """\
tgi_request_success 9
tgi_request_failure{err="validation"} 2
tgi_request_input_length_sum 100
tgi_request_max_new_tokens_sum 5000
"""
DCGM = """\
DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-a",modelName="Tesla T4",Hostname="secret"} 9.5
DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="0",UUID="GPU-a",modelName="Tesla T4",Hostname="secret"} 3600000000
DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="1",UUID="GPU-b",modelName="Tesla T4",Hostname="secret"} 3600000000
"""


def only(folder: Path, text: str) -> Run:
    (run,) = found_in(prometheus, folder, text)
    assert isinstance(run, Run)
    return run


def test_tokens_of_every_engine_are_summed(tmp_path: Path) -> None:
    run = only(tmp_path, VLLM)
    assert run.name == "org/m"
    assert run.facts == {"prompt_tokens": 15, "output_tokens": 30, "successful_requests": 2}
    assert run.energy_kwh is None
    assert codes(run) == {"since-start"}


def test_tokens_asked_for_are_not_tokens_made(tmp_path: Path) -> None:
    run = only(tmp_path, TGI)
    assert "output_tokens" not in run.facts
    assert run.facts["failed_requests"] == 2
    assert "upper-bound" in codes(run)


def test_energy_of_dcgm_is_in_millijoules_since_boot(tmp_path: Path) -> None:
    run = only(tmp_path, DCGM)
    assert run.energy_kwh == pytest.approx(2)
    assert (run.gpu_count, run.gpu_model, run.gpu_hours) == (2, "Tesla T4", None)
    assert run.provenance is Provenance.MEASURED
    assert codes(run) == {"since-boot"}
    assert "secret" not in repr(run)


def test_an_idle_server_says_so(tmp_path: Path) -> None:
    assert "idle" in codes(only(tmp_path, "vllm:generation_tokens_total 0.0\n"))


def test_a_gpu_listed_twice_counts_once(tmp_path: Path) -> None:
    run = only(tmp_path, DCGM + DCGM.splitlines()[1] + "\n")
    assert run.energy_kwh == pytest.approx(2)
    assert "twice" in codes(run)


@pytest.mark.parametrize(
    "line", ["vllm:prompt_tokens_total NaN", "tgi_request_success -1", "{torn"]
)
def test_a_line_that_cannot_be_is_refused(tmp_path: Path, line: str) -> None:
    refused, _ = found_in(prometheus, tmp_path, f"{TGI}{line}\n")
    assert isinstance(refused, Rejected)
    assert refused.line == 5


@given(st.sampled_from([VLLM, TGI, DCGM]).flatmap(lambda text: mangled(text.encode())))
def test_mangled_bytes_are_borne(content: bytes) -> None:
    bear(prometheus, content)
