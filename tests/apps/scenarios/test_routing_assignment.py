"""The greedy assignment against a linear programme and against every possible assignment."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from apps.scenarios.routing.assignment import picked, plan, stream


def tables(seed: int, queries: int, models: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    quality = rng.choice([0.0, 0.25, 0.5, 0.75, 1.0], (queries, models))
    energy = rng.integers(1, 9, (queries, models)).astype(float)
    return quality, energy


def by_linear_programme(quality: np.ndarray, energy: np.ndarray, budget: float) -> float | None:
    queries, models = quality.shape
    one_each = sparse.kron(sparse.eye(queries), np.ones((1, models)))
    found = linprog(
        -quality.ravel(),
        A_ub=energy.reshape(1, -1),
        b_ub=[budget * queries],
        A_eq=one_each,
        b_eq=np.ones(queries),
        method="highs",
    )
    return -found.fun if found.success else None


@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(2, 4), st.floats(1, 9))
@settings(max_examples=200, deadline=None)
def test_it_is_the_linear_programme_but_for_one_query(
    seed: int, queries: int, models: int, budget: float
) -> None:
    quality, energy = tables(seed, queries, models)
    best = by_linear_programme(quality, energy, budget)
    chosen = plan(quality, energy).within(budget)
    if best is None:  # not even the cheapest models fit
        assert energy.min(axis=1).sum() > budget * queries - 1e-9
        return
    assert picked(energy, chosen).sum() <= budget * queries + 1e-9
    assert best - 1 - 1e-9 <= picked(quality, chosen).sum() <= best + 1e-9


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(2, 3))
@settings(max_examples=60, deadline=None)
def test_after_each_step_no_assignment_is_better_for_its_energy(
    seed: int, queries: int, models: int
) -> None:
    quality, energy = tables(seed, queries, models)
    steps = plan(quality, energy)
    everything = [
        (sum(energy[row, m] for row, m in enumerate(each)), sum(quality[row, m] for row, m in enumerate(each)))
        for each in itertools.product(range(models), repeat=queries)
    ]  # fmt: skip
    for taken in range(len(steps.query) + 1):
        chosen = steps.after(taken)
        spent = picked(energy, chosen).sum()
        best = max(q for e, q in everything if e <= spent + 1e-9)
        assert picked(quality, chosen).sum() == pytest.approx(best)


def test_the_price_is_the_value_of_the_next_step() -> None:
    quality = np.array([[0.0, 1.0], [0.0, 0.5], [0.0, 0.2]])
    energy = np.array([[1.0, 2.0]] * 3)
    steps = plan(quality, energy)
    assert steps.within(4 / 3).tolist() == [1, 0, 0]
    assert steps.price(4 / 3) == pytest.approx(0.5)
    assert steps.price(2.0) == 0.0


@pytest.mark.parametrize("start", [0.0, 0.1, 0.5])
def test_a_stream_spends_its_budget_whatever_price_it_starts_with(start: float) -> None:
    rng = np.random.default_rng(5)
    quality = rng.random((5_000, 2)) * [0.7, 1.0]
    energy = np.broadcast_to([1.0, 8.0], quality.shape)
    chosen = stream(quality, energy, budget=4.0, price=start)
    spent = picked(energy, chosen)
    assert spent[1_000:].mean() == pytest.approx(4.0, rel=0.05)


def test_a_stream_at_the_right_price_is_nearly_the_batch() -> None:
    rng = np.random.default_rng(6)
    quality = rng.random((5_000, 2)) * [0.7, 1.0]
    energy = np.broadcast_to([1.0, 8.0], quality.shape)
    steps = plan(quality, energy)
    batch = picked(quality, steps.within(4.0)).mean()
    online = picked(quality, stream(quality, energy, 4.0, steps.price(4.0))).mean()
    assert online == pytest.approx(batch, rel=0.01)
