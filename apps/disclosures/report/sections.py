"""The report's sections in order, and the names of what stands in them."""

CATEGORIES = {
    "gwp_location": "Climate change, location-based",
    "gwp_market": "Climate change, market-based",
    "water": "Water consumption",
    "adpe": "Minerals and metals, ADPe",
    "primary_energy": "Primary energy",
    "electricity": "Electricity",
}
SHORT = {
    "gwp_location": "Climate change",
    "gwp_market": "Climate change, market-based",
    "water": "Water",
    "adpe": "Minerals and metals",
    "primary_energy": "Primary energy",
    "electricity": "Electricity",
}
HEADLINE = (
    ("gwp_location", "Climate change", "GWP100, location-based"),
    ("water", "Water consumed", "on site, off site and in manufacturing"),
    ("adpe", "Minerals and metals", "ADPe, antimony equivalents"),
)


SECTIONS = (
    ("headline", "Headline results"),
    ("stages", "Results by life-cycle stage"),
    ("activities", "Development and training"),
    ("water", "Water"),
    ("uses", "Each use"),
    ("scope", "Goal, functional unit and boundary"),
    ("method", "Method"),
    ("declared", "What was declared"),
    ("inventory", "Inventory"),
    ("reconciliation", "Published and computed"),
    ("uncertainty", "Uncertainty and evidence"),
    ("scenarios", "Sensitivity and scenarios"),
    ("limits", "Gaps and limits"),
    ("interpretation", "Interpretation"),
    ("versions", "Changes from report to report"),
    ("crosswalk", "Where laws and standards find their answers"),
    ("review", "Review and assurance"),
    ("sources", "Sources"),
    ("formulas", "Annex: formulas"),
    ("parameters", "Annex: parameters"),
    ("glossary", "Annex: glossary"),
    ("data", "Annex: data and citation"),
)
