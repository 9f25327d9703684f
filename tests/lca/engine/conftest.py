"""One small, hand-computed inventory for the engine's tests; Hypothesis by the ``ci`` profile."""

import os

import pytest
from hypothesis import settings

import tests.strategies  # noqa: F401 - registers the Hypothesis profiles
from lca.engine import Component, Derived, Flow, Gap, Inventory, Lognormal, Parameter, Stage

settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture
def parameters() -> dict[str, Parameter]:
    """1 000 GPU h at 500 W, PUE 1.2, 0.4 kg CO2e/kWh, 2 L/kWh; GPUs of 150 kg over 4 years."""
    rows = (
        Parameter(name="gpu_h", value=1000, unit="GPU h", provenance="measured", symbol="GPU-hours"),
        Parameter(
            name="power", value=500, unit="W/GPU", provenance="supplied", label="Mean power",
            distribution=Lognormal(gsd=1.1),
        ),
        Parameter(
            name="pue", value=1.2, provenance="default", distribution=Lognormal(gsd=1.05),
            minimum=1, symbol="PUE", source="Uptime Institute 2024",
        ),
        Parameter(name="grid", value=0.4, unit="kg CO2e/kWh", distribution=Lognormal(gsd=1.2)),
        Parameter(name="ewif", value=2, unit="L/kWh"),
        Parameter(name="embodied", value=150, unit="kg CO2e/GPU", provenance="modelled"),
        Parameter(name="lifetime", value=40_000, unit="h"),
    )  # fmt: skip
    return {row.name: row for row in rows}


@pytest.fixture
def inventory(parameters: dict[str, Parameter]) -> Inventory:
    """IT electricity 500 kWh, cooling 100 kWh, embodied 3.75 kg, credit −50 kWh."""
    energy = {"gpu_h": 1, "power": 1}
    electricity = {"gwp_location": {"grid": 1}, "water": {"ewif": 1}, "electricity": {}}

    def flow(name: str, stage: Stage, component: Component, **rest: object) -> Flow:
        common = {"process": "7B", "unit": "kWh", "terms": energy, "factors": electricity}
        return Flow(**{"name": name, "stage": stage, "component": component, **common, **rest})

    return Inventory(
        parameters=tuple(parameters.values()),
        derived=(Derived(name="overhead", function="excess", arguments=("pue",), symbol="PUE − 1"),),
        flows=(
            flow("it", Stage.TRAINING, Component.ELECTRICITY),
            flow(
                "cooling", Stage.TRAINING, Component.COOLING_OVERHEAD,
                terms={**energy, "overhead": 1}, process="cooling",
            ),
            flow(
                "gpus", Stage.HARDWARE, Component.EMBODIED, unit="GPU",
                terms={"gpu_h": 1, "lifetime": -1}, factors={"gwp_location": {"embodied": 1}},
                activity=Stage.TRAINING,
            ),
            flow("credit", Stage.END_OF_LIFE, Component.ELECTRICITY, coefficient=-0.1, label="Heat reused"),
        ),
        gaps=(Gap(stage="inference", reason="Nothing declared.", remedy="Add a deployment."),),
    )  # fmt: skip
