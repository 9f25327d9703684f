"""Requests in arrays, against the released package called one request at a time."""

from typing import Any

import attrs
import numpy as np
import pytest
from ecologits.impacts.llm import compute_llm_impacts
from ecologits.utils.range_value import RangeValue
from hypothesis import given
from hypothesis import strategies as st

from lca.engine import Category
from lca.engine.errors import InvalidValue
from lca.engine.llm import ECOLOGITS, Queries, accelerators_needed, query_impacts

THEIRS = {
    "active_b": "model_active_parameter_count",
    "total_b": "model_total_parameter_count",
    "tokens_out": "output_token_count",
    "gwp": "if_electricity_mix_gwp",
    "adpe": "if_electricity_mix_adpe",
    "primary": "if_electricity_mix_pe",
    "ewif": "if_electricity_mix_wue",
    "pue": "datacenter_pue",
    "wue": "datacenter_wue",
    "latency_s": "request_latency",
    "tokens_per_s": "tps",
    "first_token_s": "ttft",
}
IMPACTS = {
    Category.GWP_LOCATION: "gwp",
    Category.ADPE: "adpe",
    Category.PRIMARY_ENERGY: "pe",
    Category.WATER: "wcf",
    Category.ELECTRICITY: "energy",
}
RANGES = ("active_b", "total_b", "pue", "wue")
COEFFICIENTS = {
    "batch": "batch_size",
    "bits": "model_quantization_bits",
    "gpu_memory_gb": "gpu_memory",
    "energy_alpha": "gpu_energy_alpha",
    "energy_beta": "gpu_energy_beta",
    "energy_gamma": "gpu_energy_gamma",
    "latency_alpha": "latency_alpha",
    "latency_beta": "latency_beta",
    "latency_gamma": "latency_gamma",
    "gpus_per_host": "server_gpu_count",
    "host_kw": "server_power",
    "lifetime_s": "server_lifetime",
    "gpu_gwp": "gpu_embodied_gwp",
    "gpu_adpe": "gpu_embodied_adpe",
    "gpu_primary": "gpu_embodied_pe",
    "host_gwp": "server_embodied_gwp",
    "host_adpe": "server_embodied_adpe",
    "host_primary": "server_embodied_pe",
}
PLAIN = {
    "active_b": 70,
    "total_b": 70,
    "tokens_out": 400,
    "gwp": 0.3844,
    "adpe": 9.855e-8,
    "primary": 9.6884,
    "ewif": 3.1321,
    "pue": 1.2,
    "wue": 0.569,
}


def up_to(most: float) -> st.SearchStrategy[float]:
    return st.just(0.0) | st.floats(most * 1e-9, most)


one = st.fixed_dictionaries(
    {
        "active_b": st.floats(0.1, 500),
        "total_b": st.floats(0.1, 3000),
        "tokens_out": st.integers(0, 100_000),
        "gwp": up_to(1.5),
        "adpe": up_to(1e-6),
        "primary": up_to(20),
        "ewif": up_to(10),
        "pue": st.floats(1, 3),
        "wue": up_to(5),
    },
    optional={
        "latency_s": up_to(1000),
        "tokens_per_s": st.floats(0.1, 1000),
        "first_token_s": up_to(10),
    },
)
widths = st.fixed_dictionaries({}, optional={name: st.floats(1, 4) for name in RANGES})


def theirs(request: dict[str, Any], upper: dict[str, float] | None = None, **more: Any) -> Any:
    ends = {name: RangeValue(min=request[name], max=value) for name, value in (upper or {}).items()}
    return compute_llm_impacts(
        **{THEIRS[name]: value for name, value in (request | ends).items()}, **more
    )


def ends(value: Any) -> list[float]:
    return [value.min, value.max] if isinstance(value, RangeValue) else [value, value]


def columns(requests: list[dict[str, Any]]) -> Queries:
    names = sorted({name for request in requests for name in request})
    absent = {a.name: a.default for a in attrs.fields(Queries) if a.default is not attrs.NOTHING}
    return Queries(**{name: [r.get(name, absent.get(name)) for r in requests] for name in names})


def assert_same(ours: Any, peer: list[Any]) -> None:
    for category, field in IMPACTS.items():
        phases = {"total": ours.total(category), "usage": ours.usage[category]}
        if category in ours.embodied:
            phases["embodied"] = ours.embodied[category]
        for phase, found in phases.items():
            of_phase = [p if phase == "total" else getattr(p, phase) for p in peer]
            wanted = np.array([ends(getattr(p, field).value) for p in of_phase]).T
            np.testing.assert_allclose(np.broadcast_to(found, wanted.shape), wanted, rtol=1e-9)


@given(st.lists(one, min_size=1, max_size=8))
def test_each_phase_and_category_is_the_package_s(requests: list[dict[str, Any]]) -> None:
    assert_same(query_impacts(columns(requests)), [theirs(request) for request in requests])


@given(st.lists(st.tuples(one, widths), min_size=1, max_size=6))
def test_both_ends_of_intervals_are_the_package_s(
    cases: list[tuple[dict[str, Any], dict[str, float]]],
) -> None:
    lower = [request for request, _ in cases]
    upper = [{name: r[name] * width for name, width in widths.items()} for r, widths in cases]
    fields = attrs.asdict(columns(lower), recurse=False)
    for name in RANGES:
        high = [u.get(name, r[name]) for r, u in zip(lower, upper, strict=True)]
        fields[name] = np.stack([fields[name], high])
    found = query_impacts(Queries(**fields))
    assert found.total(Category.ELECTRICITY).shape == (2, len(cases))
    assert_same(found, [theirs(r, u) for r, u in zip(lower, upper, strict=True)])


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_each_coefficient_is_the_package_s_when_changed(name: str) -> None:
    value = getattr(ECOLOGITS, name) * 2.5
    as_released = query_impacts(Queries(**PLAIN))
    ours = query_impacts(Queries(**PLAIN), attrs.evolve(ECOLOGITS, **{name: value}))
    assert_same(ours, [theirs(PLAIN, **{COEFFICIENTS[name]: value})])
    assert any(ours.total(c) != as_released.total(c) for c in ours.usage)


@given(st.floats(1e-3, 1e6))
def test_accelerators_are_the_least_power_of_two_that_holds_the_model(total_b: float) -> None:
    found = float(accelerators_needed(total_b))
    needed = 1.2 * total_b * 16 / 8
    assert np.log2(found).is_integer()
    assert found * 80 >= needed
    assert found == 1 or found / 2 * 80 < needed


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"pue": 0.9}, "pue"),
        ({"total_b": 0}, "total_b"),
        ({"tokens_out": [-1]}, "tokens_out"),
        ({"gwp": np.nan}, "gwp"),
        ({"wue": np.inf}, "wue"),
        ({"tokens_per_s": 0}, "tokens_per_s"),
        ({"gwp": [1, 2], "wue": [1, 2, 3]}, r"gwp \(2,\), wue \(3,\)"),
    ],
)
def test_what_cannot_exist_is_refused_by_name(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidValue, match=says):
        Queries(**PLAIN | wrong)


def test_coefficients_that_cannot_exist_are_refused() -> None:
    with pytest.raises(InvalidValue, match="batch"):
        attrs.evolve(ECOLOGITS, batch=0)


def test_no_requests_have_no_impacts() -> None:
    found = query_impacts(Queries(**PLAIN | {"tokens_out": []}))
    assert found.total(Category.GWP_LOCATION).shape == (0,)
