"""Pages of probes and their measurements."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.probes import findings, selectors, services
from apps.probes.forms import ProbeForm
from apps.probes.models import Measurement, ProbeRequest

PAGE_ROWS = 25


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def probe_list(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """List probes and start a new one."""
    form = ProbeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        probe = _start(request, organisation, form)
        if probe is not None:
            return redirect("probes:detail", org=organisation.slug, uuid=probe.uuid)
    page = Paginator(selectors.probes(organisation), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "measurements": selectors.measurements(organisation).defer("document")[:PAGE_ROWS],
        "missing": selectors.missing_packages(),
        "command": selectors.INSTALL_COMMAND,
        "alarms": selectors.alarms(organisation).count(),
    }
    status = 422 if form.errors else 200
    return render_page(request, organisation, "probes/list.html", context, status=status)


def _start(
    request: HttpRequest, organisation: Organisation, form: ProbeForm
) -> ProbeRequest | None:
    try:
        return services.request_probe(
            organisation=organisation,
            actor=request.user,  # type: ignore[arg-type]  # member_view lets only members through
            **form.cleaned_data,
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return None


@require_GET
@member_view(Role.VIEWER)
def findings_page(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Show what precision and batch do to energy, from own and published measurements."""
    context = {
        "own": findings.own(organisation),
        "published": findings.published(),
        "source": findings.SOURCE,
    }
    return render_page(request, organisation, "probes/findings.html", context)


@require_GET
@member_view(Role.VIEWER)
def probe_detail(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Show a probe as it runs, and its result; htmx gets the changing part alone."""
    template = "probes/_live.html" if is_fragment(request) else "probes/detail.html"
    return render_page(request, organisation, template, _shown(_probe(organisation, uuid)))


def _shown(probe: ProbeRequest) -> dict[str, Any]:
    runs = probe.runs.defer("document").order_by("id") if probe.sweep else []
    return {"probe": probe, "measurement": probe.measurement, "runs": runs}


@require_POST
@member_view(Role.EDITOR)
def probe_cancel(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Call a probe off, and show it."""
    probe = _probe(organisation, uuid)
    problem = ""
    try:
        services.cancel(request=probe, actor=request.user)  # type: ignore[arg-type]  # member_view lets only members through
    except DomainError as error:
        problem = error.message
    if not is_fragment(request) and not problem:
        return redirect("probes:detail", org=organisation.slug, uuid=probe.uuid)
    template = "probes/_live.html" if is_fragment(request) else "probes/detail.html"
    context = {**_shown(probe), "problem": problem}
    return render_page(request, organisation, template, context, status=409 if problem else 200)


@require_GET
@member_view(Role.VIEWER)
def measurement_detail(
    request: HttpRequest, organisation: Organisation, uuid: UUID
) -> HttpResponse:
    """Show one measurement with its raw windows."""
    context = {"measurement": _measurement(organisation, uuid)}
    return render_page(request, organisation, "probes/measurement.html", context)


@require_GET
@member_view(Role.VIEWER)
def measurement_document(
    request: HttpRequest,  # noqa: ARG001  Django's signature
    organisation: Organisation,
    uuid: UUID,
) -> HttpResponse:
    """Hand out the measurement document as it was recorded."""
    measurement = _measurement(organisation, uuid)
    name = f"measurement-{measurement.sha256[:12]}.json"
    return JsonResponse(
        measurement.document,
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def is_fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _probe(organisation: Organisation, uuid: UUID) -> ProbeRequest:
    probe = selectors.probe(organisation, uuid)
    if probe is None:
        raise Http404
    return probe


def _measurement(organisation: Organisation, uuid: UUID) -> Measurement:
    measurement = selectors.measurements(organisation).filter(uuid=uuid).first()
    if measurement is None:
        raise Http404
    return measurement


def render_page(
    request: HttpRequest,
    organisation: Organisation,
    template: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    may_edit = request.membership.may(Role.EDITOR)  # type: ignore[attr-defined]  # set by member_view
    common = {"organisation": organisation, "section": "probes", "may_edit": may_edit}
    return render(request, template, common | context, status=status)
