"""Fitting the profile to an organisation's own measurements, beside the published ones that it starts from."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.accounts.services import record_event
from apps.probes.errors import NothingToFit, TooManyProbes
from apps.probes.models import FitState, FittedProfile, Measurement
from lca.measure.errors import MeasureError
from lca.measure.profiles.documents import Measured, measured_of
from lca.measure.profiles.errors import unseen_errors
from lca.measure.profiles.fit import shipped, to_document
from lca.measure.profiles.fitting import digest_of, fit
from lca.measure.profiles.table import read
from lca.queue import enqueue

log = structlog.get_logger(__name__)
MOST = 1_000
LOST_AFTER = timedelta(minutes=30)


@transaction.atomic
def request_fit(
    *,
    organisation: Organisation,
    actor: User | None,
    label: str = "",
    with_modelled: bool = False,
) -> FittedProfile:
    """Have the profile fitted to the organisation's measurements; modelled ones only ``with_modelled``.

    Raises
    ------
    NothingToFit
        If no measurement is of an accelerator that profiles know: the reason for each is in the message.
    TooManyProbes
        If a fit is still being made.
    """
    mine = FittedProfile.objects.of(organisation)
    if mine.filter(state=FitState.FITTING, created_at__gt=timezone.now() - LOST_AFTER).exists():
        raise TooManyProbes("A fit is being made. Wait for it, then start this one.")
    chosen, left_out = _usable(organisation, with_modelled=with_modelled)
    if not chosen:
        reasons = sorted({each["reason"] for each in left_out})[:3]
        said = " ".join(reasons) or "There is none."
        msg = f"No measurement can be fitted. {said}"
        raise NothingToFit(msg)
    made = FittedProfile.objects.create(
        organisation=organisation,
        label=label or f"Fit of {timezone.now():%-d %B %Y}",
        with_modelled=with_modelled,
        left_out=left_out,
        own_rows=len(chosen),
        starts_from=f"{shipped().source} ({shipped().table})",
    )
    made.measurements.set(chosen)
    record_event(organisation, actor, "requested", made)
    enqueue("probes.fit", made.pk)
    return made


def _usable(
    organisation: Organisation, *, with_modelled: bool
) -> tuple[list[Measurement], list[dict[str, str]]]:
    """Return the newest measurements that a fit takes, and those that it does not, each with the reason."""
    chosen, left_out = [], []
    for row in Measurement.objects.of(organisation)[:MOST]:
        try:
            measured_of([("It", row.document)], with_modelled=with_modelled)
            chosen.append(row)
        except (MeasureError, KeyError, TypeError, ValueError) as error:
            reason = str(error).removeprefix("It: ").removesuffix(" Name it with --measured-on.")
            left_out.append({"uuid": str(row.uuid), "label": row.label, "reason": reason})
    return chosen, left_out


def give_up_fits(now: datetime) -> None:
    """Fail fits whose worker was lost; a fit takes seconds."""
    said = "The worker was lost while fitting. Start it again."
    FittedProfile.objects.filter(state=FitState.FITTING, created_at__lt=now - LOST_AFTER).update(
        state=FitState.FAILED, message=said, updated_at=now
    )


def run_fit(*, fit_id: int, now: datetime | None = None) -> None:
    """Make a fit that was asked for; do nothing if it is made already."""
    made = FittedProfile.objects.filter(pk=fit_id, state=FitState.FITTING).first()
    if made is None:
        return
    rows = FittedProfile.objects.filter(pk=fit_id, state=FitState.FITTING)
    try:
        values = _fitted(made)
    except MeasureError as error:
        rows.update(state=FitState.FAILED, message=str(error))
        return
    except Exception:  # whatever it is, the fit must not hang
        log.exception("fit.errored", fit=str(made.uuid))
        said = "The fit stopped for a reason it did not expect; the server's log has it."
        rows.update(state=FitState.FAILED, message=said)
        raise
    rows.update(state=FitState.READY, fitted_at=now or timezone.now(), **values)


def _fitted(made: FittedProfile) -> dict[str, Any]:
    measured = _measured(made)
    path = Path(settings.BASE_DIR) / "fixtures" / "profiles" / "text.csv"
    own = f"{made.own_rows} measurements of {made.organisation}"
    if made.with_modelled:
        own += ", modelled ones among them"
    result = fit(read(path), measured, source=f"{shipped().source}; {own}", digest=digest_of(path))
    return {
        "rows": result.rows,
        "document": to_document(result),
        "error": float(np.median(unseen_errors(result, measured))),
        "error_before": float(np.median(unseen_errors(shipped(), measured))),
    }


def _measured(made: FittedProfile) -> Measured:
    rows = made.measurements.order_by("id")
    return measured_of(
        [(row.label, row.document) for row in rows], with_modelled=made.with_modelled
    )
