"""Reading scenarios."""

from django.db.models import QuerySet

from apps.accounts.models import Organisation
from apps.assessments.models import Assessment
from apps.scenarios.models import Scenario


def scenarios(organisation: Organisation) -> QuerySet[Scenario]:
    """Scenarios of an organisation."""
    return Scenario.objects.of(organisation).select_related("assessment", "organisation")


def of_assessment(assessment: Assessment) -> QuerySet[Scenario]:
    """Scenarios of one assessment, in the order in which they were made."""
    return Scenario.objects.of(assessment.organisation).filter(assessment=assessment)
