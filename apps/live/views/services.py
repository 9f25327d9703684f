"""Services that are followed: adding one, seeing it as it answers, changing what values it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.ingest.views.common import page_of
from apps.live import selectors
from apps.live import services as live
from apps.live.forms import FollowForm, ValueForm
from apps.live.models import LiveService
from apps.live.stream import stream


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def services(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """List the services of an organisation; follow one more."""
    posted = request.method == "POST"
    form = FollowForm(request.POST if posted else None, organisation=organisation)
    if posted and form.is_valid():
        made = _follow(request, form)
        if made is not None:
            messages.success(request, f"“{made}” is followed from now on.")
            return redirect(made)
    shown = {"form": form, "states": selectors.states(organisation)}
    return page_of(request, organisation, "live/services", shown, failed=bool(form.errors))


def _follow(request: HttpRequest, form: FollowForm) -> LiveService | None:
    try:
        return live.follow(actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]  # member_view lets only members through
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return None


@require_GET
@member_view(Role.VIEWER)
def service(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Show what a service uses now, today and in all, and its hours."""
    row = _service(organisation, uuid)
    shown = {
        "state": selectors.state(row),
        "hours": selectors.last_hours(row),
        "form": ValueForm(system=row.system, initial={"deployment": row.deployment}),
        "site": settings.SITE_URL,
    }
    return page_of(request, organisation, "live/service", shown)


@require_GET
@member_view(Role.VIEWER)
def events(
    request: HttpRequest,  # noqa: ARG001  Django's signature
    organisation: Organisation,
    uuid: UUID,
) -> StreamingHttpResponse:
    """Send the changing part of the page as often as it changes (server-sent events)."""
    row = _service(organisation, uuid)
    response = StreamingHttpResponse(stream(row), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


@require_POST
@member_view(Role.EDITOR)
def value(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Value what arrives from now on by another deployment."""
    row = _service(organisation, uuid)
    form = ValueForm(request.POST, system=row.system)
    if form.is_valid():
        live.value_anew(service=row, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]  # member_view lets only members through
        messages.success(request, "What arrives from now on is valued so.")
    else:
        messages.error(request, "Choose a deployment of this system.")
    return redirect(row)


@require_POST
@member_view(Role.EDITOR)
def forget(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Stop following a service."""
    row = _service(organisation, uuid)
    live.forget(service=row, actor=request.user)  # type: ignore[arg-type]  # member_view lets only members through
    messages.success(request, f"“{row}” is no longer followed.")
    return redirect("live:services", organisation.slug)


def _service(organisation: Organisation, uuid: UUID) -> LiveService:
    rows = selectors.services(organisation).select_related(
        "system", "organisation", "deployment", "system__organisation"
    )
    return get_object_or_404(rows, uuid=uuid)
