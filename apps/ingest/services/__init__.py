"""Taking files in, reading them once, and taking an import back."""

from apps.ingest.services.declaring import declare
from apps.ingest.services.reading import preview, read_upload, resume
from apps.ingest.services.receiving import (
    MOST_BYTES,
    discard,
    look_again,
    receive,
    take_in,
    undo,
)
from apps.ingest.services.recording import record
from apps.ingest.services.sorting import met_by, relabel, sort_ledger
from apps.ingest.services.sums import changed, refresh, refresh_all
from apps.ingest.services.tracking import add_delta, add_experiment, add_record, begin_run

__all__ = [
    "MOST_BYTES",
    "add_delta",
    "add_experiment",
    "add_record",
    "begin_run",
    "changed",
    "declare",
    "discard",
    "look_again",
    "met_by",
    "preview",
    "read_upload",
    "receive",
    "record",
    "refresh",
    "refresh_all",
    "relabel",
    "resume",
    "sort_ledger",
    "take_in",
    "undo",
]
