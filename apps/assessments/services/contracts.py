"""Contracts cover at most all of a site's consumption; checked under a lock, so that two at once cannot pass."""

from django.db.models import Sum

from apps.accounts.errors import DomainError
from apps.assessments.models import Contract, Site

ROUNDING = 1e-9


class CoverageExceeded(DomainError):
    """The contracts of a site would cover more than it consumes."""

    code = "coverage"


def check_coverage(contract: Contract) -> None:
    """Refuse a contract with which a site's contracts cover more than its consumption; call inside a transaction."""
    site = Site.objects.select_for_update().get(pk=contract.site_id)
    others = Contract.objects.filter(site=site).exclude(pk=contract.pk)
    taken = others.aggregate(taken=Sum("coverage_share"))["taken"] or 0.0
    if taken + contract.coverage_share <= 1 + ROUNDING:
        return
    msg = (
        f"The contracts of {site.name} would cover {taken + contract.coverage_share:.4g} of its consumption. "
        f"At most 1 can be covered, and other contracts cover {taken:.4g}: enter at most {max(0.0, 1 - taken):.4g}."
    )
    raise CoverageExceeded(msg, field="coverage_share")
