"""Every golden case, and that a case can fail."""

from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments.validation import Verdict, case_files, judge, read_study, writing
from apps.assessments.validation.judging import Bench, bench
from apps.assessments.validation.reading import FOLDER
from apps.assessments.validation.study import Cell, Study

STUDIES = {path.stem: read_study(path) for path in case_files()}
REPRODUCIBLE = [study for study in STUDIES.values() if study.is_reproducible]


@pytest.mark.parametrize("slug", STUDIES)
def test_each_published_figure_is_reproduced_or_explained(slug: str) -> None:
    judgement = judge(STUDIES[slug], peers=True)
    assert judgement.findings
    failed = [writing.cells(f) for f in judgement.findings if f.verdict is Verdict.FAILED]
    assert not failed


def test_the_studies_that_the_product_promises_are_there() -> None:
    promised = {
        "li-water": 126,
        "patterson-table-1": 15,
        "patterson-table-4": 24,
        "olmo-training": 22,
        "ecologits": 36,
        "gemini-prompt": 6,
        "epoch-gpt-4o": 5,
        "jegham": 4,
        "strubell": 10,
        "flm-101b": 6,
        "ademe-a100": 3,
        "act-dell-r740": 4,
    }
    found = {slug: len(list(STUDIES[slug].published())) for slug in promised}
    assert found == promised


def test_every_case_file_is_read_whatever_its_ending() -> None:
    others = {"README.md"} | {path.name for path in case_files()}
    assert {path.name for path in FOLDER.iterdir()} == others


def test_ecologits_is_called_in_the_same_run() -> None:
    assert metadata.version("ecologits") == "0.11.3"
    alone, together = judge(STUDIES["ecologits"]), judge(STUDIES["ecologits"], peers=True)
    assert len(together.findings) == 2 * len(alone.findings)
    assert together.count(Verdict.REPRODUCED) == len(together.findings)


def inputs_that_flow(study: Study) -> list[Cell]:
    """Inputs of a study; all but those that a peer alone reads."""
    used = {name for flow in study.flows.values() for name in flow["terms"]}
    for flow in study.flows.values():
        used |= {name for factor in flow.get("factors", {}).values() for name in factor}
    used |= {name for item in study.derived.values() for name in item["arguments"]}
    return [
        cell for cell in study.cells() if study.checked_against == "" or cell.input.name in used
    ]


@cache
def on_bench(slug: str) -> Bench:
    """Compile each study once for all of its operands; the tolerance is that of the printed inputs anyway."""
    return bench(STUDIES[slug])


CELLS = [(study, cell) for study in REPRODUCIBLE for cell in inputs_that_flow(study)]


@given(st.sampled_from(CELLS), st.floats(1.5, 100.0))
def test_an_operand_that_is_changed_beyond_rounding_fails(
    picked: tuple[Study, Cell], much: float
) -> None:
    study, cell = picked
    judgement = on_bench(study.slug).judge({cell.parameter: moved(study, cell, much)})
    assert judgement.count(Verdict.FAILED)


LARGEST: dict[tuple[str, str], float] = {}
for _study, _cell in CELLS:
    _key = (_study.slug, _cell.input.name)
    LARGEST[_key] = max(LARGEST.get(_key, 0.0), abs(_cell.printed.value))


def moved(study: Study, cell: Cell, much: float) -> float:
    """An input moved by several times the largest of its column, which rounding of no sum can hide."""
    return cell.printed.value + much * (LARGEST[study.slug, cell.input.name] or 100.0)


def test_every_operand_of_every_case_matters() -> None:
    quiet = [
        (study.slug, cell.parameter)
        for study, cell in CELLS
        if not on_bench(study.slug)
        .judge({cell.parameter: moved(study, cell, 2)})
        .count(Verdict.FAILED)
    ]
    assert not quiet


def test_the_document_is_current() -> None:
    written = Path("docs/validation.md").read_text(encoding="utf-8")
    judgements = [judge(study) for study in STUDIES.values()]
    assert written == writing.to_markdown(judgements), (
        "run manage.py validate --markdown docs/validation.md"
    )
