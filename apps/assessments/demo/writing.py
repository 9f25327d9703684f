"""Declaring a demo study through the services that forms and API use."""

from typing import Any, TypeVar

from apps.accounts.models import Organisation, User
from apps.assessments import services
from apps.assessments.models import (
    AISystem,
    Assessment,
    Part,
    StageDeclaration,
    StageStatus,
)
from lca.engine import Stage

P = TypeVar("P", bound=Part)


class Study:
    """One demo assessment being declared."""

    def __init__(self, organisation: Organisation, actor: User) -> None:
        self.organisation = organisation
        self.actor = actor
        self.assessment: Assessment

    def open(self, *, slug: str, title: str, system: dict[str, Any], scope: dict[str, Any]) -> None:
        """Make the system and its assessment, with goal and scope."""
        row = AISystem(organisation=self.organisation, slug=slug, **system)
        made = services.create(record=row, actor=self.actor)
        self.assessment = services.create_assessment(
            system=made, actor=self.actor, title=title, slug=slug
        )
        for field, value in scope.items():
            setattr(self.assessment, field, value)
        self._update(self.assessment)

    def add(self, model: type[P], **fields: Any) -> P:
        """Declare one row of the assessment."""
        row = model(organisation=self.organisation, assessment=self.assessment, **fields)
        return services.create(record=row, actor=self.actor)

    def exclude(self, stage: Stage, justification: str) -> None:
        """Leave a life-cycle stage out, with its reason."""
        declaration = StageDeclaration.objects.get(assessment=self.assessment, stage=stage)
        declaration.status, declaration.justification = StageStatus.EXCLUDED, justification
        self._update(declaration)

    def _update(self, record: Assessment | StageDeclaration) -> None:
        services.update(record=record, expected_version=record.version, actor=self.actor)
