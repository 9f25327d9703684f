"""Pages of reports, and the page that verifies one."""

from apps.disclosures.views.reports import (
    freeze,
    home,
    own_file,
    preview,
    public,
    public_file,
    publish,
    why,
    withdraw,
)
from apps.disclosures.views.verify import verify

__all__ = [
    "freeze",
    "home",
    "own_file",
    "preview",
    "public",
    "public_file",
    "publish",
    "verify",
    "why",
    "withdraw",
]
