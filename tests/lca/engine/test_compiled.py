import numpy as np
import pytest

from lca.engine import Category
from lca.engine.compiled import compile_inventory, fold, monomials
from lca.engine.sampling import nominal


def test_products_of_powers_are_computed_for_each_draw():
    packed = monomials([(("a", 1.0), ("b", -2.0)), (("a", 0.5),), ()])
    values = packed.values({"a": np.array([4.0, 9.0]), "b": np.array([2.0])})
    np.testing.assert_allclose(values, [[1.0, 2.25], [2.0, 3.0], [1.0, 1.0]])
    assert packed.powers == (("a", 0.5), ("a", 1.0), ("b", -2.0))


def test_equal_monomials_are_compiled_once_with_their_conversions(inventory):
    compiled = compile_inventory(inventory)
    assert len(compiled.entries) == 10
    assert len(compiled.signatures) == 7
    assert compiled.entries[0] == (0, Category.GWP_LOCATION)
    assert compiled.monomial_of[0] == compiled.monomial_of[7]
    assert compiled.coefficient[[0, 7]] == pytest.approx([1e-3, -1e-4])
    assert compiled.amounts == pytest.approx([1e-3, 1e-3, 1.0, -1e-4])


def test_certain_parameters_fold_into_a_constant():
    signatures = [(("a", 1.0), ("run1", 1.0)), (("a", 1.0), ("run2", -2.0)), (("run1", 1.0),)]
    parameters = {"a": np.array([1.0, 2.0]), "run1": np.array([5.0]), "run2": np.array([2.0])}
    packed, place, constant = fold(signatures, parameters)
    assert packed.powers == (("a", 1.0),)
    assert place.tolist() == [0, 0, 1]
    assert constant.tolist() == [5.0, 0.25, 5.0]
    folded = packed.values(parameters)[place] * constant[:, None]
    np.testing.assert_array_equal(folded, monomials(signatures).values(parameters))


def test_values_at_the_nominal_parameters_have_one_column(inventory):
    compiled = compile_inventory(inventory)
    assert compiled.monomials.values(nominal(inventory)).shape == (7, 1)
