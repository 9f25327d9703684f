"""Route what is easy to a smaller model."""

from apps.scenarios.measure import (
    SERVING,
    Change,
    Effect,
    Evidence,
    Given,
    Measure,
    Option,
    given_by,
    matching,
    needed,
    ratio,
)
from apps.scenarios.setting import Setting
from lca.engine import Inventory

MEASURE = Measure(
    key="routing",
    label="Route easy queries to a smaller model",
    phase=SERVING,
    says="A share of the requests takes a smaller model's energy per token; whatif route finds the share and what it costs in quality.",
    options=(
        Option(name="share", label="share of requests to the smaller model", least=0.0, most=1.0),
        Option(
            name="ratio", label="energy of the smaller over the larger model", least=0.001, most=1.0
        ),
        Option(
            name="accuracy", label="change of accuracy", unit="points", least=-100.0, most=100.0
        ),
        Option(name="source", label="where share, ratio and accuracy come from", is_text=True),
    ),
    evidence=(
        Evidence(
            source="one's own labelled queries (whatif route)",
            conditions="quality as labelled; the router must not have seen the queries that it is judged on",
        ),
        Evidence(
            source="PEARL (as the article reports it): over 18 % less energy",
            conditions="on 9 034 exam questions that costs 1.0 to 3.3 points of accuracy (docs: what if, routing)",
            is_claim=True,
        ),
    ),
)


def change(inventory: Inventory, given: Given, setting: Setting) -> Change:  # noqa: ARG001  one shape for all
    """Multiply joules per token by what remains when a share of requests goes to a smaller model."""
    share, smaller = float(given["share"]), float(given["ratio"])
    found = needed(
        matching(inventory, ".joules_decode", ".joules_prefill", start="deployment."), "energy per token"
    )  # fmt: skip
    label = f"{share:.0%} of requests at {smaller:g} of the energy"
    origin = given_by(str(given["source"]))
    left = ratio(MEASURE.key, "energy", 1 - share * (1 - smaller), origin, label)
    return Change(
        ratios=dict.fromkeys((item.name for item in found), left),
        effects=(
            Effect(
                on="accuracy",
                says="as supplied",
                provenance=origin.provenance,
                value=float(given["accuracy"]),
                unit="points",
            ),
        ),
        notes=("Answers of both models are taken to be equally long, and the router's own energy is not counted.",),
    )  # fmt: skip
