"""Pages of recorded runs."""

from apps.ingest.views.anatomy import anatomy
from apps.ingest.views.columns import columns, delete_mapping, mappings
from apps.ingest.views.rules import delete_rule, rules, sort_now
from apps.ingest.views.runs import delete_view, download, relabel, run, runs, save_view
from apps.ingest.views.uploads import connect, decide, declare, evidence, ledger, undo, upload

__all__ = [
    "anatomy",
    "columns",
    "connect",
    "decide",
    "declare",
    "delete_mapping",
    "delete_rule",
    "delete_view",
    "download",
    "evidence",
    "ledger",
    "mappings",
    "relabel",
    "rules",
    "run",
    "runs",
    "save_view",
    "sort_now",
    "undo",
    "upload",
]
