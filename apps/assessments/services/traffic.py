"""A deployment's traffic: from a trace of its requests to its means and their spread."""

from apps.accounts.models import User
from apps.assessments.models import Deployment
from apps.assessments.services import records


def upload_trace(
    *, deployment: Deployment, content: bytes, expected_version: int, actor: User | None
) -> Deployment:
    """Take the mean tokens of a trace as the deployment's own, and keep how they spread.

    Raises ``TraceRejected`` with each fault and its line, or ``StaleEdit`` if the row has moved on.
    """
    from apps.assessments.traffic import read_trace  # brings pandas

    read = read_trace(content)
    deployment.tokens_in = read.tokens_in["mean"]
    deployment.tokens_out = read.tokens_out["mean"]
    deployment.traffic = read.to_dict()
    return records.update(record=deployment, expected_version=expected_version, actor=actor)
