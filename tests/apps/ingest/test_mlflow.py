"""Runs in MLflow's file store."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from apps.ingest.errors import FileRejected
from apps.ingest.importers import detect, mlflow
from apps.ingest.record import Outcome, Rejected, Run
from apps.ingest.summary import summarise
from tests.apps.ingest.mangling import codes, mangled

META = """\
artifact_uri: file:///home/secret/mlruns
end_time: 1761168481605
lifecycle_stage: active
run_id: abc
run_name: hello
start_time: 1761168471605
status: 3
user_id: secret
"""
POWER = "1761168470000 100 0\n1761168488000 100 1\n1761168506000 100 2\n"


def folder(at: Path, meta: str = META, power: str = "") -> Path:
    (at / "metrics" / "system").mkdir(parents=True)
    (at / "tags").mkdir()
    (at / "meta.yaml").write_text(meta)
    (at / "tags" / "mlflow.user").write_text("secret")
    if power:
        (at / "metrics" / "system" / "gpu_0_power_usage_watts").write_text(power)
    return at


def only(path: Path) -> Run:
    (run,) = detect(path).read(path)
    assert isinstance(run, Run)
    return run


def test_a_run_gives_its_duration_and_outcome(tmp_path: Path) -> None:
    run = only(folder(tmp_path))
    assert (run.external_id, run.name, run.duration_s) == ("abc", "hello", 10)
    assert run.outcome is Outcome.FINISHED
    assert run.energy_kwh is None
    assert "secret" not in repr(run)


def test_system_metrics_give_energy(tmp_path: Path) -> None:
    run = only(folder(tmp_path, power=POWER))
    assert run.energy_kwh == pytest.approx(0.001)
    assert run.gpu_hours == pytest.approx(0.01)


def test_a_folder_of_runs_gives_each(tmp_path: Path) -> None:
    folder(tmp_path / "0" / "a")
    folder(tmp_path / "0" / "b", META.replace("abc", "xyz").replace("3", "4"))
    (tmp_path / "0" / "meta.yaml").write_text("experiment_id: '0'\n")
    found = list(detect(tmp_path).read(tmp_path))
    assert [run.external_id for run in found if isinstance(run, Run)] == ["abc", "xyz"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("active", "deleted", "deleted"),
        ("end_time: 1761168481605", "end_time: null", "no-duration"),
        ("end_time: 1761168481605", "end_time: 1661168481605", "odd-time"),
        ("start_time: 1761168471605", "start_time: 32503680000000000", "odd-time"),
    ],
)
def test_traps_are_noted(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert code in codes(only(folder(tmp_path, META.replace(old, new))))


def test_a_sample_that_cannot_be_is_refused(tmp_path: Path) -> None:
    found = list(mlflow.read(folder(tmp_path, power=POWER + "1761168510000 -5 3\nx\n")))
    assert [item.line for item in found if isinstance(item, Rejected)] == [4, 5]


def test_a_meta_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    (refused,) = mlflow.read(folder(tmp_path, "- 1\n"))
    assert isinstance(refused, Rejected)


@given(mangled(META.encode()), mangled(POWER.encode()))
def test_mangled_bytes_are_borne(meta: bytes, power: bytes) -> None:
    with TemporaryDirectory() as name:
        at = folder(Path(name), power="x")
        (at / "meta.yaml").write_bytes(meta)
        (at / "metrics" / "system" / "gpu_0_power_usage_watts").write_bytes(power)
        try:
            summarise(mlflow.read(at))
        except FileRejected:
            return
