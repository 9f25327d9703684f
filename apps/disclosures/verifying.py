"""What is known of a file that claims to be a report: by its hashes, and by recomputing it."""

from typing import Any

import attrs

from apps.disclosures import canonical, services
from apps.disclosures.document import without_publication
from apps.disclosures.models import Snapshot, Status
from lca.engine import EngineError, Verification, verify
from lca.engine.opening import PDF, data_of, document_of

MOST_FLOWS = 5_000
MOST_DRAWS = 16_384


@attrs.frozen(kw_only=True)
class Finding:
    """What a file is.

    ``is_signed`` tells whether the hash that was reviewed and approved is that of the data without their publication, and
    ``predecessor`` the report before it, if its hash is the one that the data name.

    ``snapshot`` is the published or withdrawn one whose data it holds, byte for byte, ``newer`` the newest published after
    it, ``is_our_pdf`` whether the PDF itself is one that was served; both ``None`` where that is not known.
    """

    sha256: str
    title: str
    is_pdf: bool
    snapshot: Snapshot | None
    newer: Snapshot | None
    is_our_pdf: bool | None
    is_signed: bool | None
    predecessor: Snapshot | None
    verification: Verification

    @property
    def is_genuine(self) -> bool:
        """Whether its data are those of a report of this installation that stands."""
        return (
            self.snapshot is not None
            and self.snapshot.status == Status.PUBLISHED
            and self.verification.is_confirmed
            and self.is_our_pdf is not False
            and self.is_signed is not False
        )


def examine(content: bytes) -> Finding:
    """Find out what a file is, and recompute it.

    Raises
    ------
    EngineError
        If it holds no report's data, or more than a page recomputes while somebody waits.
    """
    data = data_of(content)
    document = document_of(data)
    _refuse_long(document)
    digest = canonical.sha256(data)
    rows = Snapshot.objects.released().select_related("assessment", "organisation")
    snapshot = rows.filter(sha256=digest).first()
    is_pdf = content[:1024].lstrip().startswith(PDF)
    meta = document.get("meta")
    return Finding(
        sha256=digest,
        title=str(meta.get("title", ""))[:200] if isinstance(meta, dict) else "",
        is_pdf=is_pdf,
        snapshot=snapshot,
        newer=_newer(snapshot),
        is_our_pdf=services.was_served(snapshot=snapshot, content=content)
        if snapshot and is_pdf
        else None,
        is_signed=_is_signed(document),
        predecessor=_predecessor(document),
        verification=verify(document),
    )


def _newer(snapshot: Snapshot | None) -> Snapshot | None:
    if snapshot is None:
        return None
    later = Snapshot.objects.filter(
        assessment=snapshot.assessment_id, status=Status.PUBLISHED, number__gt=snapshot.number
    )
    return later.select_related("assessment").order_by("-number").first()


def _is_signed(document: dict[str, Any]) -> bool | None:
    publication = document.get("publication")
    if not isinstance(publication, dict):
        return None
    frozen = canonical.sha256(canonical.canonical(without_publication(document)))
    return bool(publication.get("signed_sha256") == frozen)


def _predecessor(document: dict[str, Any]) -> Snapshot | None:
    publication = document.get("publication")
    before = publication.get("predecessor") if isinstance(publication, dict) else None
    if not isinstance(before, dict):
        return None
    rows = Snapshot.objects.released().select_related("assessment")
    return rows.filter(sha256=str(before.get("sha256"))).defer("document").first()


def _refuse_long(document: dict[str, Any]) -> None:
    inventory, result = document.get("inventory"), document.get("result")
    flows = inventory.get("flows") if isinstance(inventory, dict) else None
    engine = result.get("engine") if isinstance(result, dict) else None
    draws = engine.get("draws") if isinstance(engine, dict) else None
    many = isinstance(flows, list) and len(flows) > MOST_FLOWS
    if many or (isinstance(draws, int) and draws > MOST_DRAWS):
        msg = "it has more flows or draws than are recomputed here; run the command below."
        raise EngineError(msg)
