"""Hypothesis strategies: parameters, derived parameters, flows and inventories that can exist.

Values stay within a few orders of magnitude, so that a law can be checked to a relative tolerance
without fighting cancellation.
"""

from hypothesis import settings
from hypothesis import strategies as st

from lca.engine import (
    Category,
    Component,
    Derived,
    Empirical,
    Fixed,
    Flow,
    Inventory,
    Lognormal,
    Normal,
    Parameter,
    Pert,
    Provenance,
    Stage,
    Triangular,
    Uniform,
)
from lca.engine.distributions import Distribution

settings.register_profile("ci", max_examples=50, derandomize=True, deadline=None)
settings.register_profile("nightly", max_examples=2000, deadline=None)

positive = st.floats(0.05, 50, allow_subnormal=False).map(lambda x: round(x, 6))
CHARACTERISATION = {
    Category.GWP_LOCATION: ("grid_kg_co2e_per_kwh", "kg CO2e/kWh"),
    Category.WATER: ("ewif_l_per_kwh", "L/kWh"),
    Category.PRIMARY_ENERGY: ("primary_mj_per_kwh", "MJ/kWh"),
}
WORDS = st.sampled_from(["7B", "13B", "corpus", "ablation", "serving"])


@st.composite
def distributions(draw: st.DrawFn, value: float) -> Distribution:
    """Any distribution that holds ``value`` > 0 and stays positive."""
    below, above = draw(st.floats(0.05, 0.5)), draw(st.floats(0.05, 0.5))
    low, high = value * (1 - below), value * (1 + above)
    return draw(
        st.sampled_from(
            [
                Fixed(),
                Lognormal(gsd=1 + above),
                Normal(sd=value * above / 10),
                Uniform(low=low, high=high),
                Triangular(low=low, high=high),
                Pert(low=low, high=high),
                Empirical(values=(low, value, (low + value) / 2, high)),
            ]
        )
    )


@st.composite
def parameters(draw: st.DrawFn, name: str, unit: str = "1", least: float = 0.0) -> Parameter:
    """A positive parameter; ``least`` is added, for a PUE above 1."""
    value = draw(positive) + least
    return Parameter(
        name=name,
        value=value,
        unit=unit,
        distribution=draw(distributions(value)) if not least else Triangular(low=1, high=2 * value),
        minimum=least,
        provenance=draw(st.sampled_from(Provenance)),
        source="made for a test",
    )


@st.composite
def flows(draw: st.DrawFn, name: str, energies: list[str], ratios: list[str]) -> Flow:
    """An electricity line: energy × some ratios, up or down, with a sign."""
    chosen = draw(st.lists(st.sampled_from(ratios), unique=True, max_size=3)) if ratios else []
    powers = {ratio: draw(st.sampled_from([1.0, -1.0, 2.0, 0.5])) for ratio in chosen}
    categories = draw(st.lists(st.sampled_from(list(CHARACTERISATION)), unique=True, min_size=1))
    return Flow(
        name=name,
        stage=draw(st.sampled_from(Stage)),
        component=draw(st.sampled_from(Component)),
        process=draw(WORDS),
        activity=draw(st.none() | st.sampled_from(Stage)),
        unit="kWh",
        coefficient=draw(st.sampled_from([1.0, 2.0, 0.5])),
        terms={draw(st.sampled_from(energies)): 1.0, **powers},
        factors={category: {CHARACTERISATION[category][0]: 1.0} for category in categories},
    )


@st.composite
def inventories(draw: st.DrawFn, *, with_derived: bool = True) -> Inventory:
    """Several flows that share energies, ratios, a PUE and characterisation factors."""
    energies = [f"energy_{k}_kwh" for k in range(draw(st.integers(1, 3)))]
    plain = [f"ratio_{k}" for k in range(draw(st.integers(0, 3)))]
    made = [draw(parameters(name, "kWh")) for name in energies]
    made += [draw(parameters(name)) for name in plain]
    made += [draw(parameters(name, unit)) for name, unit in CHARACTERISATION.values()]
    made.append(draw(parameters("pue", least=1.0)))
    derived: tuple[Derived, ...] = ()
    if with_derived:
        derived = (
            Derived(name="overhead", function="excess", arguments=("pue",)),
            Derived(name="stacked", function="product", arguments=("overhead", "pue", *plain)),
            Derived(name="either", function="sum", arguments=("stacked", "pue")),
        )
    ratios = [*plain, "pue", *(item.name for item in derived)]
    lines = [draw(flows(f"flow {k}", energies, ratios)) for k in range(draw(st.integers(1, 5)))]
    return Inventory(parameters=tuple(made), derived=derived, flows=tuple(lines))
