"""Adding, changing and deleting the rows of an assessment, by htmx or by an ordinary form."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import member_view
from apps.accounts.errors import DomainError, StaleEdit
from apps.accounts.models import Organisation, Role
from apps.assessments import services
from apps.assessments.forms import RecordForm
from apps.assessments.models import Part
from apps.assessments.sections import Section
from apps.assessments.standins import stand_ins
from apps.assessments.views.page import Desk, figures, open_desk, panel_figures, work

READ_AND_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_AND_WRITE)
@member_view(Role.VIEWER)
def edit(
    request: HttpRequest, organisation: Organisation, slug: str, section: Section, uuid: UUID
) -> HttpResponse:
    """Show or save the form of one row."""
    desk = open_desk(request, organisation, slug)
    record = _record(desk, section, uuid)
    form = _form(desk, section, record)
    if request.method != "POST":
        return _form_page(desk, section, form)
    status = _save(form, request)
    if request.htmx:  # type: ignore[attr-defined]  # its middleware attaches it
        return _answer_edit(desk, section, form, status)
    if status == HTTPStatus.OK:
        messages.success(request, f"Saved “{record}”.")
        return redirect(_place(desk, section))
    return _form_page(desk, section, form, status)


@require_http_methods(READ_AND_WRITE)
@member_view(Role.EDITOR)
def new(
    request: HttpRequest, organisation: Organisation, slug: str, section: Section
) -> HttpResponse:
    """Show or save the form of a new row."""
    desk = open_desk(request, organisation, slug)
    if not section.can_add:
        raise Http404
    form = _form(desk, section, section.blank(desk.assessment))
    if request.method != "POST":
        return _form_page(desk, section, form)
    if not _create(form, request):
        return _form_page(desk, section, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.htmx:  # type: ignore[attr-defined]  # its middleware attaches it
        return _whole_column(request, organisation, slug, str(form.record.uuid))
    messages.success(request, f"Added “{form.record}”.")
    return redirect(_place(desk, section))


@require_POST
@member_view(Role.EDITOR)
def delete(
    request: HttpRequest, organisation: Organisation, slug: str, section: Section, uuid: UUID
) -> HttpResponse:
    """Delete one row, unless another still points at it."""
    desk = open_desk(request, organisation, slug)
    if not section.can_add:
        raise Http404
    record = _record(desk, section, uuid)
    try:
        services.delete(record=record, actor=request.user)  # type: ignore[arg-type]  # member_view has signed them in
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Deleted “{record}”.")
    if request.htmx:  # type: ignore[attr-defined]  # its middleware attaches it
        return _whole_column(request, organisation, slug)
    return redirect(_place(desk, section))


def _record(desk: Desk, section: Section, uuid: UUID) -> Any:
    """One row, which shares the desk's assessment so that nothing reads it again."""
    record = get_object_or_404(section.rows(desk.assessment), uuid=uuid)
    if isinstance(record, Part):
        record.assessment, record.organisation = desk.assessment, desk.assessment.organisation
    return record


def _form(desk: Desk, section: Section, record: Any) -> RecordForm:
    key = record.uuid.hex[:12] if record.pk else f"new_{section.key}"
    posted = desk.request.POST if desk.request.method == "POST" else None
    form = section.form(posted, instance=record, options=desk.options, auto_id=f"id_{key}_%s")
    form.element_key = key
    form.stand_ins = stand_ins(record) if isinstance(record, Part) else {}
    if not desk.may_edit:
        for field in form.fields.values():
            field.disabled = True
    return form


def _create(form: RecordForm, request: HttpRequest) -> bool:
    if not form.is_valid():
        return False
    try:
        form.instance = services.create(record=form.record, actor=request.user)  # type: ignore[arg-type]  # member_view has signed them in
    except (DomainError, ValidationError) as error:
        _blame(form, error)
        return False
    return True


def _save(form: RecordForm, request: HttpRequest) -> int:
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    expected = form.cleaned_data.get("version") or 0
    try:
        services.update(record=form.record, expected_version=expected, actor=request.user)  # type: ignore[arg-type]  # member_view has signed them in
    except (DomainError, ValidationError) as error:
        _blame(form, error)
        return getattr(error, "status", HTTPStatus.UNPROCESSABLE_ENTITY)
    return HTTPStatus.OK


def _blame(form: RecordForm, error: DomainError | ValidationError) -> None:
    """Put an error at its field; what others changed is said at each field they changed."""
    if isinstance(error, ValidationError):
        form.add_error(None, error)
        return
    field = error.field if error.field in form.fields and error.field != "version" else None
    form.add_error(field, ValidationError(error.message, code=error.code))
    for change in getattr(error, "changes", ()) if isinstance(error, StaleEdit) else ():
        if change.field in form.fields:
            text = "not declared" if change.after in {None, ""} else f"“{change.after}”"
            form.add_error(change.field, ValidationError(f"Is now {text}.", code="stale"))


def _answer_edit(desk: Desk, section: Section, form: RecordForm, status: int) -> HttpResponse:
    """Answer an edit with what changed on the page: the messages, the row's line, the result."""
    shown = panel_figures(desk.assessment) if status == HTTPStatus.OK else {}
    return desk.render(
        "_saved",
        status=status,
        kind=section,
        form=form,
        row=form.record,
        saved=status == HTTPStatus.OK,
        **shown,
    )


def _whole_column(
    request: HttpRequest, organisation: Organisation, slug: str, opened: str = ""
) -> HttpResponse:
    """Draw the column of work again, since a new or deleted row shows in several places."""
    desk = open_desk(request, organisation, slug)
    return desk.render("_work_and_panel", **work(desk, opened), **figures(desk.assessment))


def _form_page(
    desk: Desk, section: Section, form: RecordForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    shown: dict[str, Any] = {"kind": section, "form": form, "row": form.record}
    if desk.request.htmx:  # type: ignore[attr-defined]  # its middleware attaches it
        response = desk.render("_form", status=status, **shown)
        if status != HTTPStatus.OK:
            response["HX-Retarget"] = f"#form_new_{section.key}"
            response["HX-Reswap"] = "outerHTML"
        return response
    shown |= {"lists": desk.lists()} | figures(desk.assessment)
    return desk.render("record", status=status, **shown)


def _place(desk: Desk, section: Section) -> str:
    """Address of the section on the workbench."""
    assessment = desk.assessment
    address = reverse("assessments:workbench", args=[assessment.organisation.slug, assessment.slug])
    anchor = "scope" if section.key in {"system", "stages"} else section.key
    return f"{address}#{anchor}"
