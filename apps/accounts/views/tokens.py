"""Keys for programs, and the audit log."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import selectors, services
from apps.accounts.access import MemberRequest, member_view
from apps.accounts.errors import DomainError
from apps.accounts.forms import TokenForm
from apps.accounts.models import Organisation, Role

EVENTS_PER_PAGE = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.EDITOR)
def tokens(request: MemberRequest, organisation: Organisation) -> HttpResponse:
    """List tokens; issue one, whose secret this page shows once."""
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _, secret = services.issue_token(actor=request.membership, **form.cleaned_data)
        form = TokenForm()
    context = {
        "section": "members",
        "form": form,
        "secret": secret,
        "is_owner": request.membership.may(Role.OWNER),
        "tokens": selectors.tokens(organisation),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/tokens.html", context, status=status)


@require_POST
@member_view(write=Role.EDITOR)
def revoke(request: MemberRequest, organisation: Organisation, uuid: str) -> HttpResponse:
    """Make a token useless."""
    token = get_object_or_404(selectors.tokens(organisation), uuid=uuid)
    try:
        services.revoke_token(token=token, actor=request.membership)
        messages.success(request, f"The token “{token.name}” no longer works.")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("organisation:tokens", organisation.slug)


@require_safe
@member_view(Role.REVIEWER)
def audit_log(request: MemberRequest, organisation: Organisation) -> HttpResponse:
    """Show who did what, latest first."""
    pages = Paginator(selectors.events(organisation), EVENTS_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "accounts/audit_log.html", {"section": "members", "page": page})
