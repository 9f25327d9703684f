"""Taking files in, reading them once, and taking an import back."""

from apps.ingest.services.declaring import declare
from apps.ingest.services.reading import preview, read_upload, resume
from apps.ingest.services.receiving import MOST_BYTES, receive, undo
from apps.ingest.services.recording import record
from apps.ingest.services.tracking import add_delta, add_experiment, add_record, begin_run

__all__ = [
    "MOST_BYTES",
    "add_delta",
    "add_experiment",
    "add_record",
    "begin_run",
    "declare",
    "preview",
    "read_upload",
    "receive",
    "record",
    "resume",
    "undo",
]
