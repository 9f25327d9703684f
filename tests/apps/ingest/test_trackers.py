"""Files of energy trackers in each dialect, with their traps; and whatever else may be sent."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.ingest.errors import FileRejected
from apps.ingest.importers import detect, importers
from apps.ingest.record import Rejected, Run
from apps.ingest.summary import summarise
from tests.apps.ingest.conftest import HEADING, csv, line

OLD = (
    "timestamp,experiment_id,project_name,duration,emissions,energy_consumed,country_name,country_iso_code,region,"
    "on_cloud,cloud_provider,cloud_region\n"
    "2021-05-01T10:00:00,e1,demo,60,0.001,0.01,France,FRA,,N,,\n2021-05-01T11:00:00,e2,demo,60,0.001,0.01,France,FRA,,N,,\n"
)
TASKS = (
    "task_name,timestamp,project_name,run_id,duration,emissions,emissions_rate,energy_consumed,gpu_count\n"
    "load,2026-03-01T12:00:00,demo,r,10,0.1,0.01,1,2\nfit,2026-03-01T12:01:00,demo,r,26,0.2,0.01,2,2\n"
)
STAGES = "model_name,energy_denoise_gpu,energy_denoise_cpu,energy_decode_gpu\na,0.1,0.02,\nb,,,\n"
REPORT = {
    "header": {"reportId": "r1", "reportDatetime": "2025-01-01T10:00:00"},
    "measures": [{"measurementMethod": "x", "unit": "Wh", "powerConsumption": "500"}],
    "environment": {"country": "France"},
}
FLAT = (
    "header_reportId,header_reportDatetime,measures_0_unit,measures_0_powerConsumption,measures_1_powerConsumption\n"
    "r2,2025-01-01 10:00:00,Wh,500,0.25\n"
)
LOG = """2026-01-01 10:00:00 - carbontracker version 2.4.7
2026-01-01 10:00:00 - Only predicted and actual consumptions are multiplied by a PUE coefficient of 1.58 (a survey).
2026-01-01 10:00:00 - The following components were found: GPU with device(s) NVIDIA H100. CPU with device(s) X.
2026-01-01 10:00:04 - Epoch 1:
2026-01-01 10:00:04 - Duration: 0:01:00.00
2026-01-01 10:00:04 - Average power usage (W) for gpu: [100.0 200.0]
2026-01-01 10:00:04 - Average power usage (W) for cpu: 60.0
"""
OUTPUT = """CarbonTracker:
Predicted consumption for 10 epoch(s):
\tTime:\t1:00:00
\tEnergy:\t9.0 kWh
\tCO2eq:\t900.0 g
CarbonTracker:
Actual consumption for 1 epoch(s):
\tTime:\t0:06:00
\tEnergy:\t0.9 kWh
\tCO2eq:\t90.0 g
CarbonTracker:
Actual consumption for 10 epoch(s):
\tTime:\t1:00:00
\tEnergy:\t8.0 kWh
\tCO2eq:\t800.0 g
"""
EVENTS = "\n".join(
    json.dumps(event)
    for event in (
        {"span_id": "epoch_1", "stats": {"power_usage_kwh": 0.5}, "__type__": "EventStats"},
        {
            "stats": {"total_power_usage_kwh": 0.6, "total_emissions_g": 60.0, "duration_s": 9.0},
            "__type__": "FinishedSession",
        },
        {"span_id": "epoch_1", "stats": {"power_usage_kwh": 0.5}, "__type__": "EventStats"},
        {
            "stats": {"total_power_usage_kwh": 1e10, "duration_s": 0.0},
            "__type__": "FinishedSession",
        },
    )
)
CARD = """---
license: mit
co2_eq_emissions:
  emissions: 30000
  source: CodeCarbon
  hardware_used: NVIDIA A100
  geographical_location: Germany
---
# A model
- **Emissions:** 30 KgCO2
- **Total Energy Consumption:** 100 kWh
"""
ECO = "id,project_name,time(s),power_consumption(kWTh),CO2_emissions(kg)\n7,demo,3,0.5,0.1\n8,demo,3,,0.1\n"
METER = "\n".join(
    json.dumps(
        {"date": f"2026-01-01 10:{minute:02d}:00", "metrics": {"cpu": {"intel_power": 60.0}}}
    )
    for minute in (0, 1, 10)
)
ENERGY_SCORE = (
    "model_name,total_prompts,failed_prompts,total_duration_seconds,gpu_energy_wh,timestamp,error_message\n"
    "a,10,0,60,250,2026-01-01T10:00:00,\nb,10,10,,,2026-01-01T11:00:00,out of memory\n"
)
EVERY = {
    "ai_energy_score": ENERGY_SCORE,
    "codecarbon_csv": csv([line("a"), line("b")]).decode(),
    "codecarbon_tasks": TASKS,
    "codecarbon_stages": STAGES,
    "codecarbon_json": json.dumps(
        {"run_id": "a", "duration": 1, "emissions": 1, "energy_consumed": 1}
    ),
    "boamps": json.dumps(REPORT),
    "carbontracker": OUTPUT,
    "carbontracker_events": EVENTS,
    "hf_model_card": CARD,
    "eco2ai": ECO,
    "aipowermeter": METER,
    "plain_csv": "name,kwh\na,1\n",
}


@pytest.fixture
def found(tmp_path):
    def read(name, text):
        path = tmp_path / "a file of any name"
        path.write_bytes(text.encode())
        assert name == detect(path).NAME
        return list(detect(path).read(path))

    return read


def codes(run):
    return [note.code for note in run.notes]


@pytest.mark.parametrize("name", EVERY)
def test_a_format_is_told_by_its_content_alone(found, name):
    assert any(isinstance(item, Run) for item in found(name, EVERY[name]))


def test_rows_that_repeat_a_run_are_cumulative_and_the_largest_counts(found):
    text = csv([line("a", 1.0), line("b", 9.0), line("a", 3.0, 7200.0), line("a", 2.0)]).decode()
    runs = {run.external_id: run for run in found("codecarbon_csv", text)}
    assert (runs["a"].energy_kwh, runs["a"].rows, runs["a"].gpu_hours) == (3.0, 3, 2.0)
    assert codes(runs["a"]) == ["cumulative-rows"]
    assert codes(runs["b"]) == []


def test_rows_without_a_run_id_are_runs_by_themselves(found):
    assert len(found("codecarbon_csv", csv([line("None"), line("None")]).decode())) == 2


def test_a_file_of_version_one_has_its_run_in_the_experiment(found):
    assert [run.external_id for run in found("codecarbon_csv", OLD)] == ["e1", "e2"]


def test_a_torn_row_says_what_is_missing_and_the_others_stay(found):
    good, torn, negative, huge = found(
        "codecarbon_csv",
        f"{HEADING}\n{line('a')}\n.0,,,,\n{line('b', -1.0)}\n{line('c', 18446744073709551614.0)}\n",
    )
    assert good.energy_kwh == 1.0
    assert torn.why == "energy_consumed is empty."
    assert "cannot be" in negative.why
    assert isinstance(huge, Rejected)


def test_the_place_that_codecarbon_falls_back_to_is_said(found):
    text = csv([line("a")]).decode().replace("berlin", "quebec").replace("13.4,52.5", "-71.2,46.8")
    (run,) = found("codecarbon_csv", text)
    assert codes(run) == ["quebec-fallback"]


def test_the_pue_that_a_file_states_is_kept_beside_its_energy(found):
    (run,) = found("codecarbon_csv", csv([line("a").replace(",N,1.0", ",N,1.3")]).decode())
    assert (run.energy_kwh, run.pue_inside) == (1.0, 1.3)


def test_tasks_of_a_run_add_up(found):
    (run,) = found("codecarbon_tasks", TASKS)
    assert (run.energy_kwh, run.rows, run.duration_s) == (3.0, 2, 36.0)
    assert run.gpu_hours == pytest.approx(2 * 36 / 3600)


def test_stages_that_did_not_run_are_not_nought(found):
    run, empty = found("codecarbon_stages", STAGES)
    assert run.energy_kwh == pytest.approx(0.12)
    assert isinstance(empty, Rejected)


@pytest.mark.parametrize(
    ("measure", "kwh", "code"),
    [
        ({"powerConsumption": 2}, 2.0, "unit-by-rule"),
        ({"unit": "MJoule", "value": 3.6}, 1.0, ""),
        ({"unit": "furlongs", "value": 3.6}, None, "unknown-unit"),
        ({"unit": "Wh"}, None, "no-energy"),
    ],
)
def test_units_of_a_report_are_converted_or_said_to_be_unknown(found, measure, kwh, code):
    (run,) = found("boamps", json.dumps({**REPORT, "measures": [measure]}))
    assert run.energy_kwh == (None if kwh is None else pytest.approx(kwh))
    assert code in {*codes(run), ""}


def test_a_flattened_report_adds_its_measures(found):
    (run,) = found("boamps", FLAT)
    assert (run.external_id, run.energy_kwh) == ("r2", 0.75)


def test_actual_consumption_counts_and_grows_with_the_epochs(found):
    (run,) = found("carbontracker", OUTPUT)
    assert (run.energy_kwh, run.emissions_kg, run.duration_s) == (8.0, 0.8, 3600.0)


def test_epochs_hold_no_pue(found):
    (run,) = found("carbontracker", LOG)
    assert run.energy_kwh == pytest.approx(60 * 360 / 3.6e6)
    assert (run.pue_inside, run.gpu_model) == (1.0, "NVIDIA H100")


def test_a_tracker_that_crashed_is_a_failed_run_without_energy(found):
    text = "2026-01-01 10:00:00 - CarbonTracker: Traceback (most recent call last):\n  File x\n"
    (run,) = found("carbontracker", text)
    assert (run.outcome, run.energy_kwh) == ("failed", None)


def test_a_session_that_contradicts_its_spans_is_shown_and_never_added_up(found):
    sound, impossible = found("carbontracker_events", EVENTS)
    assert not sound.is_impossible
    assert impossible.is_impossible
    assert summarise([sound, impossible]).energy_kwh == 0.6


def test_a_card_is_in_grams_and_its_energy_in_the_text(found):
    (run,) = found("hf_model_card", CARD)
    assert (run.emissions_kg, run.energy_kwh, codes(run)) == (30.0, 100.0, ["grams-by-rule"])


def test_a_card_whose_units_disagree_says_so(found):
    (run,) = found("hf_model_card", CARD.replace("emissions: 30000", "emissions: 30"))
    assert codes(run) == ["grams-by-rule", "units-disagree", "implausibly-small"]


@pytest.mark.parametrize(
    "front",
    ["co2_eq_emissions: [1", "a: &a [1]\nb: *a\nco2_eq_emissions: 1", "co2_eq_emissions: lots"],
)
def test_a_card_that_cannot_be_read_is_refused(found, front):
    with pytest.raises(FileRejected):
        found("hf_model_card", f"---\n{front}\n---\n")


def test_a_model_that_was_not_measured_says_its_own_error(found):
    run, failed = found("ai_energy_score", ENERGY_SCORE)
    assert (run.energy_kwh, run.boundary, run.facts["total_prompts"]) == (0.25, "accelerator", 10)
    assert failed.why == "out of memory"


def test_a_summary_gives_its_phases_and_the_total_once(found):
    text = json.dumps({"units": "Wh", "total": 3.0, "prefill_wh": 1.0, "decode_wh": 2.0})
    (run,) = found("ai_energy_score", text)
    assert (run.energy_kwh, run.facts["decode_wh"]) == (0.003, 2.0)
    with pytest.raises(FileRejected, match="no total in Wh"):
        found("ai_energy_score", json.dumps({"units": "J", "total": 3.0, "prefill_wh": 1.0}))


def test_gaps_between_samples_are_not_bridged(found):
    (run,) = found("aipowermeter", METER)
    assert run.energy_kwh == pytest.approx(60 * 60 / 3.6e6)
    assert (run.rows, codes(run)) == (3, ["gaps"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    name=st.sampled_from(sorted(EVERY)),
    cut=st.integers(0, 600),
    junk=st.one_of(
        st.binary(max_size=40),
        st.sampled_from([b"NaN", b"-1", b"1e400", b"\xff", b'"', b"\0", b"{" * 200]),
    ),
)
@example(name="codecarbon_json", cut=0, junk=b"[" * 100_000)
def test_no_damage_raises_anything_but_a_refusal(tmp_path, name, cut, junk):
    content = EVERY[name].encode()
    at = min(cut, len(content))
    path = tmp_path / "damaged"
    path.write_bytes(content[:at] + junk + content[at:])
    for read in (importers()[name].read, lambda p: detect(p).read(p)):
        try:
            summarise(read(path))
        except FileRejected:
            continue
