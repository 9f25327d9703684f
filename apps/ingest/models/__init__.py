"""Files that were sent, and the runs they hold: the ledger of an AI system."""

from apps.ingest.models.labels import LABELS, Labelled
from apps.ingest.models.ledger import RecordedRun
from apps.ingest.models.tracked import Delta, Experiment, TrackedRun
from apps.ingest.models.upload import OPEN_STATES, RefusedRow, Upload, UploadState

__all__ = [
    "LABELS",
    "OPEN_STATES",
    "Delta",
    "Experiment",
    "Labelled",
    "RecordedRun",
    "RefusedRow",
    "TrackedRun",
    "Upload",
    "UploadState",
]
