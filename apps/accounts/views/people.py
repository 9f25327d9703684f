"""One's own organisations, and joining one."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import selectors, services
from apps.accounts.errors import DomainError
from apps.accounts.forms import OrganisationForm, SignUpForm
from apps.accounts.models import Invitation, User
from apps.accounts.views.refusals import blame

BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the visitor's account and organisations."""
    members = selectors.memberships(cast("User", request.user))
    return render(request, "accounts/home.html", {"members": members})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_organisation(request: HttpRequest) -> HttpResponse:
    """Create an organisation and become its owner."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisation = services.create_organisation(
                actor=cast("User", request.user), name=form.cleaned_data["name"]
            )
        except DomainError as error:
            blame(form, error)
        else:
            return redirect("organisation:members", organisation.slug)
    status = 422 if form.errors else 200
    return render(request, "accounts/new_organisation.html", {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Show an invitation, and let the person it is for accept it."""
    found = selectors.open_invitation(secret)
    if found is None:
        return render(request, "accounts/invitation_gone.html", status=404)
    if request.user.is_authenticated:
        return _join(request, found)
    if selectors.has_account(found.email):
        return render(request, "accounts/invitation.html", {"invitation": found})
    return _sign_up(request, found)


def _join(request: HttpRequest, found: Invitation) -> HttpResponse:
    user = cast("User", request.user)
    is_mine = user.email == found.email
    if request.method == "POST" and is_mine:
        services.accept_invitation(invitation=found, user=user)
        messages.success(request, f"You are now a member of {found.organisation}.")
        return redirect("assessments:dashboard", found.organisation.slug)
    context = {"invitation": found, "is_mine": is_mine}
    status = 403 if request.method == "POST" else 200
    return render(request, "accounts/invitation.html", context, status=status)


def _sign_up(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = SignUpForm(request.POST or None, email=found.email)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = services.sign_up(invitation=found, name=data["name"], password=data["password"])
        except DomainError as error:
            blame(form, error)
        else:
            login(request, user, backend=BACKEND)
            return redirect("assessments:dashboard", found.organisation.slug)
    context = {"invitation": found, "form": form}
    status = 422 if form.errors else 200
    return render(request, "accounts/sign_up.html", context, status=status)
