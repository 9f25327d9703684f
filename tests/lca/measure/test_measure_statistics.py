import math

import pytest
from scipy.stats import t

from lca.measure.errors import InvalidDocument
from lca.measure.statistics import mean_with_interval, t_quantile_95


@pytest.mark.parametrize("dof", [1, 2, 3, 4, 9, 49])
def test_quantile_equals_an_independent_implementation(dof: int) -> None:
    assert t_quantile_95(dof) == pytest.approx(t.ppf(0.95, dof), rel=1e-8)


def test_interval_of_repeats_alone_is_the_t_interval() -> None:
    stat = mean_with_interval([1.0, 2.0, 3.0], meter_share=0.0, unit="J")
    half = 2.9199855803537256 * 1.0 / math.sqrt(3)  # t(0.95; 2) from tables
    assert stat["mean"] == 2.0
    assert stat["p95"] - 2.0 == pytest.approx(half, rel=1e-8)
    assert stat["p05"] == pytest.approx(2.0 - half, rel=1e-8)


def test_meter_and_repeats_add_as_squares() -> None:
    stat = mean_with_interval([3.0, 5.0], meter_share=0.5, unit="J")
    spread = 6.313751514675043 * math.sqrt(2.0) / math.sqrt(2)
    assert stat["p95"] == pytest.approx(4.0 + math.hypot(spread, 2.0), rel=1e-8)


def test_interval_never_goes_below_zero() -> None:
    assert mean_with_interval([1.0, 9.0], meter_share=0.0, unit="J")["p05"] == 0.0


def test_one_value_has_no_interval() -> None:
    with pytest.raises(InvalidDocument, match="at least two windows"):
        mean_with_interval([1.0], meter_share=0.0, unit="J")
