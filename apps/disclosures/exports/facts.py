"""What several formats need of a document: its identity, and figures by stage."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from apps.disclosures.canonical import sha256
from apps.disclosures.publication import address

Json = Mapping[str, Any]
ELECTRIC = ("development", "training", "inference")
MEASURED = "measured"


@attrs.frozen(kw_only=True)
class Facts:
    """A document with its hash, and short ways to its figures."""

    document: Json
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> "Facts":
        return cls(document=json.loads(content), sha256=sha256(content))

    @property
    def meta(self) -> Json:
        meta: Json = self.document["meta"]
        return meta

    @property
    def publication(self) -> Json:
        return self.document.get("publication") or {}

    @property
    def particulars(self) -> Json:
        return self.document.get("disclosure") or {}

    @property
    def system(self) -> Json:
        system: Json = self.document["system"]
        return system

    @property
    def scope(self) -> Json:
        scope: Json = self.document["goal_and_scope"]
        return scope

    @property
    def address(self) -> str:
        return self.publication.get("address") or address(self.meta["slug"], self.meta["number"])

    @property
    def is_published(self) -> bool:
        return bool(self.publication)

    @property
    def moment(self) -> datetime:
        """When it was published, or frozen."""
        return datetime.fromisoformat(
            self.publication.get("published_at") or self.meta["frozen_at"]
        )

    @property
    def publisher(self) -> str:
        return str(self.document["organisation"]["name"])

    def identity(self) -> dict[str, Any]:
        """What every export says of where it comes from."""
        return {
            "disclosure_id": self.meta["uuid"],
            "disclosure_version": self.meta["number"],
            "disclosure_address": self.address,
            "disclosure_sha256": self.sha256,
        }

    def stage(self, stage: str, category: str) -> Json | None:
        """Statistic of one impact in one stage; ``None`` where nothing is declared."""
        found: Json | None = self.document["result"]["by_stage"].get(stage, {}).get(category)
        return found

    def with_hardware(self, activity: str, category: str) -> Json | None:
        """Statistic of one activity with the hardware that it wore out."""
        found = self.document["result"].get("by_activity", {}).get(activity, {})
        stat: Json | None = found.get(category)
        return stat

    def total(self, category: str) -> Json | None:
        stat: Json | None = self.document["result"]["totals"].get(category)
        return stat

    def runs(self, stage: str) -> list[Json]:
        return [row for row in self.document["runs"] if row["stage"] == stage]

    def places(self, rows: list[Json]) -> list[str]:
        """Zones of the sites that rows name, each once."""
        sites = {site["name"]: site for site in self.document["sites"]}
        names = (sites.get(row["site"], {}).get("zone_name") or row["site"] for row in rows)
        return list(dict.fromkeys(str(name) for name in names))

    def site(self, name: str) -> Json:
        return next((site for site in self.document["sites"] if site["name"] == name), {})

    def machine(self, name: str | None) -> Json:
        return next((row for row in self.document["hardware"] if row["name"] == name), {})


def plain(value: float) -> str:
    """A number written out without an exponent, exactly as JSON would give it."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def significant(value: float, digits: int = 3) -> float:
    """A number rounded to significant digits."""
    return float(f"{value:.{digits}g}")


def dumped(document: Mapping[str, Any]) -> bytes:
    """JSON for readers and programs, ending in a newline."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
