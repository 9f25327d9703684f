"""An assessment's inventory in small, and an example of every measure."""

from typing import Any

from apps.scenarios.measure import Given
from apps.scenarios.stacking.stack import Chosen
from lca.engine import Category, Derived, Flow, Gap, Inventory, Lognormal, Parameter, Stage

LLAMA = "llama-3.1-8b-instruct/h100x1"
EXAMPLES: dict[str, Given] = {
    "answers": {"share": 0.8, "source": "a trial"},
    "batching": {"profile": LLAMA, "from": 8, "to": 64},
    "cooling": {"kind": "arch_liquid_dry_waterless"},
    "development": {"share": 0.2, "source": "the ledger"},
    "generation": {"share": 0.3, "kg": 0.04, "litres": 0.1, "source": "the plant"},
    "heat": {"kwh": 1000, "source": "the meter"},
    "lifetime": {"years": 7},
    "placement": {
        "from": LLAMA,
        "prefill": LLAMA,
        "decode": "llama-3.1-8b-instruct/b200x1",
        "kv_bytes": 131_072,
    },
    "policy": {"profile": LLAMA, "from": "one at a time", "to": "as they come", "rate": 5},
    "power": {"share": 0.3, "source": "the site"},
    "precision": {
        "from": "llama-3.1-405b-instruct/b200x8",
        "to": "llama-3.1-405b-instruct-fp8/b200x4",
        "batch": 64,
        "accuracy": -0.3,
        "accuracy_source": "a probe",
    },
    "region": {"to": "FR"},
    "reuse": {"share": 0.5, "carried": 0.1, "source": "the dealer"},
    "routing": {"share": 0.5, "ratio": 0.1, "accuracy": -1, "source": "whatif route"},
    "timing": {"share": 0.5, "ratio": 0.8, "source": "a week of hours"},
    "storage": {"share": 0.4, "efficiency": 0.8, "kg": 0.1, "litres": 1.0, "source": "the meter"},
    "utilisation": {"share": 0.9},
    "wastewater": {"share": 0.5, "kwh": 2.0, "source": "the meter"},
}


def parameter(name: str, value: float, unit: str = "1", gsd: float = 1.2) -> Parameter:
    return Parameter(
        name=name, value=value, unit=unit, distribution=Lognormal(gsd=gsd), minimum=0, source="test"
    )


def example() -> Inventory:
    """A deployment, a run of development and their hardware, as assessments name them."""
    electricity = {
        Category.GWP_LOCATION: {"zone.DE.gwp": 1.0},
        Category.WATER: {"zone.DE.ewif": 1.0},
    }
    used = {"deployment.d.requests": 1.0, "hardware.h.node_overhead": 1.0, "site.s.pue": 1.0}
    hours = {"run.r.gpu_hours": 1.0, "hardware.h.lifetime_years": -1.0, "hardware.h.utilisation": -1.0}  # fmt: skip

    def flow(name: str, terms: dict[str, float], factors: Any, stage: Stage, **more: Any) -> Flow:
        unit = more.pop("unit", "kWh")
        return Flow(name=name, stage=stage, process="p", component="electricity", unit=unit, terms=terms, factors=factors, **more)  # fmt: skip

    return Inventory(
        parameters=(
            parameter("site.s.pue", 1.5),
            parameter("site.s.wue", 1.8, "L/kWh"),
            parameter("zone.DE.gwp", 0.35, "kg CO2e/kWh"),
            parameter("zone.DE.ewif", 2.0, "L/kWh"),
            parameter("hardware.h.node_overhead", 1.4),
            parameter("hardware.h.lifetime_years", 4.0, "year"),
            parameter("hardware.h.utilisation", 0.6),
            parameter("hardware.h.embodied", 150.0, "kg CO2e/GPU"),
            parameter("deployment.d.requests", 1e6, "request"),
            parameter("deployment.d.tokens_out", 300.0, "token/request"),
            parameter("deployment.d.tokens_in", 900.0, "token/request"),
            parameter("deployment.d.joules_decode", 2.0, "J/token"),
            parameter("deployment.d.joules_prefill", 0.1, "J/token"),
            parameter("run.r.gpu_hours", 5000.0, "GPU h"),
            parameter("run.r.power", 500.0, "W/GPU"),
        ),
        derived=(Derived(name="site.s.pue_excess", function="excess", arguments=("site.s.pue",)),),
        flows=(
            flow("decode", {**used, "deployment.d.tokens_out": 1, "deployment.d.joules_decode": 1}, electricity, Stage.INFERENCE),
            flow("prefill", {**used, "deployment.d.tokens_in": 1, "deployment.d.joules_prefill": 1}, electricity, Stage.INFERENCE),
            flow("on site", {"deployment.d.requests": 1, "deployment.d.tokens_out": 1, "deployment.d.joules_decode": 1}, {Category.WATER: {"site.s.wue": 1}}, Stage.INFERENCE),
            flow("run", {"run.r.gpu_hours": 1, "run.r.power": 1, "site.s.pue": 1}, electricity, Stage.DEVELOPMENT),
            flow("made", hours, {Category.GWP_LOCATION: {"hardware.h.embodied": 1}}, Stage.HARDWARE, unit="GPU", activity=Stage.DEVELOPMENT),
        ),
        gaps=(Gap(stage=Stage.TRAINING, reason="not declared"),),
    )  # fmt: skip


def chosen(*keys: str) -> list[Chosen]:
    return [Chosen(key=key, options=EXAMPLES[key]) for key in keys]
