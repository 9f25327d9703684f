"""Our own measurements as runs of the ledger."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from tests.apps.ingest.conftest import send

DOCUMENT = json.loads(Path(settings.BASE_DIR, "fixtures/demo/probe.json").read_text())


def sent(system, **changes):
    return send(system, json.dumps({**DOCUMENT, **changes}).encode(), name="m.json")


def test_a_measurement_is_a_run_with_the_energy_of_its_windows(system):
    assert sent(system).state == "done"
    run = system.recorded_runs.get()
    joules = sum(w["energy_j"] for w in DOCUMENT["windows"] + DOCUMENT.get("discarded", []))
    assert run.energy_kwh == pytest.approx(joules / 3.6e6)
    assert (run.provenance, run.boundary, run.pue_inside) == ("modelled", "process", 1.0)
    assert run.facts["decode_joules_per_token"] == pytest.approx(8.544600348278864)
    assert {note["code"] for note in run.notes} == {"windows-only", "modelled-energy"}
    assert sent(system).runs_duplicate == 1


def test_a_measured_gpu_has_hours(system):
    meter = {**DOCUMENT["meter"], "is_modelled": False, "boundary": "board"}
    device = {"kind": "cuda", "name": "NVIDIA H100"}
    sent(system, meter=meter, environment={**DOCUMENT["environment"], "device": device})
    run = system.recorded_runs.get()
    assert (run.provenance, run.boundary, run.gpu_model) == (
        "measured",
        "accelerator",
        "NVIDIA H100",
    )
    assert run.gpu_hours == pytest.approx(DOCUMENT["duration_s"] / 3600)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"schema": "cradle-sweep/1.1"}, "lists what other documents hold"),
        ({"schema": "cradle-other/1.0"}, "none of Cradle's"),
        ({"windows": [{"energy_j": -1}]}, "no energy"),
        ({"windows": []}, "no energy"),
        ({"meter": None}, "lacks something"),
        ({"created_at": "yesterday"}, "lacks something"),
    ],
)
def test_what_is_no_measurement_is_refused(system, changes, says):
    upload = sent(system, **changes)
    assert upload.state == "refused"
    assert says in upload.message
