"""A system's newest assessment: its totals, and its report."""

from typing import Any

from lca.client.errors import Refused
from lca.client.output import amount, say
from lca.client.server import Server

LABELS = {
    "gwp_location": "Climate impact, location-based",
    "gwp_market": "Climate impact, market-based",
    "water": "Water",
    "adpe": "Resource depletion",
    "primary_energy": "Primary energy",
    "electricity": "Electricity",
}


def newest_result(server: Server, system: str) -> dict[str, Any]:
    """Figures of the newest assessment of a system.

    Raises
    ------
    Refused
        If there is no such system, or it has no assessment.
    """
    systems = server.get("systems/", slug=system)["results"]
    if not systems:
        msg = f"There is no system “{system}” in this organisation."
        raise Refused(msg)
    rows = server.get("assessments/", system=systems[0]["uuid"])["results"]
    if not rows:
        msg = f"“{system}” has no assessment yet."
        raise Refused(msg)
    newest = max(rows, key=lambda row: str(row["created_at"]))
    found = server.get(f"assessments/{newest['uuid']}/result/")
    about = {"system": system, "title": newest["title"], "assessment": newest["uuid"]}
    return {**about, **found}


def pdf_of(server: Server, assessment: str) -> tuple[dict[str, Any], bytes]:
    """Write an assessment down as it stands, and fetch the report: the snapshot and its PDF."""
    snapshot = server.post("snapshots/", {"assessment": assessment})
    return snapshot, server.fetch(f"snapshots/{snapshot['uuid']}/pdf/")


def totals(found: dict[str, Any]) -> None:
    """Show the totals with their intervals, and how many gaps there are."""
    say(found["title"], "bold")
    for key, stat in found["result"]["totals"].items():
        interval = f"({stat['p05']:.4g} to {stat['p95']:.4g})"
        say(f"  {LABELS.get(key, key):32} {amount(stat['nominal'], stat['unit']):>20}  {interval}")
    if found["missing"]:
        say(f"  {len(found['missing'])} things are not declared.", "yellow")
