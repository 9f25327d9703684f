"""Published figures: manufacturers' product footprints, independent studies, and what others reuse."""

from apps.factors.embodied.device import Device, Given, Library
from apps.factors.embodied.estimate import PUBLISHED, Basis, Estimate, Missing, Outcome

ORDER = 0
TITLE = "Published figures"
BASIS = Basis.FOOTPRINT
ABOUT = (
    "A manufacturer's product footprint of the very device, else an independent study of it. What was computed"
    " for another device or specification, or merely assumed, is shown and never chosen."
)
COMPUTED = {"DIE_AREA", "BOM", "ACT_MODEL", "DIE_WATER"}
REMARK = "Remark: "


def estimates(device: Device, library: Library) -> list[Outcome]:  # noqa: ARG001 - the shape of every method
    """The device's rows in the release, each with what its scope says it is."""
    found: list[Outcome] = [_estimate(row) for row in device.published]
    if not any(row.indicator == "embodied_gwp" for row in device.published):
        reason = "No manufacturer and no study has published a footprint of this device."
        found.append(Missing(basis=Basis.FOOTPRINT, indicator="embodied_gwp", reason=reason))
    return found


def basis_of(scope: str) -> Basis:
    """What the first words of a row's scope say that it is; what says nothing is shown and never chosen."""
    words = scope.partition(";")[0].strip()
    return Basis(words) if words in {basis.value for basis in Basis} else Basis.UNCLASSIFIED


def _estimate(row: Given) -> Estimate:
    basis = basis_of(row.scope)
    return Estimate(
        basis=basis,
        indicator=row.indicator,
        value=row.value,
        unit=row.unit,
        source=row.source,
        citation=row.citation,
        scope=row.scope,
        year=row.year,
        retrieval=row.retrieval,
        low=row.low,
        high=row.high,
        is_whole=basis in PUBLISHED,
        remark=row.note.partition(REMARK)[2],
    )
