from typing import Any

import pytest

from lca.measure.errors import InvalidDocument
from lca.measure.results import agree, summarise


def test_results_are_the_hand_computed_ones(windows: Any) -> None:
    results = summarise(windows, meter_share=0.1, is_modelled=False)
    assert results["provenance"] == "measured"
    assert results["idle_power"] == {"mean": 10.0, "p05": 9.0, "p95": 11.0, "unit": "W"}
    assert results["prefill"]["joules_per_token"]["mean"] == pytest.approx(3.0)
    assert results["decode"]["joules_per_token"]["mean"] == pytest.approx(25.0)
    assert results["decode"]["joules_per_token_above_idle"]["mean"] == pytest.approx(23.0)
    assert results["decode"]["power"]["mean"] == pytest.approx(125.0)
    assert results["decode"]["tokens_per_second"]["mean"] == pytest.approx(5.0)
    assert results["decode"]["tokens_per_second"]["p95"] == pytest.approx(5.0)


def test_a_modelled_energy_is_never_called_measured(windows: Any) -> None:
    assert summarise(windows, meter_share=0.5, is_modelled=True)["provenance"] == "modelled"


def test_doubling_every_energy_doubles_energy_and_power_but_not_speed(windows: Any) -> None:
    doubled = [{**window, "energy_j": 2 * window["energy_j"]} for window in windows]
    once = summarise(windows, meter_share=0.1, is_modelled=False)
    twice = summarise(doubled, meter_share=0.1, is_modelled=False)
    for phase in ("prefill", "decode"):
        for figure in ("joules_per_token", "joules_per_token_above_idle", "power"):
            assert twice[phase][figure]["mean"] == pytest.approx(2 * once[phase][figure]["mean"])
        assert twice[phase]["tokens_per_second"] == once[phase]["tokens_per_second"]


@pytest.mark.parametrize("phase", ["idle", "prefill", "decode"])
def test_a_phase_with_one_window_is_refused(windows: Any, phase: str) -> None:
    kept = [w for w in windows if w["phase"] != phase or w["repeat"] == 0]
    with pytest.raises(InvalidDocument):
        summarise(kept, meter_share=0.1, is_modelled=False)


@pytest.mark.parametrize(
    ("key", "value"), [("tokens", 0), ("duration_s", 0.0), ("duration_s", float("nan"))]
)
def test_a_window_without_tokens_or_time_is_refused(windows: Any, key: str, value: float) -> None:
    windows[-1][key] = value
    with pytest.raises(InvalidDocument):
        summarise(windows, meter_share=0.1, is_modelled=False)


def test_results_that_differ_do_not_agree() -> None:
    assert not agree({"mean": 1.0}, {"mean": 1.001})
    assert not agree({"mean": "1"}, {"mean": 1.0})
    assert not agree({"mean": 1.0, "more": 2.0}, {"mean": 1.0})
    assert not agree([], {"mean": 1.0})
