"""Pages of GPU hosts: who is there, what they do, how their devices fare over time."""

from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import MemberRequest, member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.probes import history, selectors, services
from apps.probes.forms import HostForm, HostProbeForm
from apps.probes.models import DriftAlarm, ProbeHost, ProbeSchedule
from apps.probes.views.probes import is_fragment, render_page

M = TypeVar("M", bound=Model)
RECENT = 10
TOKEN_IN_SESSION = "host_token"  # noqa: S105  the name of a place, not a token


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def host_list(request: MemberRequest, organisation: Organisation) -> HttpResponse:
    """List hosts and add one, whose token is then shown once."""
    form = HostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            host, token = services.add_host(
                organisation=organisation, actor=request.user, name=form.cleaned_data["name"]
            )
            return _show_token(request, host, token)
        except DomainError as error:
            form.add_error("name", error.message)
    hosts = list(selectors.hosts_with_work(organisation))
    context = {"form": form, "hosts": hosts, "alarms": selectors.alarms(organisation)}
    status = 422 if form.errors else 200
    return render_page(request, organisation, "probes/hosts.html", context, status=status)


def _show_token(request: MemberRequest, host: ProbeHost, token: str) -> HttpResponse:
    """Go to the host's page with its token, which that page shows this once."""
    request.session[TOKEN_IN_SESSION] = {"host": str(host.uuid), "token": token}
    return redirect("probes:host", org=host.organisation.slug, uuid=host.uuid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def host_detail(request: MemberRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Show a host; start a probe there, once or on a schedule. htmx gets the changing part alone."""
    host = _host(organisation, uuid)
    if is_fragment(request) and request.method == "GET":
        return render_page(request, organisation, "probes/_host_live.html", _live(host))
    form = HostProbeForm(host, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _start(request, organisation, host, form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    context = {
        **_live(host),
        "form": form,
        "schedules": host.schedules.select_related("last"),
        "alarms": selectors.alarms(organisation).filter(measurement__host=host),
        "series": history.of_host(host),
        "token": _token_once(request, host),
        "site": settings.SITE_URL,
    }
    status = 422 if form.errors else 200
    return render_page(request, organisation, "probes/host.html", context, status=status)


def _start(
    request: MemberRequest, organisation: Organisation, host: ProbeHost, wanted: dict[str, Any]
) -> HttpResponse:
    every_h = wanted.pop("every_h")
    who: dict[str, Any] = {"organisation": organisation, "actor": request.user, "host": host}
    if every_h is None:
        probe = services.request_probe(**who, **wanted)
        return redirect("probes:detail", org=organisation.slug, uuid=probe.uuid)
    for name in ("label", "submission", "sweep"):
        wanted.pop(name)
    services.add_schedule(**who, every_h=every_h, **wanted)
    messages.success(request, "Scheduled; the first probe starts within a minute.")
    return redirect("probes:host", org=organisation.slug, uuid=host.uuid)


def _live(host: ProbeHost) -> dict[str, Any]:
    probes = selectors.probes(host.organisation).filter(host=host)
    return {"host": host, "probes": probes[:RECENT]}


def _token_once(request: HttpRequest, host: ProbeHost) -> str:
    kept = request.session.get(TOKEN_IN_SESSION)
    if kept is None or kept["host"] != str(host.uuid):
        return ""
    del request.session[TOKEN_IN_SESSION]
    return str(kept["token"])


@require_POST
@member_view(Role.EDITOR)
def host_renew(request: MemberRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Give the host another token."""
    host = _host(organisation, uuid)
    return _show_token(request, host, services.renew_token(host=host, actor=request.user))


@require_POST
@member_view(Role.EDITOR)
def host_remove(request: MemberRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Remove a host; its measurements stay."""
    host = services.remove_host(host=_host(organisation, uuid), actor=request.user)
    messages.success(request, f"The host “{host}” was removed; its measurements stay.")
    return redirect("probes:hosts", org=organisation.slug)


@require_POST
@member_view(Role.EDITOR)
def schedule_stop(request: MemberRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Ask no more."""
    rows = ProbeSchedule.objects.of(organisation).select_related("host")
    schedule = found_or_404(rows.filter(uuid=uuid))
    services.stop_schedule(schedule=schedule, actor=request.user)
    messages.success(request, f"Stopped: {schedule}.")
    return redirect("probes:host", org=organisation.slug, uuid=schedule.host.uuid)


@require_POST
@member_view(Role.EDITOR)
def alarm_accept(request: MemberRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Take the new figure as the baseline."""
    rows = DriftAlarm.objects.of(organisation).select_related("measurement__host")
    alarm = found_or_404(rows.filter(uuid=uuid))
    services.accept_drift(alarm=alarm, actor=request.user)
    messages.success(request, "Accepted: later measurements are compared with this one.")
    host = alarm.measurement.host
    if host is None or host.removed_at is not None:
        return redirect("probes:hosts", org=organisation.slug)
    return redirect("probes:host", org=organisation.slug, uuid=host.uuid)


@require_GET
@member_view(Role.VIEWER)
def compare(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Set two devices side by side, load by load."""
    devices = history.devices(organisation)
    chosen = [request.GET.get(name, "") for name in ("a", "b")]
    sides = [devices.get(key) for key in chosen]
    context = {
        "devices": devices,
        "chosen": chosen,
        "sides": sides,
        "unknown": [key for key in chosen if key and key not in devices],
        "rows": history.side_by_side(organisation, *chosen) if all(sides) else [],
    }
    return render_page(request, organisation, "probes/compare.html", context)


def _host(organisation: Organisation, uuid: UUID) -> ProbeHost:
    return found_or_404(
        selectors.hosts(organisation).select_related("organisation").filter(uuid=uuid)
    )


def found_or_404(rows: QuerySet[M]) -> M:
    row = rows.first()
    if row is None:
        raise Http404
    return row
