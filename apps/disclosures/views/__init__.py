"""Pages of reports, and the page that verifies one."""

from apps.disclosures.views.own import (
    approve,
    checklist,
    freeze,
    own_export,
    own_file,
    preview,
    publish,
    submit,
    withdraw,
)
from apps.disclosures.views.particulars import (
    evidence,
    evidence_file,
    logo,
    particulars,
    remove_evidence,
)
from apps.disclosures.views.public import (
    ReportsFeed,
    badge_svg,
    disclosure_schema,
    home,
    index,
    manifest,
    public,
    public_evidence,
    public_export,
    public_file,
    why,
)
from apps.disclosures.views.review import comment, resolve, respond, review
from apps.disclosures.views.verify import verify

__all__ = [
    "ReportsFeed",
    "approve",
    "badge_svg",
    "checklist",
    "comment",
    "disclosure_schema",
    "evidence",
    "evidence_file",
    "freeze",
    "home",
    "index",
    "logo",
    "manifest",
    "own_export",
    "own_file",
    "particulars",
    "preview",
    "public",
    "public_evidence",
    "public_export",
    "public_file",
    "publish",
    "remove_evidence",
    "resolve",
    "respond",
    "review",
    "submit",
    "verify",
    "why",
    "withdraw",
]
