"""What a report must have before it is published, and what makes it complete; each check says where to mend it.

Codes are those of the checklist in ``docs/methodology/checklist.md``.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from apps.accounts.presentation import STAGES
from apps.disclosures import claims, exports
from apps.disclosures.publication import HEADLINES
from apps.disclosures.report import structure
from apps.disclosures.schema import problems
from lca.engine import Category

Json = Mapping[str, Any]
REQUIRED_POINTS, POINTS = 2, 1
SUM_TOLERANCE = 0.005
ELECTRIC_STAGES = ("development", "training", "inference")


@attrs.frozen(kw_only=True)
class Check:
    """One line of the checklist; ``place`` is the section of the workbench or form where it is mended."""

    code: str
    title: str
    is_required: bool
    passed: bool
    why: str = ""
    place: str = ""


Answer = str  # empty: passed; else what is missing
Rule = Callable[[Json], Answer]
_RULES: list[tuple[str, str, bool, str, Rule]] = []


def rule(code: str, title: str, place: str, *, required: bool = False) -> Callable[[Rule], Rule]:
    """Register a check of the document; it answers with what is missing, or nothing."""

    def keep(check: Rule) -> Rule:
        _RULES.append((code, title, required, place, check))
        return check

    return keep


def checks(content: bytes) -> list[Check]:
    """All checks of a document, in the order of their codes; of a draft too, with what publication will add left out."""
    document = json.loads(content)
    return [
        Check(code=code, title=title, is_required=required, passed=not why, why=why, place=place)
        for code, title, required, place, ask in _RULES
        for why in [ask(document)]
    ]


def completeness(found: list[Check]) -> float:
    """Points earned over points there are: two for a required check, one for another."""
    worth = [REQUIRED_POINTS if check.is_required else POINTS for check in found]
    earned = sum(points for points, check in zip(worth, found, strict=True) if check.passed)
    return earned / sum(worth)


def _said(document: Json, *fields: tuple[str, str]) -> Answer:
    """What of the particulars is not declared."""
    particulars = document.get("disclosure") or {}
    missing = [words for field, words in fields if particulars.get(field) in (None, "")]
    return f"Not declared: {', '.join(missing)}." if missing else ""


@rule("A1", "The model is named, with version and hash or endpoint", "particulars", required=True)
def _model(document: Json) -> Answer:
    return _said(document, ("model_version", "its version"), ("model_hash", "its hash or endpoint"))


@rule("A2", "Somebody answers for the report", "particulars", required=True)
def _accountable(document: Json) -> Answer:
    return _said(
        document, ("contact", "a contact"), ("accountable_person", "an accountable person")
    )


@rule("A3", "The report has a number, a period and a validity", "scope", required=True)
def _period(document: Json) -> Answer:
    scope = document["goal_and_scope"]
    said = (document.get("disclosure") or {}).get("period_note")
    if said or (scope.get("period_start") and scope.get("period_end")):
        return ""
    return "The period that the figures cover is not declared, nor why it is not known."


@rule("A4", "State and review are on the first page", "review", required=True)
def _review_shown(document: Json) -> Answer:
    return structure.missing_from_cover(document)


@rule("B1", "Goal, audience, commissioner and practitioner are named", "particulars", required=True)
def _goal(document: Json) -> Answer:
    found = _said(
        document,
        ("audience", "the audience"),
        ("commissioner", "the commissioner"),
        ("practitioner", "the practitioner"),
    )
    if document["goal_and_scope"].get("goal", "").strip():
        return found
    return f"The goal of the study is not declared. {found}".strip()


@rule("B2", "No comparative assertion is made", "particulars", required=True)
def _no_assertion(document: Json) -> Answer:
    return claims.comparative(document)


@rule("B3", "The functional unit has its tokens", "scope", required=True)
def _functional_unit(document: Json) -> Answer:
    scope = document["goal_and_scope"]
    if not scope.get("functional_unit", "").strip():
        return "The functional unit is not declared."
    if document["deployments"] and scope.get("functional_unit_input_tokens") is None:
        return "The input tokens of the functional unit are not declared."
    return ""


@rule("B4", "The unit says how good the model is", "particulars")
def _quality(document: Json) -> Answer:
    return _said(document, ("quality_metric", "a quality metric"))


@rule("B5", "Hidden reasoning and tool calls are told", "particulars")
def _hidden(document: Json) -> Answer:
    if not document["deployments"]:
        return ""
    return _said(document, ("reasoning_tokens", "reasoning tokens"), ("tool_calls", "tool calls"))


@rule("B7", "Totals and figures per use are both given", "deployments", required=True)
def _per_use(document: Json) -> Answer:
    if document["per_use"].get("marginal") or _is_excluded(document, "inference"):
        return ""
    reason = document["per_use"].get("reason") or "No deployment is declared."
    return f"{reason} Declare a deployment, or exclude inference with a reason."


def _is_excluded(document: Json, stage: str) -> bool:
    return any(
        row["stage"] == stage and row["status"] == "excluded" and row["justification"].strip()
        for row in document["goal_and_scope"]["stages"]
    )


@rule("C1", "Every stage is inside, or outside with a reason", "stages", required=True)
def _stages(document: Json) -> Answer:
    by_stage = document["result"]["by_stage"]
    declared = {row["stage"]: row for row in document["goal_and_scope"]["stages"]}
    bare = [
        label.lower()
        for key, label in STAGES.items()
        if key not in by_stage and not _is_excluded(document, key) and key in declared
    ]
    return f"Neither counted nor excluded with a reason: {', '.join(bare)}." if bare else ""


@rule("C2", "Training and inference are apart", "runs", required=True)
def _apart(document: Json) -> Answer:
    by_stage = document["result"]["by_stage"]
    for key in ("training", "inference"):
        if key not in by_stage and not _is_excluded(document, key):
            return f"{STAGES[key]} has no figure and is not excluded with a reason."
    return ""


@rule("C3", "Embodied hardware is counted, with lifetime and share", "hardware", required=True)
def _embodied(document: Json) -> Answer:
    if "hardware" in document["result"]["by_stage"]:
        return ""
    return "No embodied impact of hardware is counted."


@rule("C4", "Failed and experimental runs are told", "runs")
def _failed(document: Json) -> Answer:
    if "development" in document["result"]["by_stage"] or _is_excluded(document, "development"):
        return ""
    return "No development run is declared, and development is not excluded with a reason."


@rule("C7", "The cut-off rule and the share left out are told", "particulars", required=True)
def _cut_off(document: Json) -> Answer:
    return _said(
        document, ("cut_off", "the cut-off rule"), ("cut_off_percent", "the share left out")
    )


@rule("C8", "Second-order effects are spoken of", "particulars")
def _second_order(document: Json) -> Answer:
    return _said(document, ("second_order", "second-order effects"))


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
    return _listed("Without a source", bare)


@rule("E2", "Every source can be found", "sources", required=True)
def _found(document: Json) -> Answer:
    bare = [row["text"] for row in document["sources"] if not row["text"].strip(" .?-")]
    return _listed("Sources that name nothing", bare)


@rule("E4", "Evidence stands behind measured and supplied figures", "evidence")
def _evidence(document: Json) -> Answer:
    return "" if document.get("evidence_files") else "No file of evidence is attached."


def _listed(words: str, rows: list[str]) -> Answer:
    if not rows:
        return ""
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""  # noqa: PLR2004  # three are named
    return f"{words}: {', '.join(rows[:3])}{more}."


@rule("F1", "CO2e, water and minerals have totals", "sites", required=True)
def _totals(document: Json) -> Answer:
    bare = [Category(key).label for key in HEADLINES if key not in document["result"]["totals"]]
    return _listed("Without a total", bare)


@rule("F2", "The stages sum to the total", "scope", required=True)
def _sums(document: Json) -> Answer:
    result = document["result"]
    wrong = [Category(key).label for key in HEADLINES if not _adds_up(result, key)]
    return _listed("Stages do not sum to the total", wrong)


def _adds_up(result: Json, key: str) -> bool:
    total = result["totals"].get(key)
    if total is None:
        return True
    parts = sum(row[key]["nominal"] for row in result["by_stage"].values() if key in row)
    return bool(abs(parts - total["nominal"]) <= SUM_TOLERANCE * abs(total["nominal"]))


@rule("G1", "Every headline has an interval", "scope", required=True)
def _intervals(document: Json) -> Answer:
    totals = document["result"]["totals"]
    bare = [
        Category(key).label
        for key in HEADLINES
        if key in totals and totals[key]["p05"] == totals[key]["p95"] != 0
    ]
    return _listed("Without an interval, since no parameter has an uncertainty", bare)


@rule("G2", "The parameters that matter most are named", "scope", required=True)
def _sensitivity(document: Json) -> Answer:
    found = document["result"]["sensitivity"]
    bare = [
        Category(key).label
        for key in HEADLINES
        if key in document["result"]["totals"] and not found.get(key)
    ]
    return _listed("Without a sensitivity", bare)


@rule("G7", "The limits of the study are told", "particulars")
def _limits(document: Json) -> Answer:
    return _said(document, ("limitations", "limitations"))


@rule("H1", "Conclusions are drawn, with their limits", "particulars", required=True)
def _conclusions(document: Json) -> Answer:
    return _said(document, ("conclusions", "conclusions"), ("limitations", "limitations"))


@rule("H3", "Actions are named", "particulars")
def _actions(document: Json) -> Answer:
    return _said(document, ("actions", "actions"))


@rule("I1", "The review statement is true", "review", required=True)
def _review(document: Json) -> Answer:
    publication = document.get("publication")
    if publication is None:
        return ""
    review = publication["review"]
    if review is None or review["sha256"] == publication["signed_sha256"]:
        return ""
    return "The signed review is of another document."


@rule("I5", "Preparer, reviewer and approver are recorded", "review")
def _signed(document: Json) -> Answer:
    publication = document.get("publication")
    acts = {row["act"] for row in publication["signatures"]} if publication else set()
    return "" if len(acts) == 3 else "They sign while the report is reviewed."  # noqa: PLR2004  # three people


@rule("J1", "No generic claim, no neutrality, no label of one's own", "particulars", required=True)
def _generic(document: Json) -> Answer:
    return claims.generic(document)


@rule("J2", "The fixed sentences are there", "particulars", required=True)
def _sentences(document: Json) -> Answer:
    return structure.missing_sentences(document)


@rule("K1", "The data are valid by their schema", "scope", required=True)
def _schema(document: Json) -> Answer:
    found = problems(document)
    return _listed("By the schema", found)


@rule("K2", "Every export can be made", "scope", required=True)
def _exports(document: Json) -> Answer:
    return _listed("Cannot be made", exports.faults(document))


@rule("L1", "The PDF has title, language and headings in order", "particulars", required=True)
def _headings(document: Json) -> Answer:
    return structure.of(document).headings


@rule("L2", "Every chart has words", "particulars", required=True)
def _charts(document: Json) -> Answer:
    return structure.of(document).charts


@rule("L3", "Every table has a caption and headers", "particulars", required=True)
def _tables(document: Json) -> Answer:
    return structure.of(document).tables
