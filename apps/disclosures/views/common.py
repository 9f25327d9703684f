"""What the pages of reports share."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header, http_date

from apps.accounts.models import Organisation, Role
from apps.assessments import selectors as assessments
from apps.assessments.models import Assessment
from apps.disclosures import exports, selectors, services
from apps.disclosures.models import EvidenceFile, Snapshot, Status

INLINE = ("application/pdf", "application/json", "text/markdown")


def find_assessment(organisation: Organisation, slug: str) -> Assessment:
    """An assessment of the organisation, or 404."""
    try:
        return assessments.assessment(organisation, slug)
    except Assessment.DoesNotExist as error:
        raise Http404 from error


def find_snapshot(organisation: Organisation, slug: str, number: int) -> Snapshot:
    """A snapshot of the organisation, or 404."""
    try:
        return selectors.snapshot(organisation, slug, number)
    except Snapshot.DoesNotExist as error:
        raise Http404 from error


def report_of(snapshot: Snapshot) -> dict[str, Any]:
    """What the web templates print of a snapshot."""
    from apps.disclosures.report.page import open_report, report_context

    return report_context(open_report(snapshot.content, snapshot.edition))


def page_of(
    request: HttpRequest,
    assessment: Assessment,
    template: str,
    shown: dict[str, Any],
    *,
    failed: bool = False,
) -> HttpResponse:
    """Render one of the pages around an assessment's report; one whose form has errors is 422."""
    member = request.membership  # type: ignore[attr-defined]  # set by member_view
    common = {
        "organisation": assessment.organisation,
        "section": "assessments",
        "assessment": assessment,
        "may_edit": member.may(Role.EDITOR),
        "may_review": member.may(Role.REVIEWER),
        "may_own": member.may(Role.OWNER),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    return render(request, f"disclosures/{template}.html", common | shown, status=status)


def download(snapshot: Snapshot, name: str) -> HttpResponse:
    """Answer with a file of a report; whoever has it already is told so by its hash."""
    try:
        content = services.file_of(snapshot=snapshot, name=name)
    except KeyError as error:
        raise Http404 from error
    return attached(snapshot, name, content)


def attached(snapshot: Snapshot, name: str, content: bytes) -> HttpResponse:
    """The answer that holds a file."""
    media = exports.media_type(name)
    stem, _, ending = name.rpartition(".")
    state = "" if snapshot.status == Status.PUBLISHED else f"-{snapshot.status}"
    kind = "" if stem == "report" else f"-{stem}"
    file = f"{snapshot.assessment.slug}-{snapshot.number}{kind}{state}.{ending}"
    place = "inline" if media in INLINE else "attachment"
    headers = {
        "Content-Disposition": f'{place}; filename="{file}"',
        "Last-Modified": http_date((snapshot.published_at or snapshot.created_at).timestamp()),
        "X-Content-SHA256": snapshot.sha256,
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(
        content,
        content_type=f"{media}; charset=utf-8" if media.startswith("text/") else media,
        headers=headers,
    )


def evidence_answer(row: EvidenceFile) -> HttpResponse:
    """A file of evidence as a download, never shown in the site's own pages."""
    with row.file.open("rb") as file:
        content = file.read()
    headers = {
        "Content-Disposition": content_disposition_header(
            as_attachment=True, filename=row.file_name
        )
        or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
