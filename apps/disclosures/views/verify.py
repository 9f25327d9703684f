"""The public page that verifies a report: whether it is ours, unchanged, and whether its figures follow."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.accounts import throttle
from apps.disclosures.forms import VerifyForm
from apps.disclosures.verifying import Finding, examine
from lca.engine import EngineError

PER_ADDRESS = 30  # in a quarter of an hour
TOO_MANY = "Too many files were verified from your address. Wait a quarter of an hour, or run the command below."


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Take a report's PDF or JSON from anybody, and say what is known of it."""
    posted = request.method == "POST"
    form = VerifyForm(request.POST if posted else None, request.FILES if posted else None)
    finding = _finding(request, form) if posted and form.is_valid() else None
    shown = {"form": form, "finding": finding, "section": "verify"}
    return render(request, "disclosures/verify.html", shown, status=422 if form.errors else 200)


def _finding(request: HttpRequest, form: VerifyForm) -> Finding | None:
    if not throttle.allows("verify", request.META.get("REMOTE_ADDR", ""), PER_ADDRESS):
        form.add_error("file", TOO_MANY)
        return None
    try:
        return examine(form.cleaned_data["file"].read())
    except EngineError as error:
        form.add_error("file", f"This cannot be verified: {error}")
        return None
