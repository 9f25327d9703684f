"""Reading scenarios and roadmaps."""

from django.db.models import QuerySet

from apps.accounts.models import Organisation
from apps.assessments.models import Assessment
from apps.scenarios.models import Roadmap, RoutingStudy, Scenario


def scenarios(organisation: Organisation) -> QuerySet[Scenario]:
    """Scenarios of an organisation."""
    return Scenario.objects.of(organisation).select_related("assessment", "organisation")


def of_assessment(assessment: Assessment) -> QuerySet[Scenario]:
    """Scenarios of one assessment, in the order in which they were made."""
    return Scenario.objects.of(assessment.organisation).filter(assessment=assessment)


def roadmap_for(assessment: Assessment) -> Roadmap | None:
    """The roadmap of an assessment's system, with its baseline; none where nobody made one."""
    rows = Roadmap.objects.of(assessment.organisation).filter(system=assessment.system_id)
    return rows.select_related("baseline__release", "baseline__organisation", "system").first()


def zones_of(assessment: Assessment) -> list[str]:
    """The electricity zones of an assessment's sites, each once."""
    return list(dict.fromkeys(site.zone for site in assessment.sites.order_by("pk") if site.zone))


def routing_studies(assessment: Assessment) -> QuerySet[RoutingStudy]:
    """Studies of routing of one assessment, newest first, without what they found."""
    rows = RoutingStudy.objects.of(assessment.organisation).filter(assessment=assessment)
    return rows.select_related("assessment", "organisation").defer("result")
