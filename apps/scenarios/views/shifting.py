"""The page of where and when: schedules of a job over hourly intensities that somebody gives."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from apps.accounts.access import member_view
from apps.accounts.models import Organisation, Role
from apps.scenarios import drawings, presentation, services
from apps.scenarios.forms.shifting import EXAMPLE, ShiftForm
from apps.scenarios.views.common import REFUSALS, assessment_of, page


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Role.VIEWER)
def timing(request: HttpRequest, organisation: Organisation, slug: str) -> HttpResponse:
    """Plan the job that is asked; nothing that is sent is kept."""
    assessment = assessment_of(organisation, slug)
    if request.method != "POST":
        return page(request, assessment, "timing", {"form": ShiftForm(initial=EXAMPLE)})
    form = ShiftForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, assessment, "timing", {"form": form}, status=422)
    try:
        found = services.shifted(assessment=assessment, known=form.known, shift=form.shift)
    except REFUSALS as error:
        return page(request, assessment, "timing", {"form": form, "problem": str(error)}, status=422)  # fmt: skip
    shown = {
        "form": form,
        "found": found,
        "schedules": drawings.of_schedules(found),
        "ratio": presentation.ratio_that_could_be_known(found),
    }
    return page(request, assessment, "timing", shown)
