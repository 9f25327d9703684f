"""What is done with reports: freeze, review, approve, publish, file, withdraw."""

from apps.disclosures.models import Edition
from apps.disclosures.services.comments import comment, resolve, respond
from apps.disclosures.services.evidences import add_evidence, remove_evidence
from apps.disclosures.services.filing import file_all, file_of, pdf_of, was_served
from apps.disclosures.services.notices import write
from apps.disclosures.services.particulars import save_logo, save_particulars
from apps.disclosures.services.publishing import publish, withdraw
from apps.disclosures.services.snapshots import (
    current,
    freeze,
    render_html,
    render_pdf,
    render_summary,
)
from apps.disclosures.services.workflow import approve, settle, sign, submit

__all__ = [
    "Edition",
    "add_evidence",
    "approve",
    "comment",
    "current",
    "file_all",
    "file_of",
    "freeze",
    "pdf_of",
    "publish",
    "remove_evidence",
    "render_html",
    "render_pdf",
    "render_summary",
    "resolve",
    "respond",
    "save_logo",
    "save_particulars",
    "settle",
    "sign",
    "submit",
    "was_served",
    "withdraw",
    "write",
]
