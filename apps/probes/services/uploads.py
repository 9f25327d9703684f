"""Documents of ``lca.measure`` sent from elsewhere: a run, a sweep with its runs, or a server under load."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.accounts.models import Organisation, User
from apps.accounts.services import record_event
from apps.probes.errors import InvalidMeasurement
from apps.probes.models import Measurement, ServedMeasurement
from apps.probes.services.measurements import (
    check_schema,
    common_columns,
    document_sha256,
    interval,
    record_measurement,
)
from lca.measure.endpoint.results import check_results
from lca.measure.errors import InvalidDocument


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a document brought: one run, the runs of a sweep, or a served measurement; and what a sweep did not measure."""

    runs: list[Measurement]
    served: ServedMeasurement | None = None
    unmeasured: list[dict[str, Any]]
    is_sweep: bool = False


@transaction.atomic
def record_document(
    *,
    organisation: Organisation,
    actor: User | None,
    document: Mapping[str, Any],
    label: str = "",
) -> Recorded:
    """Store a document of any kind; what is stored already stays as it is. Of a sweep all runs are stored, or none."""
    who: dict[str, Any] = {"organisation": organisation, "actor": actor, "label": label}
    kind = str(document.get("schema", "") if isinstance(document, Mapping) else "")
    if kind.startswith("cradle-sweep/"):
        return _record_sweep(document, who)
    if kind.startswith("cradle-endpoint/"):
        return Recorded(runs=[], served=record_served(document=document, **who), unmeasured=[])
    return Recorded(runs=[record_measurement(document=document, **who)], unmeasured=[])


def _record_sweep(document: Mapping[str, Any], who: Mapping[str, Any]) -> Recorded:
    check_schema(document, "sweep")
    runs = document.get("documents", [])
    missing = [point for point in document["points"] if point["status"] != "measured"]
    expected = len(document["points"]) - len(missing)
    if len(runs) != expected:
        msg = (
            f"The sweep measured {expected} points and brings {len(runs)} documents. Send what "
            "`python -m lca.measure profile --bundle FILE` writes."
        )
        raise InvalidMeasurement(msg, field="document")
    stored = [_record_run(number, run, who) for number, run in enumerate(runs)]
    return Recorded(runs=stored, unmeasured=missing, is_sweep=True)


def _record_run(number: int, run: Mapping[str, Any], who: Mapping[str, Any]) -> Measurement:
    try:
        return record_measurement(document=run, **who)
    except InvalidMeasurement as error:
        msg = f"documents/{number}: {error.message}"
        raise InvalidMeasurement(msg, field="document") from error


@transaction.atomic
def record_served(
    *, organisation: Organisation, actor: User | None, document: Mapping[str, Any], label: str = ""
) -> ServedMeasurement:
    """Store a document about a server; the same document again returns the row that is there."""
    check_schema(document, "endpoint")
    try:
        check_results(document)
    except (InvalidDocument, OverflowError) as error:
        raise InvalidMeasurement(str(error), field="document") from error
    served, created = ServedMeasurement.objects.get_or_create(
        organisation=organisation,
        sha256=document_sha256(document),
        defaults={"document": dict(document), **_columns(document, label)},
    )
    if created:
        record_event(organisation, actor, "recorded", served)
    return served


def _columns(document: Mapping[str, Any], label: str) -> dict[str, Any]:
    asked, results = document["request"], document["results"]
    device = document["environment"]["device"]["name"]
    return {
        **common_columns(document),
        "label": (label or f"{asked['model']} served on {device or 'unnamed device'}")[:150],
        "model_name": asked["model"],
        "concurrency": asked["concurrency"],
        "requests": results["requests"],
        "error_share": results["error_share"],
        **interval("j_per_request", results["joules_per_request"]),
        **interval("j_per_output_token", results["joules_per_output_token"]),
    }
