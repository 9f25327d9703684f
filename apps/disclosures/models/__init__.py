"""Snapshots and their way to publication: particulars, evidence, review, and the files of what is published."""

from apps.disclosures.models.disclosure import Disclosure, Language
from apps.disclosures.models.evidence import Confidentiality, EvidenceFile, EvidenceKind
from apps.disclosures.models.files import PublishedFile
from apps.disclosures.models.review import Level, Outcome, Review, ReviewComment, Severity
from apps.disclosures.models.snapshot import ChangeKind, Edition, Snapshot, Status

__all__ = [
    "ChangeKind",
    "Confidentiality",
    "Disclosure",
    "Edition",
    "EvidenceFile",
    "EvidenceKind",
    "Language",
    "Level",
    "Outcome",
    "PublishedFile",
    "Review",
    "ReviewComment",
    "Severity",
    "Snapshot",
    "Status",
]
