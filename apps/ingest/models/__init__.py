"""Files that were sent, and the runs they hold: the ledger of an AI system."""

from apps.ingest.models.labels import LABELS, Labelled
from apps.ingest.models.ledger import RecordedRun
from apps.ingest.models.mapping import ColumnMapping
from apps.ingest.models.rule import Rule, SavedView
from apps.ingest.models.sums import ALIKE, EVERY_MONTH, MonthlySum, StaleSums
from apps.ingest.models.tracked import Delta, Experiment, TrackedRun
from apps.ingest.models.upload import OPEN_STATES, RefusedRow, Upload, UploadState

__all__ = [
    "ALIKE",
    "EVERY_MONTH",
    "LABELS",
    "OPEN_STATES",
    "ColumnMapping",
    "Delta",
    "Experiment",
    "Labelled",
    "MonthlySum",
    "RecordedRun",
    "RefusedRow",
    "Rule",
    "SavedView",
    "StaleSums",
    "TrackedRun",
    "Upload",
    "UploadState",
]
