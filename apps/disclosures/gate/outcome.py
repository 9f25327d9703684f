"""Checks F to L: results, spread, review, claims, files and structure."""

from apps.disclosures import claims, exports
from apps.disclosures.gate.base import Answer, Json, listed, rule, said
from apps.disclosures.publication import HEADLINES
from apps.disclosures.report import structure
from apps.disclosures.schema import problems
from lca.engine import Category

SUM_TOLERANCE = 0.005


@rule("F1", "CO2e, water and minerals have totals", "sites", required=True)
def _totals(document: Json) -> Answer:
    bare = [Category(key).label for key in HEADLINES if key not in document["result"]["totals"]]
    return listed("Without a total", bare)


@rule("F2", "The stages sum to the total", "scope", required=True)
def _sums(document: Json) -> Answer:
    result = document["result"]
    wrong = [Category(key).label for key in HEADLINES if not _adds_up(result, key)]
    return listed("Stages do not sum to the total", wrong)


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
    return listed("Without an interval, since no parameter has an uncertainty", bare)


@rule("G2", "The parameters that matter most are named", "scope", required=True)
def _sensitivity(document: Json) -> Answer:
    found = document["result"]["sensitivity"]
    bare = [
        Category(key).label
        for key in HEADLINES
        if key in document["result"]["totals"] and not found.get(key)
    ]
    return listed("Without a sensitivity", bare)


@rule("G7", "The limits of the study are told", "particulars")
def _limits(document: Json) -> Answer:
    return said(document, ("limitations", "limitations"))


@rule("H1", "Conclusions are drawn, with their limits", "particulars", required=True)
def _conclusions(document: Json) -> Answer:
    return said(document, ("conclusions", "conclusions"), ("limitations", "limitations"))


@rule("H3", "Actions are named", "particulars")
def _actions(document: Json) -> Answer:
    return said(document, ("actions", "actions"))


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
    return listed("By the schema", found)


@rule("K2", "Every export can be made", "scope", required=True)
def _exports(document: Json) -> Answer:
    return listed("Cannot be made", exports.faults(document))


@rule("L1", "The PDF has title, language and headings in order", "particulars", required=True)
def _headings(document: Json) -> Answer:
    return structure.of(document).headings


@rule("L2", "Every chart has words", "particulars", required=True)
def _charts(document: Json) -> Answer:
    return structure.of(document).charts


@rule("L3", "Every table has a caption and headers", "particulars", required=True)
def _tables(document: Json) -> Answer:
    return structure.of(document).tables
