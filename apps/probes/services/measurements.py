"""Recording a measurement: checked against its schema and its own windows, stored once."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import rfc8785
from django.db import transaction
from django.utils.dateparse import parse_datetime
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from apps.accounts.models import Organisation, User
from apps.accounts.services import record_event
from apps.probes.errors import InvalidMeasurement
from apps.probes.models import Boundary, Measurement, Provenance
from lca.measure.document import check_results, schema
from lca.measure.errors import InvalidDocument


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema(kind), format_checker=FormatChecker())


def check_document(document: Mapping[str, Any]) -> None:
    """Refuse a document that breaks the schema or whose results do not follow from its windows."""
    check_schema(document, "measurement")
    try:
        check_results(document)
    except (InvalidDocument, OverflowError) as failure:
        raise InvalidMeasurement(str(failure), field="document") from failure


def check_schema(document: Mapping[str, Any], kind: str) -> None:
    """Refuse a document that breaks the schema of its kind, or that the database could not hold."""
    error = best_match(_validator(kind).iter_errors(document))
    if error is not None:
        where = "/".join(str(part) for part in error.absolute_path) or "the document"
        msg = f"{where}: {error.message[:300]}. Send the document as `python -m lca.measure` wrote it."
        raise InvalidMeasurement(msg, field="document")
    if r"\u0000" in json.dumps(document):
        msg = "The document holds a NUL character, which no measurement contains."
        raise InvalidMeasurement(msg, field="document")


def document_sha256(document: Mapping[str, Any]) -> str:
    """Return the hash of the document's canonical JSON."""
    try:
        return hashlib.sha256(rfc8785.dumps(dict(document))).hexdigest()
    except rfc8785.CanonicalizationError as error:
        msg = f"The document has no canonical JSON form: {error}."
        raise InvalidMeasurement(msg, field="document") from error


@transaction.atomic
def record_measurement(
    *,
    organisation: Organisation,
    actor: User | None,
    document: Mapping[str, Any],
    label: str = "",
    origin: Mapping[str, Any] | None = None,
) -> Measurement:
    """Store a measurement document; the same document again returns the row that is there.

    ``origin`` holds the columns that the server knows better than the document, where a host of the fleet sent it.
    """
    check_document(document)
    measurement, created = Measurement.objects.get_or_create(
        organisation=organisation,
        sha256=document_sha256(document),
        defaults={"document": dict(document), **_columns(document, label), **(origin or {})},
    )
    if created:
        record_event(organisation, actor, "recorded", measurement)
    return measurement


def _columns(document: Mapping[str, Any], label: str) -> dict[str, Any]:
    results = document["results"]
    device = document["environment"]["device"]["name"]
    name, precision = document["model"]["name"], document["model"]["precision"]
    return {
        **common_columns(document),
        "label": (label or f"{name} {precision} on {device or 'unnamed device'}")[:150],
        "model_name": name,
        "precision": precision,
        **interval("prefill_j_per_token", results["prefill"]["joules_per_token"]),
        **interval("decode_j_per_token", results["decode"]["joules_per_token"]),
    }


def common_columns(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that measurements of models and of servers share."""
    meter = document["meter"]
    node = meter["boundary"] in {"node", "rack"}
    return {
        "device": document["environment"]["device"]["name"],
        "meter": meter["name"],
        "boundary": Boundary.NODE if node else Boundary.ACCELERATOR,
        "is_modelled": meter["is_modelled"],
        "provenance": Provenance.MODELLED if meter["is_modelled"] else Provenance.MEASURED,
        "measured_at": _moment(document["created_at"]),
        "idle_w": document["results"]["idle_power"]["mean"],
    }


def interval(name: str, stat: Mapping[str, float]) -> dict[str, float]:
    """Return a figure's column and those of its interval."""
    return {name: stat["mean"], f"{name}_p05": stat["p05"], f"{name}_p95": stat["p95"]}


def _moment(text: str) -> datetime:
    """Read a date and time in a way that the database can hold: at no offset."""
    try:
        moment = parse_datetime(text)
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    msg = f"created_at is {text!r}; write a date and time with its offset, as in 2026-03-01T12:00:00+00:00."
    raise InvalidMeasurement(msg, field="document")
