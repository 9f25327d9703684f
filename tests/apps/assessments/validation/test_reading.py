"""Case files that break the format: each is refused with the file, the place, the reason and a remedy."""

from pathlib import Path

import pytest

from apps.assessments.validation import MalformedCase, judge, read_study
from tests.apps.assessments.validation.conftest import SMALL, Write

BROKEN = {
    "not a mapping": ("- a\n- b\n", "top of the file"),
    "an empty file": ("", "top of the file"),
    "tabs": ("schema: golden-case/1.0\n\tname: x\n", "line 2"),
    "a key that stands twice": (SMALL + "name: Again\n", "line 13, column 1: “name” stands twice"),
    "an unknown key": (SMALL + "inputs: {}\n", "'inputs' was unexpected"),
    "a decimal comma": (SMALL.replace("value: 120", 'value: "1,2"'), "parameters / energy / value"),
    "not a number": (SMALL.replace("value: 120", "value: NaN"), "parameters / energy / value"),
    "a number without end": (SMALL.replace("120", "1e999"), "parameters / energy"),
    "no source": (SMALL.replace("authors: Author, ", ""), "'authors' is a required property"),
    "no address": (SMALL.replace('url: "https://example.org/paper", ', ""), "source"),
    "an unknown stage": (SMALL.replace("boundary: [training]", "boundary: [use]"), "boundary / 0"),
    "an unknown category": (SMALL.replace("category: gwp_location", "category: gwp"), "'gwp'"),
    "nothing published": (SMALL.replace(", published: 49.2", ""), "nothing is published"),
    "no value": (SMALL.replace(", value: 120", ""), "parameters / energy: no value"),
    "an explanation of nothing": (
        SMALL + "explained:\n- {figure: water, ours: 1, differs_because: x}\n",
        "nothing is published as “water”",
    ),
    "a figure of no flow": (
        SMALL.replace("published: 49.2", "flows: [other], published: 49.2"),
        "there is no flow “other”",
    ),
    "an unknown column": (SMALL + "table: |\n  row | pue\n  a | 1\n", "column “pue”"),
    "a short row": (SMALL + "table: |\n  row | energy | carbon\n  a | 1\n", "has 2 cells"),
    "a row twice": (SMALL + "table: |\n  row | energy\n  a | 1\n  a | 2\n", "a name of its own"),
    "a table without rows": (SMALL + "table: |\n  row | energy\n", "at least one row"),
    "a circle of aliases": (
        SMALL + "notes: &a [*a]\n",
        "line 13, column 8: found unconstructable recursive node",
    ),
}
REFUSED_BY_THE_ENGINE = {
    "a wrong unit": (SMALL.replace("unit: MWh", "unit: kg"), "which is not “kg CO2e”"),
    "an unknown unit": (SMALL.replace("unit: MWh", "unit: MWatts"), "MWatts"),
    "an unknown parameter": (SMALL.replace("terms: {energy: 1}", "terms: {power: 1}"), "power"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_refused_by_file_and_place(write: Write, what: str) -> None:
    text, place = BROKEN[what]
    with pytest.raises(MalformedCase) as refusal:
        read_study(write(text))
    assert place in refusal.value.message
    assert "case.yaml" in refusal.value.message


@pytest.mark.parametrize("what", REFUSED_BY_THE_ENGINE)
def test_what_the_engine_refuses_names_the_case_and_the_reason(write: Write, what: str) -> None:
    text, reason = REFUSED_BY_THE_ENGINE[what]
    with pytest.raises(MalformedCase, match="case: ") as refusal:
        judge(read_study(write(text)))
    assert reason in refusal.value.message


def test_a_file_that_is_not_there_not_text_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedCase, match="Name an existing YAML file"):
        read_study(tmp_path / "missing.yaml")
    with pytest.raises(MalformedCase, match="Name an existing YAML file"):
        read_study(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9t\xe9")
    with pytest.raises(MalformedCase, match="not UTF-8"):
        read_study(tmp_path / "latin.yaml")
    (tmp_path / "large.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(MalformedCase, match="1000001 bytes"):
        read_study(tmp_path / "large.yaml")


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_text(SMALL, encoding="utf-8-sig")
    assert read_study(path).name == "Training of a model"
