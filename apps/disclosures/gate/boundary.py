"""Checks C, D and E: boundary, method and sources."""

from apps.accounts.presentation import STAGES
from apps.disclosures import claims
from apps.disclosures.gate.base import Answer, Json, is_excluded, listed, rule, said


@rule("C1", "Every stage is inside, or outside with a reason", "stages", required=True)
def _stages(document: Json) -> Answer:
    by_stage = document["result"]["by_stage"]
    declared = {row["stage"]: row for row in document["goal_and_scope"]["stages"]}
    bare = [
        label.lower()
        for key, label in STAGES.items()
        if key not in by_stage and not is_excluded(document, key) and key in declared
    ]
    return f"Neither counted nor excluded with a reason: {', '.join(bare)}." if bare else ""


@rule("C2", "Training and inference are apart", "runs", required=True)
def _apart(document: Json) -> Answer:
    by_stage = document["result"]["by_stage"]
    for key in ("training", "inference"):
        if key not in by_stage and not is_excluded(document, key):
            return f"{STAGES[key]} has no figure and is not excluded with a reason."
    return ""


@rule("C3", "Embodied hardware is counted, with lifetime and share", "hardware", required=True)
def _embodied(document: Json) -> Answer:
    if "hardware" in document["result"]["by_stage"]:
        return ""
    return "No embodied impact of hardware is counted."


@rule("C4", "Failed and experimental runs are told", "runs")
def _failed(document: Json) -> Answer:
    if "development" in document["result"]["by_stage"] or is_excluded(document, "development"):
        return ""
    return "No development run is declared, and development is not excluded with a reason."


@rule("C7", "The cut-off rule and the share left out are told", "particulars", required=True)
def _cut_off(document: Json) -> Answer:
    return said(
        document, ("cut_off", "the cut-off rule"), ("cut_off_percent", "the share left out")
    )


@rule("C8", "Second-order effects are spoken of", "particulars")
def _second_order(document: Json) -> Answer:
    return said(document, ("second_order", "second-order effects"))


@rule("D1", "Standards are named without claiming conformity", "particulars", required=True)
def _standards(document: Json) -> Answer:
    return claims.conformity(document)


@rule("D2", "Climate change has its set and horizon", "scope", required=True)
def _gwp(document: Json) -> Answer:
    return _has_total(document, "gwp_location")


def _has_total(document: Json, category: str) -> Answer:
    return "" if category in document["result"]["totals"] else "It has no total."


@rule("D3", "Water is told as consumption, on and off site", "sites", required=True)
def _water(document: Json) -> Answer:
    return _has_total(document, "water")


@rule("D4", "Minerals and metals have their method", "hardware", required=True)
def _adpe(document: Json) -> Answer:
    return _has_total(document, "adpe")


@rule("D5", "Electricity is location-based in the headline", "sites", required=True)
def _electricity(document: Json) -> Answer:
    result = document["result"]
    market_told = "gwp_market" in result["totals"] or any(
        gap["category"] in {None, "gwp_market"} for gap in result["gaps"]
    )
    if "gwp_location" in result["totals"] and market_told:
        return ""
    return "The location-based total or the reason for a missing market-based one is absent."


@rule("D6", "No offsets are in the totals", "particulars", required=True)
def _offsets(document: Json) -> Answer:
    return claims.offsets(document)


@rule("E1", "Every number has a source", "sources", required=True)
def _sourced(document: Json) -> Answer:
    bare = [
        row["label"]
        for row in document["inventory"]["parameters"]
        if not row["source"] and not row["evidence"]
    ]
    return listed("Without a source", bare)


@rule("E2", "Every source can be found", "sources", required=True)
def _found(document: Json) -> Answer:
    bare = [row["text"] for row in document["sources"] if not row["text"].strip(" .?-")]
    return listed("Sources that name nothing", bare)


@rule("E4", "Evidence stands behind measured and supplied figures", "evidence")
def _evidence(document: Json) -> Answer:
    return "" if document.get("evidence_files") else "No file of evidence is attached."
