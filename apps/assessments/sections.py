"""The sections of the workbench: which records each holds, and the words around them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.assessments import forms
from apps.assessments.forms import RecordForm
from apps.assessments.models import (
    AISystem,
    Assessment,
    ComputeRun,
    Contract,
    Deployment,
    Hardware,
    Part,
    Site,
    StageDeclaration,
    UpstreamModel,
)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One kind of record: its form, its name in addresses, and what the page says about it."""

    key: str
    title: str
    singular: str
    form: type[RecordForm]
    model: type[AISystem | Assessment | Part]
    intro: str = ""
    empty: str = ""
    can_add: bool = True
    joins: tuple[str, ...] = ()

    def rows(self, assessment: Assessment) -> QuerySet[Any]:
        """Records of this kind that belong to the assessment."""
        rows: QuerySet[Any] = self.model.objects.select_related(*self.joins)
        if self.model is AISystem:
            return rows.filter(pk=assessment.system_id)
        if self.model is Assessment:
            return rows.filter(pk=assessment.pk)
        return rows.filter(assessment=assessment).order_by("pk")

    def blank(self, assessment: Assessment) -> Any:
        """Make a record to fill in."""
        make: Any = self.model
        return make(organisation=assessment.organisation, assessment=assessment)


SCOPE = Section(
    key="scope",
    title="Goal and functional unit",
    singular="goal and functional unit",
    form=forms.ScopeForm,
    model=Assessment,
    can_add=False,
)
SYSTEM = Section(
    key="system",
    title="AI system",
    singular="AI system",
    form=forms.SystemForm,
    model=AISystem,
    can_add=False,
)
STAGES = Section(
    key="stages",
    title="Stages",
    singular="stage",
    form=forms.StageForm,
    model=StageDeclaration,
    can_add=False,
)
SITES = Section(
    key="sites",
    title="Sites",
    singular="site",
    form=forms.SiteForm,
    model=Site,
    intro="Where computing happens. The zone gives carbon and water of the electricity; your own "
    "PUE and WUE replace the defaults and narrow the interval.",
    empty="No site yet. Runs and deployments need one.",
)
CONTRACTS = Section(
    key="contracts",
    title="Electricity contracts",
    singular="contract",
    form=forms.ContractForm,
    model=Contract,
    joins=("site",),
    intro="What the market-based figure rests on: tariffs, purchase agreements and certificates, each with the share "
    "of the site's consumption that it covers. The location-based figure does not change.",
    empty="None declared. Without one, and without a residual mix, there is no market-based figure.",
)
HARDWARE = Section(
    key="hardware",
    title="Hardware",
    singular="hardware",
    form=forms.HardwareForm,
    model=Hardware,
    intro="What the work runs on and wears out. Power turns GPU-hours into energy; lifetime and "
    "utilisation share out what making the hardware cost.",
    empty="No hardware yet. Without it neither modelled energy nor embodied impact is known.",
)
RUNS = Section(
    key="runs",
    title="Compute runs",
    singular="run",
    form=forms.RunForm,
    model=ComputeRun,
    joins=("site", "hardware"),
    intro="Everything computed before release: final training and fine-tuning count as training, all "
    "else as development. Give GPU-hours, energy, or both; measured energy narrows the interval most.",
    empty="No run yet: development and training are not declared.",
)
UPSTREAM = Section(
    key="upstream",
    title="Upstream models",
    singular="upstream model",
    form=forms.UpstreamForm,
    model=UpstreamModel,
    intro="A model that this one was made from, and the share of its burden that it inherits.",
    empty="None declared. A model trained from scratch has none.",
)
DEPLOYMENTS = Section(
    key="deployments",
    title="Deployments",
    singular="deployment",
    form=forms.DeploymentForm,
    model=Deployment,
    joins=("site", "hardware", "measurement", "fitted"),
    intro="The system at work: requests, tokens, and the energy of a token, which you know, a probe "
    "has measured, or the number of parameters lets us model.",
    empty="No deployment yet: inference is not declared, and per-use figures need one.",
)
SECTIONS = {
    section.key: section
    for section in (SCOPE, SYSTEM, STAGES, SITES, CONTRACTS, HARDWARE, RUNS, UPSTREAM, DEPLOYMENTS)
}
LISTED = (SITES, CONTRACTS, HARDWARE, RUNS, UPSTREAM, DEPLOYMENTS)
