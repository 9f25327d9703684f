"""Checks A and B: who, for whom, and per what."""

from apps.disclosures import claims
from apps.disclosures.gate.base import Answer, Json, is_excluded, rule, said
from apps.disclosures.report import structure


@rule("A1", "The model is named, with version and hash or endpoint", "particulars", required=True)
def _model(document: Json) -> Answer:
    return said(document, ("model_version", "its version"), ("model_hash", "its hash or endpoint"))


@rule("A2", "Somebody answers for the report", "particulars", required=True)
def _accountable(document: Json) -> Answer:
    return said(document, ("contact", "a contact"), ("accountable_person", "an accountable person"))


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
    found = said(
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
    return said(document, ("quality_metric", "a quality metric"))


@rule("B5", "Hidden reasoning and tool calls are told", "particulars")
def _hidden(document: Json) -> Answer:
    if not document["deployments"]:
        return ""
    return said(document, ("reasoning_tokens", "reasoning tokens"), ("tool_calls", "tool calls"))


@rule("B7", "Totals and figures per use are both given", "deployments", required=True)
def _per_use(document: Json) -> Answer:
    if document["per_use"].get("marginal") or is_excluded(document, "inference"):
        return ""
    reason = document["per_use"].get("reason") or "No deployment is declared."
    return f"{reason} Declare a deployment, or exclude inference with a reason."
