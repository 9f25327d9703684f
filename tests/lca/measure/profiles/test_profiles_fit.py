"""The shipped fit: what it was made from, that it can be made again, and how far it is off."""

import json
from pathlib import Path

import numpy as np
import pytest
from ecologits.impacts import llm

from lca.measure.errors import InvalidDocument
from lca.measure.profiles import evaluate, fit, fitting, table
from scripts import profiles

TABLE = Path("fixtures/profiles/text.csv")


@pytest.fixture(scope="module")
def measured() -> table.Table:
    return table.read(TABLE)


def test_the_shipped_fit_is_that_of_the_table(measured: table.Table) -> None:
    shipped = fit.shipped()
    fitter = fitting.Fitter(table=measured, terms=fitting.terms(measured.rows))
    without = measured.base != "qwen3-32b"
    for chosen, (coefficients, _) in (
        (without | ~without, shipped.part("a model never seen")),
        (without, shipped.part("qwen3-32b")),
    ):
        again = fitter.coefficients(chosen)
        np.testing.assert_allclose(again.log, coefficients.log, atol=2e-3)
    assert shipped.table == fitting.digest_of(TABLE)
    assert shipped.rows == len(measured.energy) == 650


def test_unseen_models_are_predicted_within_the_stated_errors(measured: table.Table) -> None:
    result = evaluate.evaluate(measured).to_dict()
    assert set(result["models_held_out"]) == set(result["by_base_model"])
    assert len(result["models_held_out"]) == 13
    assert result["median_absolute_error"] <= 0.15
    assert 0.85 <= result["coverage_90"] <= 0.95
    assert result["median_p95_over_p05"] < 2.5
    assert result["median_absolute_error"] < result["ecologits_at_batch"]["median_absolute_error"]


def test_a_held_out_model_moves_neither_its_coefficients_nor_its_interval(
    measured: table.Table,
) -> None:
    base = "gemma-3-12b"
    changed = table.Table(
        rows=measured.rows,
        energy=np.where(measured.base == base, 10 * measured.energy, measured.energy),
        base=measured.base,
        model=measured.model,
    )
    fits = [fitting.Fitter(table=t, terms=fitting.terms(t.rows)) for t in (measured, changed)]
    others = measured.base != base
    first, second = (each.coefficients(others).log for each in fits)
    np.testing.assert_array_equal(first, second)
    whole = [each.coefficients(np.ones_like(others)).log for each in fits]
    assert np.abs(whole[0] - whole[1]).max() > 0.01


def test_the_peer_is_computed_as_its_package_does(measured: table.Table) -> None:
    result = evaluate.evaluate(measured)
    for row in (0, 100, 649):
        kwh = llm.gpu_energy(
            model_active_parameter_count=measured.rows.active[row] / 1e9,
            output_token_count=1.0,
            batch_size=64,
            gpu_energy_alpha=llm.GPU_ENERGY_ALPHA,
            gpu_energy_beta=llm.GPU_ENERGY_BETA,
            gpu_energy_gamma=llm.GPU_ENERGY_GAMMA,
        )
        joules = 3.6e6 * kwh * measured.rows.gpus[row]
        assert result.ecologits[row] == pytest.approx(joules, rel=1e-12)


def test_a_fit_survives_its_document() -> None:
    document = fit.to_document(fit.shipped())
    again = fit.from_document(json.loads(json.dumps(document)))
    assert fit.to_document(again) == document


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "other"}, "its schema is 'other'"),
        ({"terms": ["weights"]}, "other terms"),
        ({"all": {}}, "damaged"),
        ({"ranges": {"batch": [1]}}, "damaged"),
    ],
)
def test_a_strange_fit_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidDocument, match=said):
        fit.from_document(fit.to_document(fit.shipped()) | change)


def test_accelerators_are_those_of_the_library() -> None:
    assert profiles.TARGET.read_text(encoding="utf-8") == profiles.text()
