"""Taking files in, reading them once, and taking an import back."""

from apps.ingest.services.declaring import declare
from apps.ingest.services.reading import preview, read_upload, resume
from apps.ingest.services.receiving import MOST_BYTES, receive, undo
from apps.ingest.services.recording import record

__all__ = ["MOST_BYTES", "declare", "preview", "read_upload", "receive", "record", "resume", "undo"]
