"""Forms of an assessment: few fields first, each further one narrows the interval."""

from apps.assessments.forms.fields import Options, RecordForm
from apps.assessments.forms.records import (
    ContractForm,
    DeploymentForm,
    HardwareForm,
    RunForm,
    ScopeForm,
    SiteForm,
    StageForm,
    SystemForm,
    UpstreamForm,
)
from apps.assessments.forms.series import SeriesForm
from apps.assessments.forms.source import SourceForm
from apps.assessments.forms.start import StartForm
from apps.assessments.forms.trace import TraceForm

__all__ = [
    "ContractForm",
    "DeploymentForm",
    "HardwareForm",
    "Options",
    "RecordForm",
    "RunForm",
    "ScopeForm",
    "SeriesForm",
    "SiteForm",
    "SourceForm",
    "StageForm",
    "StartForm",
    "SystemForm",
    "TraceForm",
    "UpstreamForm",
]
