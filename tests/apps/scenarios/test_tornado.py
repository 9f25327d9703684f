"""What a saving hangs on, against two assessments by hand."""

import pytest

from apps.scenarios.site import shipped
from apps.scenarios.stacking.stack import stack
from apps.scenarios.stacking.tornado import tornado
from lca.engine import assess
from tests.apps.scenarios.stacking_support import chosen, example


def test_a_tornado_moves_both_ends_alike() -> None:
    found = stack(example(), chosen("region", "precision"), shipped({}), draws=64)
    before, after = found.baseline.inventory, found.steps[-1].result.inventory
    arms = {arm.parameter: arm for arm in tornado(found.baseline, found.steps[-1].result)}
    assert list(arms) == sorted(arms, key=lambda name: -arms[name].width)
    assert len(arms) == 8
    name = "deployment.d.requests"
    ends = [1e6 * 1.2 ** (sign * 1.6448536) for sign in (-1, 1)]
    by_hand = [
        assess(after.override({name: end}), draws=64).stat("gwp_location").nominal  # type: ignore[union-attr]
        - assess(before.override({name: end}), draws=64).stat("gwp_location").nominal  # type: ignore[union-attr]
        for end in ends
    ]
    assert [arms[name].at_low, arms[name].at_high] == pytest.approx(by_hand, rel=1e-6)
    assert tornado(found.baseline, found.baseline) == []
