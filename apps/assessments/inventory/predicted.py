"""Energy per token as a profile predicts it: from the system, the hardware and how it is served."""

import math

import attrs

from apps.assessments.inventory.draft import from_interval, supplied
from apps.assessments.inventory.records import Records
from apps.assessments.models import Deployment
from lca.engine import Parameter
from lca.measure.errors import DoesNotFit, InvalidDocument, InvalidRequest
from lca.measure.profiles.fit import Fit, from_document
from lca.measure.profiles.profile import Prediction, Request, predict


@attrs.frozen(kw_only=True)
class Missing:
    """Why there is no prediction, and what to declare."""

    reason: str
    remedy: str


def prediction(records: Records, row: Deployment) -> Prediction | Missing:
    """Predict a deployment's request, or say what it takes."""
    system, hardware = records.assessment.system, row.hardware
    active = system.params_active_b or system.params_total_b
    total = system.params_total_b or system.params_active_b
    needed = {
        "the system's parameters": total,
        "hardware with an accelerator": hardware.accelerator if hardware else "",
        "output tokens per request": row.tokens_out,
        "requests answered at once": row.batch_size,
        "precision of the weights": row.precision,
        "accelerators of one replica": row.accelerators,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing or total is None or active is None or hardware is None:
        return Missing(
            reason=f"The energy of {row.name} cannot be predicted without: {', '.join(missing)}.",
            remedy="Declare them, or choose another source of the energy per token.",
        )
    tokens_in = row.tokens_in or 0.0
    try:
        return predict(
            Request(
                params_total=total,
                params_active=active,
                gpu=hardware.accelerator,
                gpus=int(row.accelerators or 0),
                precision=row.precision,
                batch=math.ceil(row.batch_size or 0),
                input_tokens=tokens_in,
                output_tokens=row.tokens_out or 0.0,
                cached_tokens=tokens_in * (row.cached_share or 0.0),
            ),
            _fit(row),
        )
    except (InvalidRequest, DoesNotFit, InvalidDocument) as error:
        return Missing(
            reason=f"The energy of {row.name} cannot be predicted: {error}",
            remedy="Correct it, or choose another source of the energy per token.",
        )


def _fit(row: Deployment) -> Fit | None:
    """Return the fit that the deployment chose; ``None`` stands for the shipped one."""
    return from_document(row.fitted.document or {}) if row.fitted else None


def token_energy(found: Prediction, phase: str, tokens: float, name: str, label: str) -> Parameter:
    """Predicted joules per token of a phase, spread over all its tokens, cached ones included."""
    value, low, high = (energy / tokens for energy in getattr(found, phase))
    limits = "; ".join(found.extrapolates)
    return supplied(
        name,
        value,
        "J/token",
        label=label,
        symbol="e_token",
        provenance="modelled",
        distribution=from_interval(low, high),
        source=f"Profile: {found.source}" + (f". Extrapolates: {limits}" if limits else ""),
    )
