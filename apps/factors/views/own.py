"""An organisation's own factors: list, add, edit, delete, and the evidence as a download."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import MemberRequest, member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.factors import downloads, selectors, services
from apps.factors.errors import NoRelease
from apps.factors.forms import OwnFactorForm
from apps.factors.models import Factor, OwnFactor

READ_AND_WRITE = ["GET", "HEAD", "POST"]
PER_PAGE = 100
PREFILLED = ("kind", "key", "indicator")


@require_safe
@member_view(Role.VIEWER)
def listing(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """The organisation's factors."""
    search = request.GET.get("q", "").replace("\0", "")[:100]
    found = selectors.own_factors(organisation, search)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"section": "factors", "page": page, "search": search}
    return render(request, "factors/own/listing.html", context)


@never_cache
@require_http_methods(READ_AND_WRITE)
@member_view(Role.EDITOR)
def new(request: MemberRequest, organisation: Organisation) -> HttpResponse:
    """Add a factor; ``?kind=zone&key=FR&indicator=gwp_location`` fills in what it is for."""
    start = {name: request.GET.get(name, "").replace("\0", "")[:80] for name in PREFILLED}
    blank = OwnFactor(organisation=organisation, **start)
    form = OwnFactorForm(request.POST or None, request.FILES or None, instance=blank)
    form.initial["key"] = start["key"]
    if request.method == "POST" and _save(form, request):
        messages.success(request, f"Added “{form.instance}”.")
        return redirect(form.instance)
    return _page(request, form)


@never_cache
@require_http_methods(READ_AND_WRITE)
@member_view(Role.VIEWER)
def detail(request: MemberRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Show a factor beside its rivals; an editor changes it here."""
    factor = get_object_or_404(selectors.own_factors(organisation), uuid=uuid)
    form = OwnFactorForm(
        request.POST or None, request.FILES or None, instance=factor, label_suffix=""
    )
    if request.method == "POST" and _save(form, request):
        messages.success(request, f"Saved “{form.instance}”.")
        return redirect(form.instance)
    return _page(request, form)


@require_POST
@member_view(write=Role.EDITOR)
def delete(request: MemberRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Delete a factor that nothing uses."""
    factor = get_object_or_404(selectors.own_factors(organisation), uuid=uuid)
    try:
        services.remove(factor=factor, actor=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(factor)
    messages.success(request, f"Deleted “{factor}”.")
    return redirect("own_factors:listing", organisation.slug)


@never_cache
@require_safe
@member_view(Role.VIEWER)
def evidence(
    request: MemberRequest,  # noqa: ARG001  # Django's signature
    organisation: Organisation,
    uuid: UUID,
) -> HttpResponse:
    """The evidence, as a download: never shown in the site's own pages."""
    return downloads.evidence_of(get_object_or_404(selectors.own_factors(organisation), uuid=uuid))


def _save(form: OwnFactorForm, request: MemberRequest) -> bool:
    """Save the row and its evidence, both or neither; what is wrong lands in the form."""
    if not form.is_valid():
        return False
    factor, file = form.instance, form.cleaned_data["file"]
    try:
        with transaction.atomic():
            if factor.pk:
                expected = form.cleaned_data["version"] or 0
                services.change(factor=factor, expected_version=expected, actor=request.user)
            else:
                form.instance = factor = services.add(factor=factor, actor=request.user)
            if file:
                services.attach(
                    factor=factor,
                    file=file,
                    name=file.name,
                    expected_version=factor.version,
                    actor=request.user,
                )
    except (DomainError, ValidationError) as error:
        _blame(form, error)
        return False
    return True


def _blame(form: OwnFactorForm, error: DomainError | ValidationError) -> None:
    """Put an error at its field."""
    places = {"kind": "measures", "indicator": "measures", "evidence": "file"}
    if isinstance(error, DomainError):
        field = places.get(error.field or "", error.field)
        form.add_error(
            field if field in form.fields and field != "version" else None, error.message
        )
        return
    for name, texts in error.message_dict.items():
        field = places.get(name, name)
        for text in texts:
            form.add_error(field if field in form.fields else None, text)


def _page(request: MemberRequest, form: OwnFactorForm) -> HttpResponse:
    factor = form.instance
    exists = OwnFactor.objects.of(request.organisation).filter(uuid=factor.uuid).first()
    may_edit = request.membership.may(Role.EDITOR)
    if not may_edit:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "section": "factors",
        "form": form,
        "factor": exists,
        "may_edit": may_edit,
        "rivals": _rivals(exists),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "factors/own/detail.html", context, status=status)


def _rivals(factor: OwnFactor | None) -> list[Factor | OwnFactor]:
    if factor is None:
        return []
    try:
        release = selectors.current_release()
    except NoRelease:
        return []
    return selectors.rivals(release, factor.organisation, factor.kind, factor.key, factor.indicator)
