"""Pages of recorded runs: sending a file, what became of it, and taking it back."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.ingest import selectors, services
from apps.ingest.forms import DeclareForm, UploadForm
from apps.ingest.models import Upload
from apps.ingest.views.columns import is_table
from apps.ingest.views.common import page_of

PAGE_ROWS = 25


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def ledger(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Show what is recorded of each system, and take a file."""
    posted = request.method == "POST"
    form = UploadForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        organisation=organisation,
    )
    if posted and form.is_valid():
        received = _receive(request, form)
        if received is not None:
            return redirect(received)
    page = Paginator(selectors.uploads(organisation), PAGE_ROWS).get_page(request.GET.get("page"))
    shown = {
        "form": form,
        "page": page,
        "totals": selectors.totals(organisation),
        "is_stale": selectors.sums_are_stale(organisation),
    }
    return page_of(request, organisation, "ingest/ledger", shown, failed=bool(form.errors))


def _receive(request: HttpRequest, form: UploadForm) -> Upload | None:
    given = form.cleaned_data
    try:
        return services.receive(
            system=given["system"],
            file=given["file"],
            name=given["file"].name,
            asked_format=given["asked_format"],
            mapping=given["mapping"].document if given.get("mapping") else None,
            is_preview=given["is_preview"],
            actor=request.user,  # type: ignore[arg-type]  # member_view lets only members through
        )
    except DomainError as error:
        form.add_error("file", error.message)
        return None


@require_GET
@member_view(Role.VIEWER)
def upload(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Show how far a file has been read and what it held; htmx gets the changing part alone."""
    row = _upload(organisation, uuid)
    is_fragment = bool(request.htmx)  # type: ignore[attr-defined]  # its middleware attaches it
    shown = {
        "upload": row,
        "refused": row.refused.all()[:100],
        "runs": row.runs.order_by("line", "pk")[:100] if not row.is_open else (),
        "may_map": row.state in {"held", "refused"} and is_table(row),
    }
    return page_of(
        request, organisation, "ingest/_upload" if is_fragment else "ingest/upload", shown
    )


@require_GET
@member_view(Role.VIEWER)
def evidence(
    request: HttpRequest,  # noqa: ARG001  Django's signature
    organisation: Organisation,
    uuid: UUID,
) -> FileResponse:
    """Give a file back as it was sent, as an attachment."""
    row = _upload(organisation, uuid)
    response = FileResponse(row.file.open("rb"), as_attachment=True, filename=row.file_name)
    response["Content-Type"] = "application/octet-stream"
    return response


@require_POST
@member_view(Role.EDITOR)
def undo(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Take the runs of a file out of the ledger."""
    row = _upload(organisation, uuid)
    try:
        services.undo(upload=row, actor=request.user)  # type: ignore[arg-type]  # member_view lets only members through
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"The runs of {row} are taken out. The file is kept.")
    return redirect(row)


@require_POST
@member_view(Role.EDITOR)
def decide(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Take a file that was looked at in, or put it aside."""
    row = _upload(organisation, uuid)
    act = services.take_in if request.POST.get("what") == "take" else services.discard
    try:
        act(upload=row, actor=request.user)  # type: ignore[arg-type]  # member_view lets only members through
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(row)


@require_GET
@member_view(Role.VIEWER)
def connect(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Tell what to configure so that programs send their runs by themselves."""
    shown = {
        "systems": selectors.systems(organisation),
        "experiments": selectors.experiments(organisation),
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return page_of(request, organisation, "ingest/connect", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def declare(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Let the recorded runs of a system enter one of its assessments."""
    system = get_object_or_404(selectors.systems(organisation), slug=slug)
    form = DeclareForm(request.POST if request.method == "POST" else None, system=system)
    if request.method == "POST" and form.is_valid() and _declare(request, form):
        assessment = form.cleaned_data["site"].assessment
        return redirect("assessments:workbench", organisation.slug, assessment.slug)
    shown = {"form": form, "system": system}
    return page_of(request, organisation, "ingest/declare", shown, failed=bool(form.errors))


def _declare(request: HttpRequest, form: DeclareForm) -> bool:
    try:
        runs = services.declare(**form.cleaned_data, actor=request.user)  # type: ignore[arg-type]  # member_view lets only members through
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    n = sum(run.runs_count for run in runs)
    messages.success(request, f"{n:,} recorded runs are declared in {len(runs)} rows.")
    return True


def _upload(organisation: Organisation, uuid: UUID) -> Upload:
    return get_object_or_404(selectors.uploads(organisation), uuid=uuid)
