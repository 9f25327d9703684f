"""The anatomy of a system's compute."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from apps.accounts.access import member_view
from apps.accounts.models import Organisation, Role
from apps.ingest import curve, selectors
from apps.ingest.anatomy import anatomy as taken_apart
from apps.ingest.studies import STUDIES
from apps.ingest.views.common import page_of
from lca.engine import EngineError


@require_GET
@member_view(Role.VIEWER)
def anatomy(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Show what a system's runs took, by kind, and what of it was final training."""
    system = get_object_or_404(selectors.systems(organisation), slug=slug)
    try:
        found = taken_apart(system)
    except EngineError as error:
        messages.error(request, f"The runs cannot be valued: {error}")
        return redirect("ingest:ledger", organisation.slug)
    shown = {"a": found, "curve": curve.drawn(found.curve), "studies": STUDIES}
    return page_of(request, organisation, "ingest/anatomy", shown)
