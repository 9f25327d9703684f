"""An organisation's first page, and the three questions that start an assessment."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.assessments import selectors, services
from apps.assessments.forms import StartForm
from apps.assessments.models import Assessment
from apps.factors import selectors as factors

CARDS_PER_PAGE = 10


@require_safe
@member_view()
def dashboard(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Show the organisation's assessments with their headline totals."""
    page = Paginator(selectors.assessments(organisation), CARDS_PER_PAGE).get_page(
        request.GET.get("page", 1)
    )
    context = {
        "organisation": organisation,
        "section": "overview",
        "page": page,
        "cards": [
            {"assessment": assessment, **services.headline(assessment=assessment)}
            for assessment in page
        ],
        "may_edit": request.membership.may(Role.EDITOR),  # type: ignore[attr-defined]  # member_view attaches it
        "demo": selectors.demo_for(request.user, organisation),  # type: ignore[arg-type]  # member_view has signed them in
    }
    return render(request, "assessments/dashboard.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.EDITOR)
def start(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Ask three questions and start an assessment with the answers."""
    try:
        release = factors.current_release()
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("assessments:dashboard", org=organisation.slug)
    form = StartForm(request.POST or None, release=release)
    if request.method == "POST" and form.is_valid():
        assessment = _start(form, request, organisation)
        if assessment is not None:
            return redirect("assessments:workbench", org=organisation.slug, slug=assessment.slug)
    context = {
        "organisation": organisation,
        "section": "assessments",
        "form": form,
        "lists": selectors.catalogue_lists(release, ("accelerator", "zone")),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "assessments/start.html", context, status=status)


def _start(form: StartForm, request: HttpRequest, organisation: Organisation) -> Assessment | None:
    answers = form.cleaned_data
    try:
        return services.start_assessment(
            organisation=organisation,
            actor=request.user,  # type: ignore[arg-type]  # member_view has signed them in
            system_name=answers["system_name"],
            accelerator=answers["accelerator"],
            gpu_hours=answers["gpu_hours"],
            zone=answers["zone"],
            uuid=answers["token"],
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return None
