import math

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import qmc

from lca.engine import Inventory, Lognormal, Normal, Parameter, Triangular
from lca.engine.errors import InvalidValue
from lca.engine.sampling import (
    BITS,
    MAX_SOBOL_DIMENSIONS,
    MAX_VALUES,
    _directions,
    _scrambled,
    check_draws,
    sample,
    uniform,
)

NAMES = [f"p{k}" for k in range(6)]


@pytest.mark.parametrize(("draws", "exponent"), [(2, 1), (4096, 12), (2**20, 20)])
def test_draws_are_a_power_of_two(draws, exponent):
    assert check_draws(draws) == exponent


@pytest.mark.parametrize("draws", [-4, 0, 1, 3, 4095, 2**21])
def test_other_numbers_of_draws_are_refused(draws):
    with pytest.raises(InvalidValue, match=f"power of two up to 2.20, not {draws}"):
        check_draws(draws)


def test_points_lie_strictly_between_zero_and_one():
    points = uniform(NAMES, 4096, 1)
    assert points.shape == (6, 4096)
    assert 0 < points.min() < 0.001
    assert 0.999 < points.max() < 1


@pytest.mark.parametrize("draws", [2, 64, 4096])
def test_each_stream_has_exactly_one_point_in_every_bin(draws):
    for row in uniform(NAMES, draws, 7):
        assert np.array_equal(np.sort((row * draws).astype(int)), np.arange(draws))


def test_unscrambled_directions_span_scipys_sobol_points():
    directions = _directions(5, 6)
    points = np.zeros((64, 5), dtype=np.int64)
    for index in range(64):
        for bit in range(6):
            if index >> bit & 1:
                points[index] ^= directions[bit]
    ours = {tuple(row) for row in points}
    theirs = qmc.Sobol(5, scramble=False, bits=BITS).random_base2(6) * 2**BITS
    assert ours == {tuple(row) for row in theirs.astype(np.int64)}


def boxes(points: np.ndarray, draws: int) -> list[bool]:
    """Whether each dyadic box of area 4/n holds as many points as it should, i.e. 4."""
    exponent = draws.bit_length() - 1
    fair = []
    for k in range(exponent - 1):
        shape = (1 << k, 1 << (exponent - 2 - k))
        cells = np.floor(points[0] * shape[0]) * shape[1] + np.floor(points[1] * shape[1])
        counts = np.bincount(cells.astype(int), minlength=draws // 4)
        fair.append(bool((counts == 4).all()))
    return fair


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2)])
def test_scramble_keeps_the_net_of_the_plain_sequence(pair):
    plain = qmc.Sobol(3, scramble=False, bits=BITS).random_base2(10).T
    ours = uniform(NAMES[:3], 1024, 11)
    assert boxes(ours[list(pair)], 1024) == boxes(plain[list(pair)], 1024)
    assert all(boxes(ours[[0, 1]], 1024))


def test_two_dimensional_discrepancy_is_that_of_scipys_scramble():
    ours = np.median([qmc.discrepancy(uniform(NAMES[:2], 256, seed).T) for seed in range(20)])
    theirs = np.median(
        [
            qmc.discrepancy(qmc.Sobol(2, rng=np.random.default_rng(seed)).random(256))
            for seed in range(20)
        ]
    )
    plain = qmc.discrepancy(np.random.default_rng(1).random((256, 2)))
    assert ours == pytest.approx(theirs, rel=0.25)
    assert ours < plain / 10


def test_scrambled_directions_keep_their_leading_digit():
    directions = _directions(4, 10)
    scrambled = _scrambled(directions, [np.random.default_rng(seed) for seed in range(4)])
    assert not np.array_equal(scrambled, directions.T)
    assert [[int(value).bit_length() for value in row] for row in scrambled] == [
        [int(value).bit_length() for value in column] for column in directions.T
    ]


def test_draws_do_not_depend_on_how_they_are_parted():
    names = [f"p{k}" for k in range(70)]  # more than one part of 2**17 points
    parted = uniform(names, 4096, 5)
    assert np.array_equal(parted[:3], uniform(names[:3], 4096, 5))


def test_scrambled_points_are_uniform_over_seeds():
    first = np.array([uniform(["a"], 2, seed)[0, 0] for seed in range(2000)])
    assert first.mean() == pytest.approx(0.5, abs=0.02)
    assert first.var() == pytest.approx(1 / 12, rel=0.05)


def test_a_stream_depends_on_seed_name_and_place():
    base = uniform(["a", "b"], 64, 1)
    assert np.array_equal(base, uniform(["a", "b"], 64, 1))
    assert np.array_equal(base[0], uniform(["a", "c"], 64, 1)[0])
    assert not np.array_equal(base[0], base[1])
    assert not np.array_equal(base[0], uniform(["z", "b"], 64, 1)[0])
    assert not np.array_equal(base, uniform(["a", "b"], 64, 2))


def test_streams_are_not_correlated():
    correlations = np.corrcoef(ndtri(uniform([f"p{k}" for k in range(20)], 4096, 5)))
    assert np.abs(correlations - np.eye(20)).max() < 0.06


def test_mean_of_a_smooth_product_is_better_than_plain_monte_carlo():
    sigma, exact = 0.3, math.exp(3 * 0.3**2 / 2)
    sobol, plain = [], []
    for seed in range(16):
        sobol.append(np.exp(sigma * ndtri(uniform(NAMES[:3], 1024, seed)).sum(axis=0)).mean())
        numbers = np.random.default_rng(seed).standard_normal((3, 1024))
        plain.append(np.exp(sigma * numbers.sum(axis=0)).mean())
    error = [np.sqrt(np.mean((np.array(found) - exact) ** 2)) for found in (sobol, plain)]
    assert error[0] < error[1] / 8


def test_names_beyond_the_tables_get_streams_of_their_own():
    names = [f"n{k}" for k in range(MAX_SOBOL_DIMENSIONS + 2)]
    points = uniform(names, 2, 1)
    assert points.shape == (MAX_SOBOL_DIMENSIONS + 2, 2)
    assert ((points > 0) & (points < 1)).all()
    assert not np.array_equal(points[-1], points[-2])


def test_nothing_uncertain_gives_no_streams():
    assert uniform([], 64, 1).shape == (0, 64)


def test_sample_draws_by_distribution_and_keeps_to_limits():
    inventory = Inventory(
        parameters=(
            Parameter(name="fixed", value=3),
            Parameter(name="pue", value=1.1, distribution=Normal(sd=0.2), minimum=1, maximum=1.3),
            Parameter(name="grid", value=0.4, distribution=Lognormal(gsd=1.5)),
            Parameter(name="wue", value=1, distribution=Triangular(low=0, high=4)),
        ),
        flows=(),
    )
    drawn = sample(inventory, 4096, 3).values
    assert drawn["fixed"].tolist() == [3.0]
    assert (drawn["pue"].min(), drawn["pue"].max()) == (1.0, 1.3)
    assert np.median(drawn["grid"]) == pytest.approx(0.4, rel=1e-3)
    assert drawn["wue"].mean() == pytest.approx(5 / 3, rel=1e-3)


def test_more_draws_than_memory_holds_are_refused_before_they_are_made():
    draws = 2**16
    many = [
        Parameter(name=f"p{k}", value=1.0, unit="1", distribution=Lognormal(gsd=2.0))
        for k in range(MAX_VALUES // draws + 1)
    ]
    with pytest.raises(InvalidValue, match="1,025 uncertain parameters are too many for 65,536"):
        sample(Inventory(parameters=tuple(many), flows=()), draws, 1)
    sample(Inventory(parameters=tuple(many), flows=()), 2, 1)
