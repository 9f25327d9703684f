"""Reading the library: releases, entries, rivals, zones, and what changed between two releases."""

from apps.factors.selectors.differences import Difference, Moved, difference
from apps.factors.selectors.library import (
    ZONE_TYPES,
    counts,
    current_release,
    defaults,
    entries,
    entry,
    factor_map,
    names,
    offered,
    release_labelled,
    rival_map,
    sources,
    tables_of,
)
from apps.factors.selectors.rivals import own_factors, rival_chosen, rivals, rivals_at
from apps.factors.selectors.zones import MOST_COMPARED, compared, sub_zones

__all__ = [
    "MOST_COMPARED",
    "ZONE_TYPES",
    "Difference",
    "Moved",
    "compared",
    "counts",
    "current_release",
    "defaults",
    "difference",
    "entries",
    "entry",
    "factor_map",
    "names",
    "offered",
    "own_factors",
    "release_labelled",
    "rival_chosen",
    "rival_map",
    "rivals",
    "rivals_at",
    "sources",
    "sub_zones",
    "tables_of",
]
