import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lca.engine import (
    Empirical,
    EngineError,
    Fixed,
    Lognormal,
    Normal,
    Parameter,
    Pert,
    Triangular,
    Uniform,
)
from lca.engine.distributions import from_dict, to_dict
from lca.engine.errors import InvalidDistribution
from tests.strategies import distributions, positive

P = np.array([1e-6, 0.01, 0.05, 0.25, 0.5, 0.5625, 0.75, 0.95, 0.99, 1 - 1e-6])
CASES = [
    (Lognormal(gsd=1.5), 3.0, stats.lognorm(math.log(1.5), scale=3.0)),
    (Normal(sd=0.4), 3.0, stats.norm(3.0, 0.4)),
    (Uniform(low=2.0, high=5.0), 3.0, stats.uniform(2.0, 3.0)),
    (Triangular(low=1.0, high=5.0), 3.25, stats.triang(2.25 / 4, 1.0, 4.0)),
    (Triangular(low=1.0, high=5.0), 1.0, stats.triang(0.0, 1.0, 4.0)),
    (Triangular(low=1.0, high=5.0), 5.0, stats.triang(1.0, 1.0, 4.0)),
    (Pert(low=1.0, high=5.0), 2.0, stats.beta(2.0, 4.0, 1.0, 4.0)),
    (Pert(low=1.0, high=5.0), 1.0, stats.beta(1.0, 5.0, 1.0, 4.0)),
    (Pert(low=1.0, high=5.0), 5.0, stats.beta(5.0, 1.0, 1.0, 4.0)),
    (
        Empirical(values=[7.0, 1.0, 2.0]),
        3.0,
        stats.rv_histogram(([1, 1], [1.0, 2.0, 7.0]), density=False),
    ),
]


@pytest.mark.parametrize(("distribution", "value", "reference"), CASES)
def test_draws_follow_scipys_inverse_distribution_function(distribution, value, reference):
    np.testing.assert_allclose(distribution.draw(P, value), reference.ppf(P), rtol=1e-12)


@pytest.mark.parametrize(("distribution", "value", "reference"), CASES[1:])
def test_spread_is_the_standard_deviation(distribution, value, reference):
    assert distribution.spread(value) == pytest.approx(reference.std(), rel=1e-12)


def test_nominal_value_is_median_of_lognormal_and_mean_of_normal():
    half = np.array([0.5])
    assert Lognormal(gsd=2).draw(half, 7.0)[0] == 7.0
    assert Normal(sd=2).draw(half, 7.0)[0] == 7.0
    assert Lognormal(gsd=2).spread(7.0) == pytest.approx(7 * math.log(2))


def test_lognormal_interval_is_the_value_times_and_over_the_spread():
    one_sigma = stats.norm.cdf([-1, 1])
    np.testing.assert_allclose(Lognormal(gsd=2).draw(one_sigma, 10.0), [5, 20], rtol=1e-12)


def test_fixed_draws_the_nominal_value():
    assert Fixed().draw(np.array([0.1, 0.9]), 4.0).tolist() == [4.0, 4.0]
    assert Fixed().spread(4.0) == 0
    assert Fixed().scaled(3.0) == Fixed()


def test_scaling_keeps_the_relative_spread():
    assert Lognormal(gsd=1.5).scaled(2) == Lognormal(gsd=1.5)
    assert Normal(sd=1).scaled(-2) == Normal(sd=2)
    assert Uniform(low=1, high=3).scaled(2) == Uniform(low=2, high=6)
    assert Triangular(low=1, high=3).scaled(-2) == Triangular(low=-6, high=-2)
    assert Uniform(low=1, high=3).scaled(-2) == Uniform(low=-6, high=-2)
    assert Pert(low=1, high=3).scaled(-2) == Pert(low=-6, high=-2)
    assert Empirical(values=[1, 3, 4]).scaled(-2) == Empirical(values=[-8, -6, -2])


@pytest.mark.parametrize(
    ("distribution", "value", "text"),
    [
        (Lognormal(gsd=1.0), 1, "must be a number above 1, not 1.0"),
        (Lognormal(gsd=math.nan), 1, "above 1, not nan"),
        (Lognormal(gsd=2), -1, "median cannot be negative"),
        (Normal(sd=0), 1, "must be a positive number, not 0.0"),
        (Normal(sd=math.inf), 1, "must be a positive number, not inf"),
        (Uniform(low=2, high=2), 2, r"minimum \(2.0\) must be below the maximum \(2.0\)"),
        (Uniform(low=2, high=3), 1, "1.0 lies outside its own range, 2.0 to 3.0"),
        (Triangular(low=3, high=2), 2, "must be below the maximum"),
        (Triangular(low=2, high=3), 4, "mode 4.0 lies outside its own range"),
        (Triangular(low=math.nan, high=3), 2, "minimum must be a finite number, not nan"),
        (Uniform(low=1, high=math.inf), 2, "maximum must be a finite number, not inf"),
        (Pert(low=3, high=2), 2, r"minimum \(3.0\) must be below the maximum \(2.0\)"),
        (Pert(low=2, high=3), 4, "mode 4.0 lies outside its own range, 2.0 to 3.0"),
        (Pert(low=2, high=math.nan), 2, "maximum must be a finite number, not nan"),
        (Empirical(values=[]), 1, "at least 2 observed values, not 0"),
        (Empirical(values=[1]), 1, "at least 2 observed values, not 1"),
        (Empirical(values=[1, math.nan, 2]), 1, "observed value must be a finite number, not nan"),
        (Empirical(values=[1, 1]), 1, r"minimum \(1.0\) must be below the maximum \(1.0\)"),
        (Empirical(values=[1, 2]), 3, "value 3.0 lies outside its own range, 1.0 to 2.0"),
    ],
)
def test_impossible_distribution_is_refused_with_the_parameters_name(distribution, value, text):
    with pytest.raises(InvalidDistribution, match=f"Power of a GPU: .*{text}") as error:
        Parameter(name="power", label="Power of a GPU", value=value, distribution=distribution)
    assert error.value.names == ("power",)


@pytest.mark.parametrize("distribution", [Fixed(), *(case[0] for case in CASES)])
def test_distribution_survives_json(distribution):
    assert from_dict(to_dict(distribution)) == distribution


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (
            {"name": "beta"},
            "“beta” is not a distribution; known are beta_pert, empirical, lognormal, none,",
        ),
        ({"name": "lognormal", "sd": 1}, "does not take {'sd': 1}; it takes gsd, as numbers"),
        ({"name": "beta_pert", "low": 1}, "does not take {'low': 1}; it takes low, high"),
        ({"name": "empirical", "values": "12"}, "does not take {'values': '12'}"),
        ({"name": "empirical", "values": 12}, "does not take {'values': 12}"),
        ({"name": "empirical", "values": [1, "2"]}, "it takes values, as numbers"),
        ({"name": "none", "sd": 1}, "it takes nothing"),
        ({"name": "normal"}, "does not take"),
        ({"name": "normal", "sd": "wide"}, "does not take"),
    ],
)
def test_unknown_distribution_document_is_refused(document, text):
    with pytest.raises(EngineError, match=text):
        from_dict(document)


valued = positive.flatmap(lambda value: st.tuples(distributions(value), st.just(value)))


@given(valued, st.lists(st.floats(1e-9, 1 - 1e-9), min_size=2, max_size=20))
def test_draws_rise_with_the_uniform_and_stay_in_the_range(case, points):
    distribution, value = case
    uniform = np.sort(points)
    draws = distribution.draw(uniform.copy(), value)
    assert (np.diff(draws) >= -1e-12 * value).all()
    low, high = ends(distribution)
    assert (draws >= low * (1 - 1e-12)).all()
    assert (draws <= high * (1 + 1e-12)).all()


@given(valued)
def test_spread_is_the_standard_deviation_of_many_draws(case):
    distribution, value = case
    draws = distribution.draw((np.arange(20_000) + 0.5) / 20_000, value)
    if not isinstance(distribution, Lognormal):  # whose spread is one of first order
        assert draws.std() == pytest.approx(distribution.spread(value), rel=2e-3)


@given(positive, st.floats(0.05, 0.95), st.floats(1, 20))
def test_mean_of_a_pert_weighs_the_mode_four_times(low, turn, width):
    high = low + width
    mode = low + turn * width
    draws = Pert(low=low, high=high).draw((np.arange(20_000) + 0.5) / 20_000, mode)
    assert draws.mean() == pytest.approx((low + 4 * mode + high) / 6, rel=1e-4)


@given(valued, st.floats(0.1, 10))
def test_scaled_draws_are_the_draws_scaled(case, ratio):
    distribution, value = case
    uniform = np.array([0.05, 0.3, 0.5, 0.8, 0.99])
    np.testing.assert_allclose(
        distribution.scaled(ratio).draw(uniform.copy(), value * ratio),
        distribution.draw(uniform.copy(), value) * ratio,
        rtol=1e-9,
    )


def ends(distribution):
    if isinstance(distribution, Empirical):
        return distribution.values[0], distribution.values[-1]
    return getattr(distribution, "low", -math.inf), getattr(distribution, "high", math.inf)


def test_quantiles_of_observations_are_those_of_numpy():
    observed = np.random.default_rng(7).gamma(3, size=31)
    np.testing.assert_allclose(
        Empirical(values=observed).draw(P, 3.0), np.quantile(observed, P), rtol=1e-12
    )
