"""Pages of a report's particulars and of its evidence."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import MemberRequest, member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.disclosures import selectors, services
from apps.disclosures.forms import EvidenceForm, LogoForm, ParticularsForm
from apps.disclosures.models import EvidenceFile
from apps.disclosures.views.common import evidence_answer, find_assessment, page_of


@require_http_methods(["GET", "HEAD", "POST"])
@member_view()
def particulars(request: MemberRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Write what a report says besides figures."""
    assessment = find_assessment(organisation, slug)
    row = selectors.disclosure(assessment)
    form = ParticularsForm(request.POST if request.method == "POST" else None, instance=row)
    if form.is_bound and form.is_valid():
        expected = form.cleaned_data["version"] or row.version
        try:
            services.save_particulars(
                disclosure=form.instance, expected_version=expected, actor=request.user
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Kept. They are in the next snapshot.")
            return redirect("disclosures:particulars", organisation.slug, slug)
    shown = {"form": form, "row": row, "logo_form": LogoForm(auto_id="logo_%s")}
    return page_of(request, assessment, "particulars", shown, failed=bool(form.errors))


@require_POST
@member_view(write=Role.EDITOR)
def logo(request: MemberRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Keep a logo."""
    assessment = find_assessment(organisation, slug)
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "Nothing was kept: choose a file first.")
        return redirect("disclosures:particulars", organisation.slug, slug)
    try:
        row = selectors.disclosure(assessment)
        services.save_logo(disclosure=row, file=form.cleaned_data["logo"], actor=request.user)
        messages.success(request, "The logo is kept.")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("disclosures:particulars", organisation.slug, slug)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view()
def evidence(request: MemberRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """List the evidence of an assessment; add a file."""
    assessment = find_assessment(organisation, slug)
    posted = request.method == "POST"
    form = EvidenceForm(
        request.POST if posted else None, request.FILES if posted else None, assessment=assessment
    )
    if form.is_bound and form.is_valid():
        sent = form.cleaned_data["sent"]
        try:
            services.add_evidence(
                evidence=form.instance, file=sent, name=sent.name, actor=request.user
            )
        except DomainError as error:
            form.add_error("sent", error.message)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The file is kept, with its hash.")
            return redirect("disclosures:evidence", organisation.slug, slug)
    rows = assessment.evidence_files.select_related("added_by")
    return page_of(
        request, assessment, "evidence", {"form": form, "rows": rows}, failed=bool(form.errors)
    )


@require_safe
@member_view(Role.REVIEWER)
def evidence_file(
    request: HttpRequest,  # noqa: ARG001  # Django's signature
    organisation: Organisation,
    slug: str,
    uuid: UUID,
) -> HttpResponse:
    """Download a file of evidence: never shown in the site's own pages."""
    row = _evidence(organisation, slug, uuid)
    return evidence_answer(row)


@require_POST
@member_view(write=Role.EDITOR)
def remove_evidence(
    request: MemberRequest, organisation: Organisation, slug: str, uuid: UUID
) -> HttpResponse:
    """Delete a file that no submitted report lists."""
    row = _evidence(organisation, slug, uuid)
    try:
        services.remove_evidence(evidence=row, actor=request.user)
        messages.success(request, f"“{row}” is deleted.")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("disclosures:evidence", organisation.slug, slug)


def _evidence(organisation: Organisation, slug: str, uuid: UUID) -> EvidenceFile:
    rows = EvidenceFile.objects.of(organisation).filter(assessment__slug=slug)
    return get_object_or_404(rows, uuid=uuid)
