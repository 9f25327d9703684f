import math

import numpy as np
import pytest
from scipy import stats

from lca.engine import EngineError, Fixed, Lognormal, Normal, Parameter, Triangular, Uniform
from lca.engine.distributions import from_dict, to_dict
from lca.engine.errors import InvalidDistribution

P = np.array([1e-6, 0.01, 0.05, 0.25, 0.5, 0.5625, 0.75, 0.95, 0.99, 1 - 1e-6])
CASES = [
    (Lognormal(gsd=1.5), 3.0, stats.lognorm(math.log(1.5), scale=3.0)),
    (Normal(sd=0.4), 3.0, stats.norm(3.0, 0.4)),
    (Uniform(low=2.0, high=5.0), 3.0, stats.uniform(2.0, 3.0)),
    (Triangular(low=1.0, high=5.0), 3.25, stats.triang(2.25 / 4, 1.0, 4.0)),
    (Triangular(low=1.0, high=5.0), 1.0, stats.triang(0.0, 1.0, 4.0)),
    (Triangular(low=1.0, high=5.0), 5.0, stats.triang(1.0, 1.0, 4.0)),
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


@pytest.mark.parametrize(
    ("distribution", "value", "text"),
    [
        (Lognormal(gsd=1.0), 1, "must be a number above 1, not 1.0"),
        (Lognormal(gsd=math.nan), 1, "above 1, not nan"),
        (Lognormal(gsd=2), -1, "median cannot be negative"),
        (Normal(sd=0), 1, "must be a positive number, not 0"),
        (Normal(sd=math.inf), 1, "must be a positive number, not inf"),
        (Uniform(low=2, high=2), 2, r"minimum \(2\) must be below the maximum \(2\)"),
        (Uniform(low=2, high=3), 1, "1.0 lies outside its own range, 2 to 3"),
        (Triangular(low=3, high=2), 2, "must be below the maximum"),
        (Triangular(low=2, high=3), 4, "lies outside its own range"),
        (Triangular(low=math.nan, high=3), 2, "must be below the maximum"),
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
        ({"name": "beta"}, "“beta” is not a distribution; known are lognormal, none, normal"),
        ({"name": "lognormal", "sd": 1}, "lognormal distribution does not take .'sd'."),
        ({"name": "normal"}, "does not take"),
        ({"name": "normal", "sd": "wide"}, "does not take"),
    ],
)
def test_unknown_distribution_document_is_refused(document, text):
    with pytest.raises(EngineError, match=text):
        from_dict(document)
