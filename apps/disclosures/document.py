"""The snapshot's document: everything that a report says, gathered once from the records."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from apps.assessments import services as assessments
from apps.assessments.inventory.records import Records, read
from apps.assessments.models import Assessment
from apps.assessments.published import PublishedComparison, compare
from apps.disclosures.analysis import analysis
from apps.disclosures.canonical import plain
from apps.disclosures.evidence import evidence
from apps.disclosures.models import Disclosure, EvidenceFile
from apps.disclosures.report import language
from apps.factors.models import Source
from lca.engine import Inventory, to_document

SCHEMA = "ai-footprint-disclosure/1.0"
INTERNAL = {
    "id",
    "organisation",
    "assessment",
    "system",
    "release",
    "created_at",
    "updated_at",
    "version",
}


def build(
    assessment: Assessment, *, uuid: UUID, number: int, frozen_at: datetime
) -> dict[str, Any]:
    """Evaluate an assessment and write down its inputs, inventory, result and sources.

    Raises
    ------
    EngineError
        If the inventory cannot be assessed.
    """
    evaluation = assessments.evaluate(assessment)
    records = read(assessment)
    release, said = assessment.release, particulars(assessment)
    document = {
        "schema": SCHEMA,
        "meta": {
            "uuid": uuid,
            "number": number,
            "slug": assessment.slug,
            "title": assessment.title,
            "frozen_at": frozen_at,
            "language": language.TAGS[said["language"]],
            "engine": evaluation.result["engine"],
        },
        "organisation": {
            "uuid": assessment.organisation.uuid,
            "name": assessment.organisation.name,
        },
        "system": fields(assessment.system),
        "goal_and_scope": _scope(assessment, records),
        "disclosure": said,
        "evidence_files": [_evidence_file(row) for row in assessment.evidence_files.all()],
        **_rows(records),
        **evidence(assessment, records, evaluation),
        "inventory": to_document(evaluation.inventory),
        "result": evaluation.result,
        "per_use": _per_use(evaluation),
        **analysis(assessment, evaluation.inventory, evaluation.result),
        "missing": evaluation.missing,
        "published_figures": [_published(row) for row in compare(assessment, evaluation.result)],
        "sources": sources(evaluation.inventory, Source.objects.filter(release=release)),
        "factor_release": {
            "label": release.label,
            "published_on": release.published_on,
            "sha256": release.sha256,
        },
    }
    frozen: dict[str, Any] = plain(document)
    return frozen


def with_publication(frozen: Mapping[str, Any], publication: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a published report: what was frozen, and its publication."""
    published: dict[str, Any] = plain({**frozen, "publication": publication})
    return published


def without_publication(document: Mapping[str, Any]) -> dict[str, Any]:
    """What was frozen, reviewed and approved; its hash is ``publication.signed_sha256``."""
    return {key: value for key, value in document.items() if key != "publication"}


def particulars(assessment: Assessment) -> dict[str, Any]:
    """What is said besides figures, with the logo as PNG in base64."""
    row = Disclosure.objects.filter(assessment=assessment).first() or Disclosure(
        assessment=assessment
    )
    found = {key: value for key, value in fields(row).items() if key not in {"uuid", "logo"}}
    return {**found, "logo_png": _logo(row)}


def _logo(row: Disclosure) -> str:
    if not row.logo:
        return ""
    with row.logo.open("rb") as file:
        return b64encode(file.read()).decode()


def _evidence_file(row: EvidenceFile) -> dict[str, Any]:
    kept = fields(row)
    return {key: kept[key] for key in kept if key != "file"}


def fields(row: models.Model) -> dict[str, Any]:
    """A row's own columns; ``None`` stays: it says *not declared*."""
    return {
        field.name: getattr(row, field.attname)
        for field in row._meta.concrete_fields  # noqa: SLF001  # Django's public name for it
        if field.name not in INTERNAL and not field.is_relation
    }


def _scope(assessment: Assessment, records: Records) -> dict[str, Any]:
    declarations = records.declarations.values()
    return {
        **{
            key: value
            for key, value in fields(assessment).items()
            if key not in {"slug", "title", "uuid"}
        },
        "stages": [
            {"stage": row.stage, "status": row.status, "justification": row.justification}
            for row in sorted(declarations, key=lambda row: row.pk)
        ],
    }


def _rows(records: Records) -> dict[str, Any]:
    return {
        "sites": [
            {**fields(row), "zone_name": records.entry_name("zone", row.zone)}
            for row in records.sites.values()
        ],
        "hardware": [
            {**fields(row), "accelerator_name": records.entry_name("accelerator", row.accelerator)}
            for row in records.hardware.values()
        ],
        "runs": [{**_placed(row, records), "stage": row.stage.value} for row in records.runs],
        "upstream": [fields(row) for row in records.upstream],
        "deployments": [_deployment(row, records) for row in records.deployments],
    }


def _deployment(row: Any, records: Records) -> dict[str, Any]:
    """A deployment with the requests of its period; of a trace its spread, not its requests one by one."""
    return {
        **_placed(row, records),
        "requests": row.answered if row.requests is None else row.requests,
        "traffic": {key: value for key, value in row.traffic.items() if key != "sample"},
        "measurement": _measurement(row),
    }


def _placed(row: Any, records: Records) -> dict[str, Any]:
    machine = records.hardware.get(row.hardware_id)
    return {
        **fields(row),
        "site": records.sites[row.site_id].name,
        "hardware": machine.name if machine else None,
    }


def _measurement(row: Any) -> dict[str, Any] | None:
    probe = row.measurement
    return fields(probe) if isinstance(probe, models.Model) else None


def _per_use(evaluation: Any) -> dict[str, Any]:
    """Figures with the inventories they come from, so that they too can be recomputed."""
    inventories = {
        name: to_document(inventory)
        for name in ("marginal", "fully_loaded")
        if (inventory := getattr(evaluation.uses, name)) is not None
    }
    return {**evaluation.per_use, "inventories": inventories}


def _published(row: PublishedComparison) -> dict[str, Any]:
    """A figure published earlier beside the computed one, both in ``unit``."""
    figure = row.figure
    return {
        **fields(figure),
        "run": figure.run.name if figure.run else None,
        "value": row.published,
        "unit": row.unit,
        "computed": row.computed,
        "difference": row.difference,
        "is_within": row.is_within,
    }


def sources(inventory: Inventory, library: Iterable[Source]) -> list[dict[str, Any]]:
    """Number every source that a parameter names, in order of first use, with its address and licence."""
    known = {source.citation: source for source in library}
    numbered: dict[str, dict[str, Any]] = {}
    for parameter in inventory.parameters:
        text = parameter.source or "Measured; see the parameter's evidence"
        row = numbered.setdefault(text, _source(len(numbered) + 1, text, known))
        row["parameters"].append(parameter.name)
    return list(numbered.values())


def _source(number: int, text: str, known: Mapping[str, Source]) -> dict[str, Any]:
    citation, _, _ = text.rpartition(" (")
    source = known.get(citation)
    return {
        "number": number,
        "text": text,
        "url": source.url if source else "",
        "licence": source.licence if source else "",
        "retrieval": source.get_retrieval_display() if source else "",
        "parameters": [],
    }
