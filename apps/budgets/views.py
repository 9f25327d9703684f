"""Pages of budgets: where each stands, its history, and whom to tell."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import services as accounts
from apps.accounts.access import member_view
from apps.accounts.errors import DomainError, StaleEdit
from apps.accounts.models import Organisation, Role
from apps.budgets import selectors, services
from apps.budgets.forms import BudgetForm, WebhookForm
from apps.budgets.models import Budget
from apps.ingest import selectors as ingest
from apps.ingest.views.common import page_of
from lca.engine import EngineError

PAGE_ROWS = 25


@require_GET
@member_view(Role.VIEWER)
def overview(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Show every budget and what its newest check came to."""
    budgets = selectors.budgets(organisation)
    latest = {row.budget_id: row for row in selectors.latest_checks(budgets)}
    rows = [{"budget": budget, "check": latest.get(budget.pk)} for budget in budgets]
    systems = {budget.system for budget in budgets}
    shown = {"rows": rows, "systems": sorted(systems, key=lambda s: s.name)}
    return page_of(request, organisation, "budgets/list", shown)


@require_GET
@member_view(Role.VIEWER)
def budget(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Show one budget with the history of its checks."""
    row = _budget(organisation, uuid)
    page = Paginator(row.checks.all(), PAGE_ROWS).get_page(request.GET.get("page"))
    return page_of(request, organisation, "budgets/budget", {"budget": row, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.EDITOR)
def edit(
    request: HttpRequest, organisation: Organisation, uuid: UUID | None = None
) -> HttpResponse:
    """Declare a budget, or change one."""
    row = _budget(organisation, uuid) if uuid else None
    data = request.POST if request.method == "POST" else None
    form = BudgetForm(data, instance=row, organisation=organisation)
    if form.is_bound and form.is_valid() and _save(request, form, is_new=row is None):
        return redirect("budgets:list", organisation.slug)
    shown = {"form": form, "budget": row, "systems": ingest.systems(organisation)}
    return page_of(request, organisation, "budgets/edit", shown, failed=bool(form.errors))


def _save(request: HttpRequest, form: BudgetForm, *, is_new: bool) -> bool:
    who: Any = request.user
    try:
        if is_new:
            made = form.save()
            accounts.record_event(made.organisation, who, "created", made)
        else:
            expected = form.cleaned_data["version"] or form.instance.version
            accounts.save_versioned(form.instance, expected, actor=who)
    except StaleEdit as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, f"“{form.instance}” is kept.")
    return True


@require_POST
@member_view(Role.EDITOR)
def delete(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Take a budget and its history away."""
    row = _budget(organisation, uuid)
    accounts.record_event(organisation, request.user, "deleted", row)  # type: ignore[arg-type]  # member_view lets only members through
    row.delete()
    messages.success(request, f"“{row}” is deleted.")
    return redirect("budgets:list", organisation.slug)


@require_POST
@member_view(Role.EDITOR)
def check(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Check the budgets of a system now."""
    system = get_object_or_404(ingest.systems(organisation), slug=slug)
    try:
        services.check(system=system)
    except EngineError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The budgets of {system} are checked.")
    return redirect("budgets:list", organisation.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.EDITOR)
def webhooks(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Show the addresses that are told and what was sent; add one."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    made = None
    if form.is_bound and form.is_valid():
        try:
            made = services.add_webhook(
                organisation=organisation,
                url=form.cleaned_data["url"],
                actor=request.user,  # type: ignore[arg-type]  # member_view lets only members through
            )
        except DomainError as error:
            form.add_error("url", error.message)
    page = Paginator(selectors.deliveries(organisation), PAGE_ROWS)
    shown = {
        "form": WebhookForm() if made else form,
        "made": made,
        "webhooks": selectors.webhooks(organisation),
        "page": page.get_page(request.GET.get("page")),
    }
    return page_of(request, organisation, "budgets/webhooks", shown, failed=bool(form.errors))


@require_POST
@member_view(Role.EDITOR)
def test_webhook(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Send a message to see whether it arrives."""
    services.send_test(get_object_or_404(selectors.webhooks(organisation), uuid=uuid))
    messages.success(request, "A test is on its way. Load the page again to see what was answered.")
    return redirect("budgets:webhooks", organisation.slug)


@require_POST
@member_view(Role.EDITOR)
def remove_webhook(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Stop telling an address."""
    row = get_object_or_404(selectors.webhooks(organisation), uuid=uuid)
    accounts.record_event(organisation, request.user, "deleted", row)  # type: ignore[arg-type]  # member_view lets only members through
    row.delete()
    messages.success(request, f"{row} is not told any more.")
    return redirect("budgets:webhooks", organisation.slug)


def _budget(organisation: Organisation, uuid: UUID) -> Budget:
    return get_object_or_404(selectors.budgets(organisation), uuid=uuid)
