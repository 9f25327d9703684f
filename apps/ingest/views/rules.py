"""Rules that label runs: what they would change, and applying them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import member_view
from apps.accounts.models import Organisation, Role
from apps.ingest import selectors, services
from apps.ingest.forms import RuleForm
from apps.ingest.models import Rule
from apps.ingest.views.common import page_of


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def rules(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Show the rules in their order, with how many runs each would change now; add one."""
    posted = request.method == "POST"
    form = RuleForm(request.POST if posted else None, instance=Rule(organisation=organisation))
    if posted and form.is_valid():
        made = form.save()
        messages.success(request, f"“{made}” is kept. It labels runs as they arrive.")
        return redirect("ingest:rules", organisation.slug)
    rows = selectors.runs(organisation)
    known = [
        {"rule": rule, "n": services.met_by(rule, rows)} for rule in Rule.objects.of(organisation)
    ]
    shown = {"form": form, "rules": known}
    return page_of(request, organisation, "ingest/rules", shown, failed=bool(form.errors))


@require_POST
@member_view(Role.EDITOR)
def delete_rule(request: HttpRequest, organisation: Organisation, uuid: UUID) -> HttpResponse:
    """Take a rule away; labels that it gave stay."""
    row = get_object_or_404(Rule.objects.of(organisation), uuid=uuid)
    row.delete()
    messages.success(request, f"“{row}” is deleted. Labels that it gave stay.")
    return redirect("ingest:rules", organisation.slug)


@member_view(Role.EDITOR)
@require_POST
def sort_now(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Apply the rules to what is in the ledger."""
    n = services.sort_ledger(
        organisation=organisation,
        rows=selectors.runs(organisation),
        actor=request.user,  # type: ignore[arg-type]  # member_view lets only members through
    )
    messages.success(request, f"{n:,} labels given.")
    return redirect("ingest:rules", organisation.slug)
