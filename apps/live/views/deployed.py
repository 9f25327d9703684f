"""The footprint of all deployed models, week by week or month by month."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from apps.accounts.access import member_view
from apps.accounts.models import Organisation, Role
from apps.ingest.views.common import page_of
from apps.live import selectors


@require_GET
@member_view(Role.VIEWER)
def deployed(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Show what all followed services used by period, each period by system."""
    kind = "week" if request.GET.get("by") == "week" else "month"
    shown = {
        "kind": kind,
        "periods": selectors.periods(organisation, kind),
        "services": selectors.services(organisation),
    }
    return page_of(request, organisation, "live/deployed", shown)
