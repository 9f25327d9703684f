"""A badge: what a report says of one use or in all, as a small picture. It states and never rates."""

from xml.sax.saxutils import escape

from apps.accounts.presentation import plain_figure
from apps.disclosures.models import Snapshot, Status

HEIGHT, PADDING, PER_LETTER = 20, 10, 6.6
LEFT, RIGHT, GREY = "#3a3d45", "#882255", "#6b6e76"


def words(snapshot: Snapshot) -> tuple[str, str]:
    """The two halves: what is stated, and the figure."""
    document = snapshot.read()
    if snapshot.status == Status.WITHDRAWN:
        return "AI footprint", "report withdrawn"
    loaded = (
        document["per_use"].get("fully_loaded") or document["per_use"].get("marginal") or {}
    ).get("gwp_location")
    if loaded:
        kind = "each use" if document["per_use"].get("fully_loaded") else "each use, marginal"
        return f"AI footprint, {kind}", plain_figure(
            {**loaded, "unit": loaded["unit"].split("/")[0]}
        )
    total = document["result"]["totals"].get("gwp_location")
    return "AI footprint, life cycle", plain_figure(total)


def draw(snapshot: Snapshot) -> str:
    """The badge as SVG, with its words as title."""
    left, right = words(snapshot)
    widths = [2 * PADDING + PER_LETTER * len(text) for text in (left, right)]
    whole = sum(widths)
    colour = GREY if snapshot.status == Status.WITHDRAWN else RIGHT
    title = f"{left}: {right}. Report {snapshot.number}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole:.0f}" height="{HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>"
        f'<rect width="{whole:.0f}" height="{HEIGHT}" rx="3" fill="{LEFT}"/>'
        f'<path d="M{widths[0]:.0f} 0h{widths[1] - 3:.0f}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{widths[0]:.0f}z" fill="{colour}"/>'
        f'<g fill="#fff" font-family="Inter,Verdana,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{widths[0] / 2:.0f}" y="14" textLength="{widths[0] - 2 * PADDING:.0f}">{escape(left)}</text>'
        f'<text x="{widths[0] + widths[1] / 2:.0f}" y="14" textLength="{widths[1] - 2 * PADDING:.0f}">{escape(right)}</text>'
        "</g></svg>"
    )
