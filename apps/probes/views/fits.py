"""Pages of profiles fitted on an organisation's measurements."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.accounts.access import MemberRequest, member_view
from apps.accounts.errors import DomainError
from apps.accounts.models import Organisation, Role
from apps.probes import selectors, services
from apps.probes.forms import FitForm
from apps.probes.views.probes import render_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def fit_list(request: MemberRequest, organisation: Organisation) -> HttpResponse:
    """List fits, and start one."""
    form = FitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.request_fit(organisation=organisation, actor=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Being fitted; it takes about half a minute.")
            return redirect("probes:fits", org=organisation.slug)
    context = {"form": form, "fits": selectors.fits(organisation)}
    status = 422 if form.errors else 200
    return render_page(request, organisation, "probes/fits.html", context, status=status)
