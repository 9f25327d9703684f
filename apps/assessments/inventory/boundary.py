"""What lies inside the system boundary and is not in the inventory: stages, contracts, buildings."""

from apps.assessments.inventory.draft import Draft
from apps.assessments.inventory.market import FULL
from apps.assessments.models import Site
from lca.engine import Category, Component, Stage

REMEDIES = {
    Stage.HARDWARE: "Declare the hardware of runs and deployments.",
    Stage.DEVELOPMENT: "Declare experiments, failed runs, ablations and evaluations.",
    Stage.TRAINING: "Declare the final training run, or the upstream model.",
    Stage.INFERENCE: "Declare a deployment with its requests.",
    Stage.NETWORK_DEVICES: "Exclude this stage with a reason, or supply its figures.",
    Stage.END_OF_LIFE: "Exclude this stage with a reason, or supply its figures.",
}


def note_gaps(draft: Draft) -> None:
    """Note each stage without a flow that is not excluded, and what no record covers."""
    present = {flow.stage for flow in draft.flows}
    for stage in Stage:
        if stage in present or draft.records.status(stage) == "excluded":
            continue
        word = (
            "included, but nothing is declared"
            if draft.records.status(stage) == "included"
            else "not declared"
        )
        draft.gap(stage, f"{stage.label} is {word}.", remedy=REMEDIES[stage])
    if draft.flows and draft.records.status(Stage.HARDWARE) != "excluded":
        draft.gap(
            Stage.HARDWARE,
            "The data-centre building is not counted.",
            remedy="Building figures are not yet asked for; the size of this gap is estimated.",
            component=Component.BUILDING,
        )
    _note_contracts(draft)


def _has_rest(draft: Draft, site: Site) -> bool:
    """Whether some of a site's electricity has no contract and no factor of its own."""
    covered = sum(contract.coverage_share for contract in draft.records.contracts.get(site.pk, ()))
    return site.market_kg_co2e_per_kwh is None and covered < FULL


def _note_contracts(draft: Draft) -> None:
    without = [site.name for site in draft.records.sites.values() if _has_rest(draft, site)]
    if not without or not draft.flows:
        return
    names = ", ".join(sorted(without)[:5])
    reason = (
        f"No contract for all the electricity of {names}; the grid average stands in for the rest."
        if draft.records.has_contract
        else "No contractual electricity is declared, so there is no market-based figure."
    )
    draft.gap(
        Stage.TRAINING,
        reason,
        remedy="Declare contracts, or give each site's supplier or residual-mix factor.",
        category=Category.GWP_MARKET,
    )
