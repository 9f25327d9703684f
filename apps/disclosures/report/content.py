"""What a report says, worked out from the snapshot's document alone."""

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts.presentation import STAGES
from apps.assessments.median import why_median
from apps.disclosures import exports
from apps.disclosures.canonical import sha256
from apps.disclosures.models import Edition
from apps.disclosures.publication import HEADLINES
from apps.disclosures.report import language, more_tables, qr, tables, wording
from apps.disclosures.report.glossary import TERMS
from apps.disclosures.report.sections import CATEGORIES, HEADLINE, SECTIONS, SHORT
from lca.engine import from_document

Json = Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Report:
    """A document with what its page and its PDF print."""

    document: dict[str, Any]
    content: bytes
    edition: Edition

    @property
    def sha256(self) -> str:
        return sha256(self.content)

    @property
    def meta(self) -> Json:
        meta: Json = self.document["meta"]
        return meta

    @property
    def result(self) -> Json:
        result: Json = self.document["result"]
        return result

    @property
    def frozen_at(self) -> datetime:
        return datetime.fromisoformat(self.meta["frozen_at"])

    @property
    def signed_sha256(self) -> str:
        """Hash of what was reviewed and approved: the document without its publication."""
        publication = self.document.get("publication")
        return publication["signed_sha256"] if publication else self.sha256

    @property
    def title(self) -> str:
        return f"{self.document['system']['name']}: {_('life-cycle report')}"

    @property
    def language(self) -> str:
        """Code of the language that the report is set in, as Django names it."""
        return language.of(self.document)

    @property
    def language_tag(self) -> str:
        """The same for ``lang`` attributes."""
        return language.tag(self.document)

    def context(self) -> dict[str, Any]:
        """Everything the templates print, by section."""
        document = self.document
        return {
            "report": self,
            "sections": self.sections(),
            "doc": document,
            "meta": self.meta,
            "system": document["system"],
            "scope": document["goal_and_scope"],
            "edition": self.edition,
            "sentences": wording.sentences(document),
            "statement": wording.statement(document),
            "conclusion": wording.conclusion(document),
            "review": wording.review_of(document),
            "publication": document.get("publication"),
            "particulars": document.get("disclosure") or {},
            "categories": self.categories(),
            "headline": self.headline(),
            "uses": self.uses(),
            "stages": tables.stages(document),
            "activities": tables.activities(document),
            "water": tables.water(document),
            "inventory": tables.inventory(document),
            "reconciliation": document["published_figures"],
            "sensitivity": tables.sensitivity(document),
            "parameters": tables.parameters(document),
            "formulas": tables.formulas(document),
            "gaps": tables.gaps(document),
            "components": more_tables.components(document),
            "electricity_rows": more_tables.electricity(document),
            "use_parts": more_tables.use_parts(document),
            "scopes": more_tables.scopes(document),
            "rated": more_tables.rated(document),
            "score_names": more_tables.SCORES,
            "versions": more_tables.versions(document),
            "crosswalk": more_tables.crosswalk(document),
            "checks": more_tables.checks(document),
            **tables.roadmap(document),
            "glossary": [(_(word), _(meaning)) for word, meaning in TERMS],
            "headline_keys": HEADLINES,
            "rung_keys": ("electricity", "gwp_location", "water"),
        }

    def sections(self) -> list[dict[str, Any]]:
        """Numbered sections; the reconciliation exists only where something was published before, the roadmap where there is one."""
        absent = {
            key
            for key, part in (("reconciliation", "published_figures"), ("roadmap", "roadmap"))
            if not self.document.get(part)
        }
        kept = [(key, title) for key, title in SECTIONS if key not in absent]
        return [
            {
                "key": key,
                "title": _(title),
                "number": number,
                "template": f"reports/sections/{key}.html",
            }
            for number, (key, title) in enumerate(kept, start=1)
        ]

    def categories(self) -> list[dict[str, str]]:
        """Impact categories with a declared flow, in reporting order."""
        return [
            {"key": key, "label": _(label), "short": _(SHORT[key])}
            for key, label in CATEGORIES.items()
            if key in self.result["totals"]
        ]

    def headline(self) -> list[dict[str, Any]]:
        """Three totals; a missing one says why."""
        totals, model = self.result["totals"], from_document(self.document["inventory"])
        return [
            {
                "key": key,
                "label": _(label),
                "note": _(note),
                "stat": totals.get(key),
                "reason": "" if key in totals else self.reason(key),
                "shares": self.result["provenance_shares"].get(key),
                "median": why_median(model, self.result, key),
            }
            for key, label, note in HEADLINE
        ]

    def reason(self, category: str) -> str:
        """Why a category has no figure, in the words of its first gap."""
        found = (gap["reason"] for gap in self.result["gaps"] if gap["category"] == category)
        return language.term(next(found, _("No factor for this impact is declared.")))

    @property
    def market(self) -> Json | None:
        """Market-based climate change, or ``None`` where no contract is declared."""
        stat: Json | None = self.result["totals"].get("gwp_market")
        return stat

    @property
    def market_reason(self) -> str:
        return self.reason("gwp_market")

    def uses(self) -> dict[str, Any]:
        """Three figures per use, each marginal and fully loaded."""
        per_use = self.document["per_use"]
        rows = []
        for key, label, _note in HEADLINE:
            marginal, loaded = (
                _per_unit((per_use.get(kind) or {}).get(key))
                for kind in ("marginal", "fully_loaded")
            )
            rows.append({"key": key, "label": _(label), "marginal": marginal, "loaded": loaded})
        return {
            "functional_unit": per_use["functional_unit"],
            "basis": language.term(per_use.get("basis", "")),
            "reason": language.term(per_use.get("reason", "")),
            "rows": rows,
            "has_marginal": bool(per_use.get("marginal")),
            "has_loaded": bool(per_use.get("fully_loaded")),
        }

    @property
    def accent(self) -> str:
        """The organisation's colour, if it declared one."""
        accent = (self.document.get("disclosure") or {}).get("accent") or ""
        return accent if re.fullmatch(r"#[0-9a-fA-F]{6}", accent) else ""

    @property
    def logo(self) -> bytes:
        """The organisation's logo as PNG; empty where there is none."""
        return b64decode((self.document.get("disclosure") or {}).get("logo_png") or "")

    @property
    def qr(self) -> SafeString:
        """A code that leads from paper to the page; its title holds the address."""
        publication = self.document.get("publication")
        return qr.code(publication["address"]) if publication else SafeString("")

    @property
    def formats(self) -> list[exports.Format]:
        """Formats that the report is given in, and why not in others."""
        return exports.rows(self.document)

    @property
    def people(self) -> list[dict[str, str]]:
        """Who the study is by and for."""
        said = self.document.get("disclosure") or {}
        scope = self.document["goal_and_scope"]
        labels = (
            *([] if scope.get("period_start") else [("period_note", _("Period"))]),
            ("commissioner", _("Commissioned by")),
            ("practitioner", _("Made by")),
            ("accountable_person", _("Answers for it")),
            ("contact", _("Contact")),
            ("audience", _("For")),
            ("applications", _("Intended applications")),
        )
        return [{"label": label, "value": said.get(key) or ""} for key, label in labels]

    @property
    def use_details(self) -> list[dict[str, Any]]:
        """What one functional unit holds besides its tokens."""
        said = self.document.get("disclosure") or {}
        labels = (
            ("reasoning_tokens", _("Hidden reasoning tokens")),
            ("tool_calls", _("Tool calls")),
            ("quality_metric", _("Quality of the model")),
        )
        return [{"label": label, "value": said.get(key)} for key, label in labels]

    def provenance(self) -> list[dict[str, Any]]:
        """Evidence behind each category."""
        shares = self.result["provenance_shares"]
        return [
            {"label": _(SHORT[key]), "key": key, "shares": shares[key]}
            for key in CATEGORIES
            if key in shares
        ]

    def quality(self) -> list[dict[str, Any]]:
        """Rating of the data behind each category; nothing in documents older than the rating."""
        ratings = self.result.get("data_quality", {})
        return [
            {"label": _(SHORT[key]), "key": key, "rating": ratings[key]}
            for key in CATEGORIES
            if key in ratings
        ]

    @property
    def stage_list(self) -> list[dict[str, str]]:
        """Boundary: each stage with its status and reason."""
        declared = {row["stage"]: row for row in self.document["goal_and_scope"]["stages"]}
        with_flows = self.result["by_stage"]
        return [
            {
                "key": key,
                "label": _(label),
                "status": _status(
                    declared.get(key, {}).get("status", "not_declared"), key in with_flows
                ),
                "justification": declared.get(key, {}).get("justification", ""),
            }
            for key, label in STAGES.items()
        ]


def _status(declared: str, has_flows: bool) -> str:  # noqa: FBT001  # two facts, one word
    if has_flows and declared != "excluded":
        return "included"
    return "not declared" if declared != "excluded" else "excluded"


def _per_unit(stat: Json | None) -> Json | None:
    """A per-use statistic with the unit of the impact alone; the functional unit stands beside it."""
    return {**stat, "unit": stat["unit"].split("/")[0]} if stat else None
