import pytest

from lca.measure.errors import InvalidRequest
from lca.measure.spec import BOUNDS, ProbeSpec


def test_a_spec_needs_one_model() -> None:
    with pytest.raises(InvalidRequest, match="exactly one"):
        ProbeSpec()
    with pytest.raises(InvalidRequest, match="exactly one"):
        ProbeSpec(preset="tiny", model="folder")


@pytest.mark.parametrize("name", sorted(BOUNDS))
def test_a_value_beyond_its_bounds_names_its_field(name: str) -> None:
    low, high = BOUNDS[name]
    for value in (low - 1, high + 1, float("nan")):
        with pytest.raises(InvalidRequest) as caught:
            ProbeSpec(preset="tiny", **{name: value})
        assert caught.value.field == name


@pytest.mark.parametrize(("name", "value"), [("preset", "huge"), ("precision", "fp3")])
def test_an_unknown_choice_lists_the_known_ones(name: str, value: str) -> None:
    with pytest.raises(InvalidRequest, match="choose one of") as caught:
        ProbeSpec(**{"preset": "tiny", name: value})
    assert caught.value.field == name
