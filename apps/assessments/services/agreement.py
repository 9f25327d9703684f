"""What the rows of one site must agree on; checked under a lock, so that two writers at once cannot both pass."""

from datetime import timedelta

from django.db.models import Sum

from apps.accounts.errors import Conflict, DomainError
from apps.accounts.models import Versioned
from apps.assessments.models import Contract, HourlySeries, Site
from apps.assessments.models.series import MOST_HOURS

ROUNDING = 1e-9


class CoverageExceeded(DomainError):
    """The contracts of a site would cover more than it consumes."""

    code = "coverage"


def agree(record: Versioned) -> None:
    """Refuse a row that its neighbours contradict; call inside the transaction that writes it."""
    if isinstance(record, Contract):
        check_coverage(record)
    if isinstance(record, HourlySeries):
        check_overlap(record)


def check_coverage(contract: Contract) -> None:
    """Refuse a contract with which a site's contracts cover more than its consumption."""
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


def check_overlap(series: HourlySeries) -> None:
    """Refuse a series that holds hours which another of the same site holds."""
    Site.objects.select_for_update().get(pk=series.site_id)
    earliest = series.starts_at - timedelta(hours=MOST_HOURS)
    near = HourlySeries.objects.filter(
        site=series.site_id, starts_at__gt=earliest, starts_at__lt=series.ends_at
    ).exclude(pk=series.pk)
    for other in near:
        if other.ends_at > series.starts_at:
            msg = (
                f"Hours of this series are in another one already: {other}. Delete that one first."
            )
            raise Conflict(msg, field="file", code="overlap")
