"""The report's sections in order, and the names of what stands in them."""

from django.utils.translation import gettext_noop as noop

CATEGORIES = {
    "gwp_location": noop("Climate change, location-based"),
    "gwp_market": noop("Climate change, market-based"),
    "water": noop("Water consumption"),
    "adpe": noop("Minerals and metals, ADPe"),
    "primary_energy": noop("Primary energy"),
    "electricity": noop("Electricity"),
}
SHORT = {
    "gwp_location": noop("Climate change"),
    "gwp_market": noop("Climate change, market-based"),
    "water": noop("Water"),
    "adpe": noop("Minerals and metals"),
    "primary_energy": noop("Primary energy"),
    "electricity": noop("Electricity"),
}
HEADLINE = (
    ("gwp_location", noop("Climate change"), noop("GWP100, location-based")),
    ("water", noop("Water consumed"), noop("on site, off site and in manufacturing")),
    ("adpe", noop("Minerals and metals"), noop("ADPe, antimony equivalents")),
)


SECTIONS = (
    ("headline", noop("Headline results")),
    ("stages", noop("Results by life-cycle stage")),
    ("activities", noop("Development and training")),
    ("water", noop("Water")),
    ("uses", noop("Each use")),
    ("scope", noop("Goal, functional unit and boundary")),
    ("method", noop("Method")),
    ("declared", noop("What was declared")),
    ("inventory", noop("Inventory")),
    ("reconciliation", noop("Published and computed")),
    ("uncertainty", noop("Uncertainty and evidence")),
    ("scenarios", noop("Sensitivity and scenarios")),
    ("roadmap", noop("Roadmap")),
    ("limits", noop("Gaps and limits")),
    ("interpretation", noop("Interpretation")),
    ("versions", noop("Changes from report to report")),
    ("crosswalk", noop("Where laws and standards find their answers")),
    ("review", noop("Review and assurance")),
    ("sources", noop("Sources")),
    ("formulas", noop("Annex: formulas")),
    ("parameters", noop("Annex: parameters")),
    ("glossary", noop("Annex: glossary")),
    ("data", noop("Annex: data and citation")),
)
