"""The rule of rounding by hand, verdicts, the command and the page."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from jsonschema import Draft202012Validator

from apps.assessments.validation import Verdict, case_files, judge, judge_all, read_study, writing
from apps.assessments.validation.printed import Printed
from apps.assessments.validation.reading import FOLDER, SCHEMA
from tests.apps.assessments.validation.conftest import SMALL, Write


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("text", "half"), [("1.20", 0.005), ("120", 0.5), ("1.46e6", 5_000), ("5e-3", 5e-4), ("0", 0.5)]
)
def test_half_a_digit_follows_from_how_a_number_is_printed(text: str, half: float) -> None:
    assert Printed(text).half_digit == pytest.approx(half, rel=1e-15)


def test_the_tolerance_adds_up_what_rounding_can_hide(write: Write) -> None:
    (finding,) = judge(read_study(write(SMALL))).findings
    assert finding.computed == pytest.approx(120 * 0.410)
    assert finding.tolerance == pytest.approx(0.5 * 0.410 + 0.0005 * 120 + 0.05)


def test_an_exact_input_hides_no_rounding(write: Write) -> None:
    (finding,) = judge(
        read_study(write(SMALL.replace("value: 120", "value: 120, exact: yes")))
    ).findings
    assert finding.tolerance == pytest.approx(0.0005 * 120 + 0.05)


@pytest.mark.parametrize(
    ("published", "verdict"),
    [
        ("49.5", Verdict.REPRODUCED),
        ("48.9", Verdict.REPRODUCED),
        ("49.6", Verdict.FAILED),
        ("48.8", Verdict.FAILED),
    ],
)
def test_a_figure_is_reproduced_up_to_its_tolerance(
    write: Write, published: str, verdict: Verdict
) -> None:
    (finding,) = judge(read_study(write(SMALL.replace("49.2", published)))).findings
    assert finding.verdict is verdict


@pytest.mark.parametrize(
    ("published", "ours", "verdict"),
    [
        ("60.0", "49.2", Verdict.EXPLAINED),
        ("60.0", "49.3", Verdict.FAILED),
        ("49.2", "49.2", Verdict.FAILED),
    ],
)
def test_an_explained_gap_must_be_the_gap_that_there_is(
    write: Write, published: str, ours: str, verdict: Verdict
) -> None:
    explained = f"explained:\n- {{figure: carbon, ours: {ours}, differs_because: Other factor}}\n"
    (finding,) = judge(read_study(write(SMALL.replace("49.2", published) + explained))).findings
    assert finding.verdict is verdict


def test_a_table_gives_a_figure_for_each_row_and_their_sum(write: Write) -> None:
    table = "table: |\n  run | energy | carbon\n  ---|---|---\n  a | 100 | 41\n  b | 20 | -\n"
    findings = judge(read_study(write(SMALL + table))).findings
    assert [(f.row, f.published.text, f.verdict) for f in findings] == [
        ("a", "41", Verdict.REPRODUCED),
        ("", "49.2", Verdict.REPRODUCED),
    ]


def test_the_command_judges_every_case_and_gives_json() -> None:
    out = StringIO()
    call_command("validate", json=True, stdout=out)
    document = json.loads(out.getvalue())
    assert len(document["cases"]) == len(case_files())
    assert document["counts"]["failed"] == 0
    assert document["counts"]["explained"] > 0


def test_the_command_prints_a_table_with_its_reasons() -> None:
    out = StringIO()
    call_command("validate", file=[FOLDER / "olmo-training.yaml"], stdout=out)
    assert "PUE was applied twice" in out.getvalue()
    assert "0 failed." in out.getvalue()


def test_an_unexplained_failure_is_exit_status_1(write: Write) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="1 figures are neither") as failure:
        call_command("validate", file=[write(SMALL.replace("49.2", "60.0"))], stdout=out)
    assert failure.value.returncode == 1
    assert "FAILED" in out.getvalue()


def test_files_that_cannot_be_read_are_listed_with_exit_status_2(
    write: Write, tmp_path: Path
) -> None:
    missing = tmp_path / "missing.yaml"
    with pytest.raises(CommandError) as failure:
        call_command("validate", file=[write("name: x"), missing])
    assert failure.value.returncode == 2
    assert "case.yaml" in str(failure.value)
    assert "missing.yaml" in str(failure.value)


def test_a_document_that_cannot_be_written_is_said(write: Write, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("validate", file=[write(SMALL)], markdown=tmp_path / "nowhere" / "a.md")


def test_a_new_case_is_one_file(write: Write) -> None:
    out = StringIO()
    call_command("validate", file=[write(SMALL)], stdout=out)
    assert "1 cases, 1 figures: 1 reproduced" in out.getvalue()


@pytest.mark.django_db
def test_the_page_is_public_and_shows_every_case(client: Client) -> None:
    page = client.get("/validation/").content.decode()
    for judgement in judge_all():
        assert f'id="{judgement.study.slug}"' in page
        assert judgement.study.source.address in page
    assert "applied twice" in page


@pytest.mark.django_db
def test_the_page_shows_one_verdict_alone(client: Client) -> None:
    page = client.get("/validation/?verdict=explained").content.decode()
    assert 'id="olmo-training"' in page
    assert 'id="li-water"' not in page
    assert "OLMo 20M" not in page
    assert (
        "No figure with this verdict" in client.get("/validation/?verdict=failed").content.decode()
    )
    assert 'id="li-water"' in client.get("/validation/?verdict=nonsense").content.decode()


def test_cases_are_judged_once_for_what_the_files_hold() -> None:
    assert judge_all() is judge_all()


@pytest.mark.parametrize(
    ("value", "exponent", "text"),
    [
        (1234.56, -1, "1 234.6"),
        (0.0, -2, "0.00"),
        (-0.5, -1, "−0.5"),
        (1.46e6, 4, "1.46 × 10⁶"),
        (1.5e-6, -7, "1.5 × 10⁻⁶"),
        (49.999, 0, "50"),
    ],
)
def test_numbers_are_written_down_to_a_digit(value: float, exponent: int, text: str) -> None:
    assert writing.number(value, exponent).replace("\u202f", " ") == text
