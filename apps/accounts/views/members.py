"""Who belongs to the organisation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import mail, selectors, services
from apps.accounts.access import MemberRequest, member_view
from apps.accounts.errors import DomainError
from apps.accounts.forms import InvitationForm, RoleForm
from apps.accounts.models import Organisation, Role
from apps.accounts.views.refusals import blame


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER, write=Role.OWNER)
def members(request: MemberRequest, organisation: Organisation) -> HttpResponse:
    """List members and open invitations; invite another person."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _invite(request, organisation, form)
        except DomainError as error:
            blame(form, error)
    return _page(request, organisation, form)


def _invite(
    request: MemberRequest, organisation: Organisation, form: InvitationForm
) -> HttpResponse:
    data = form.cleaned_data
    found, secret = services.invite_member(
        actor=request.membership, email=data["email"], role=data["role"]
    )
    link = request.build_absolute_uri(reverse("accounts:invitation", args=[secret]))
    if not mail.send_invitation(found, link):
        messages.error(
            request, "The mail server did not take the letter. Pass the link on yourself."
        )
    elif mail.is_delivered():
        messages.success(request, f"The invitation is on its way to {found.email}.")
        return redirect("organisation:members", organisation.slug)
    return _page(request, organisation, InvitationForm(), link=link)


def _page(
    request: MemberRequest, organisation: Organisation, form: InvitationForm, link: str = ""
) -> HttpResponse:
    context = {
        "section": "members",
        "form": form,
        "link": link,
        "roles": Role.choices,
        "is_owner": request.membership.may(Role.OWNER),
        "members": selectors.members(organisation),
        "invitations": selectors.open_invitations(organisation),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/members.html", context, status=status)


@require_POST
@member_view(write=Role.OWNER)
def change_role(request: MemberRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Give a member another role."""
    member = get_object_or_404(organisation.memberships.select_related("user"), pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles.")
        return redirect("organisation:members", organisation.slug)
    try:
        services.change_role(
            actor=request.membership, member=member, role=form.cleaned_data["role"]
        )
        messages.success(request, f"{member.user} is now {member.get_role_display().lower()}.")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("organisation:members", organisation.slug)


@require_POST
@member_view(write=Role.VIEWER)
def remove(request: MemberRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Remove a member, or leave."""
    member = get_object_or_404(organisation.memberships.select_related("user"), pk=pk)
    try:
        services.remove_member(actor=request.membership, member=member)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("organisation:members", organisation.slug)
    if member.user == request.user:
        messages.success(request, f"You have left {organisation}.")
        return redirect("accounts:home")
    messages.success(request, f"{member.user} is no longer a member.")
    return redirect("organisation:members", organisation.slug)


@require_POST
@member_view(write=Role.OWNER)
def withdraw(request: MemberRequest, organisation: Organisation, uuid: str) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(organisation.invitations, uuid=uuid)
    services.withdraw_invitation(actor=request.membership, invitation=invitation)
    messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
    return redirect("organisation:members", organisation.slug)
