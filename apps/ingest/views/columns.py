"""Naming the columns of a table, and the names that are kept."""

from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.ingest import mapping, selectors, services
from apps.ingest.errors import FileRejected
from apps.ingest.forms import ColumnsForm, guessed
from apps.ingest.models import ColumnMapping, Upload
from apps.ingest.unpacking import is_archive, table_of
from apps.ingest.views.common import page_of

MOST_SHOWN = 5_000_000


def is_table(upload: Upload) -> bool:
    """Whether a file, or the first sheet of it, has a heading and rows."""
    try:
        return bool(_sample(upload))
    except Http404:
        return False


def _sample(upload: Upload) -> tuple[list[str], list[list[str]]]:
    file = Path(upload.file.path)
    try:
        if upload.size > MOST_SHOWN and is_archive(file):  # it is unpacked while somebody waits
            raise Http404
        with table_of(file) as path:
            return mapping.sample(path)
    except (FileRejected, FileNotFoundError):
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.EDITOR)
def columns(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Choose which column of a file is what, and have it looked at by that."""
    upload = get_object_or_404(selectors.uploads(organisation), uuid=uuid)
    heading, rows = _sample(upload)
    posted = request.method == "POST"
    form = ColumnsForm(
        request.POST if posted else None, heading=heading, initial=_initial(upload, heading)
    )
    if posted and form.is_valid():
        try:
            _look_again(request, upload, form)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect(upload)
    shown = {"upload": upload, "form": form, "heading": heading, "rows": rows}
    return page_of(request, organisation, "ingest/columns", shown, failed=bool(form.errors))


def _initial(upload: Upload, heading: list[str]) -> dict[str, str]:
    """The columns that were named before, else what their names say."""
    if not upload.mapping:
        return guessed(heading)
    named = upload.mapping["columns"].items()
    return {
        **{field: item["column"] for field, item in named},
        **{f"{field}_unit": item["unit"] for field, item in named},
        **{name: upload.mapping[name] for name in ("decimal", "dates", "zone")},
    }


@transaction.atomic
def _look_again(request: HttpRequest, upload: Upload, form: ColumnsForm) -> None:
    document, name = form.cleaned_data["document"], form.cleaned_data["keep_as"]
    services.look_again(upload=upload, mapping=document, actor=request.user)  # type: ignore[arg-type]  # member_view lets only members through
    if name:
        ColumnMapping.objects.update_or_create(
            organisation=upload.organisation, name=name, defaults={"document": document}
        )
        messages.success(request, f"The columns are kept as “{name}”.")


@require_GET
@member_view(Role.VIEWER)
def mappings(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """List the columns that are kept."""
    rows = [
        {
            "mapping": row,
            "said": [
                (mapping.FIELDS[field], item["column"], item["unit"])
                for field, item in row.document["columns"].items()
            ],
        }
        for row in ColumnMapping.objects.of(organisation)
    ]
    return page_of(request, organisation, "ingest/mappings", {"rows": rows})


@require_POST
@member_view(Role.EDITOR)
def delete_mapping(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Forget kept columns; files that were read by them stay as they are."""
    row = get_object_or_404(ColumnMapping.objects.of(organisation), uuid=uuid)
    row.delete()
    messages.success(request, f"“{row}” is deleted. Files that were read by it stay as they are.")
    return redirect("ingest:mappings", organisation.slug)
