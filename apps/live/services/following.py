"""Services that are followed, and the valuation that holds for one now."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.addresses import target
from apps.accounts.errors import DomainError
from apps.accounts.models import User
from apps.accounts.services import record_event
from apps.assessments.models import AISystem, Deployment
from apps.live.models import LiveService, Valuation
from apps.live.valuation import document_of

HOLDS_FOR = timedelta(minutes=1)


@transaction.atomic
def follow(
    *,
    system: AISystem,
    name: str,
    deployment: Deployment | None,
    metrics_url: str,
    actor: User | None,
) -> LiveService:
    """Begin to follow a service.

    Raises
    ------
    DomainError
        If the system has one of this name, or the deployment is another system's.
    AddressRefused
        If its metrics must not be fetched from that address.
    """
    if deployment and deployment.assessment.system_id != system.pk:
        msg = f"{deployment} is a deployment of another system."
        raise DomainError(msg, field="deployment")
    if metrics_url:
        target(
            metrics_url,
            field="metrics_url",
            allows_http=True,
            may_be_private=settings.METRICS_ALLOW_PRIVATE,
        )
    made, is_new = LiveService.objects.get_or_create(
        system=system,
        name=name,
        defaults={
            "organisation": system.organisation,
            "deployment": deployment,
            "metrics_url": metrics_url,
        },
    )
    if not is_new:
        msg = f"{system} has a service named “{name}” already."
        raise DomainError(msg, field="name")
    record_event(system.organisation, actor, "created", made)
    return made


@transaction.atomic
def forget(*, service: LiveService, actor: User | None) -> None:
    """Stop following a service and delete what was counted."""
    record_event(service.organisation, actor, "deleted", service)
    service.delete()


@transaction.atomic
def value_anew(*, service: LiveService, deployment: Deployment | None, actor: User | None) -> None:
    """Value what arrives from now on by another deployment; hours that were valued stay as they are.

    Raises
    ------
    DomainError
        If the deployment is another system's.
    """
    if deployment and deployment.assessment.system_id != service.system_id:
        msg = f"{deployment} is a deployment of another system."
        raise DomainError(msg, field="deployment")
    service.deployment = deployment
    service.save(update_fields=["deployment", "updated_at"])
    valuation_of(service, timezone.now(), is_new=True)
    record_event(service.organisation, actor, "updated", service)


def valuation_of(service: LiveService, now: datetime, *, is_new: bool = False) -> Valuation:
    """The valuation that holds; made again a minute after it was last looked at, kept where nothing changed."""
    last = Valuation.objects.filter(service=service).order_by("-pk").first()
    if last and not is_new and now - last.checked_at < HOLDS_FOR:
        return last
    document = document_of(service.deployment)
    if last and last.document == document:
        last.checked_at = now
        last.save(update_fields=["checked_at"])
        return last
    return Valuation.objects.create(service=service, checked_at=now, document=document)
