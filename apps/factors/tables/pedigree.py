"""Data-quality scores of a factor: those its row states, else those that follow from a rule.

The rule fills only what the row itself shows. Reliability follows from how the number was obtained: read at the
publisher or in a package that republishes it 2 (not verified here), transcribed or computed 3. Temporal correlation is
the published scale, by the years between the number and the release: less than 3 gives 1, then 6, 10, 15. Geographical
correlation is 1 where a zone's number was established for that zone and 2 where it was for the area around it.
Completeness and technological correlation are never guessed.
"""

from collections.abc import Mapping

from apps.factors.indicators import Kind
from apps.factors.models import Source
from apps.factors.tables.cells import Cells
from apps.factors.tables.rows import FactorRow

SCORES = ("reliability", "completeness", "temporal", "geographical", "technological")
WORST = 5
RELIABILITY = {
    Source.Retrieval.PRIMARY: 2,
    Source.Retrieval.REPUBLISHED: 2,
    Source.Retrieval.TRANSCRIBED: 3,
    Source.Retrieval.COMPUTED: 3,
}
YEARS = (3, 6, 10, 15)


def stated(cells: Cells) -> dict[str, int]:
    """Read the scores a row states, such as ``2;;1;;3``; an empty place is not stated."""
    text = cells.text("pedigree")
    if not text:
        return {}
    places = [place.strip() for place in text.split(";")]
    if len(places) != len(SCORES) or any(place not in {"", *"12345"} for place in places):
        message = (
            f"“{text}” is not five scores from 1 to {WORST}, such as 2;;1;;3: {', '.join(SCORES)}."
        )
        cells.fault("pedigree", message)
        return {}
    return {name: int(place) for name, place in zip(SCORES, places, strict=True) if place}


def scored(row: FactorRow, latest: int, parents: Mapping[str, str]) -> dict[str, int]:
    """Scores of a row: stated ones first, then the rule's; in the order of the matrix."""
    found = {
        "reliability": RELIABILITY[Source.Retrieval(row.retrieval)],
        "temporal": 1 + sum(latest - row.year >= years for years in YEARS),
    }
    if row.kind == Kind.ZONE and row.geography:
        if row.geography == row.key:
            found["geographical"] = 1
        elif row.geography == parents.get(row.key):
            found["geographical"] = 2
    found |= row.pedigree
    return {name: found[name] for name in SCORES if name in found}
