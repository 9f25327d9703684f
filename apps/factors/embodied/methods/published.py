"""Published figures: manufacturers' product footprints, independent studies, and what others reuse."""

from apps.factors.embodied.device import Device, Given, Library
from apps.factors.embodied.estimate import Basis, Estimate, Missing, Outcome

ORDER = 0
TITLE = "Published figures"
BASIS = Basis.FOOTPRINT
ABOUT = (
    "A manufacturer's product footprint of the very device, else an independent study of it. What was computed"
    " for another device or specification, or merely assumed, is shown and never chosen."
)
COMPUTED = {"DIE_AREA", "BOM", "ACT_MODEL", "DIE_WATER"}
OF_THE_DEVICE = {Basis.FOOTPRINT, Basis.STUDY}
REMARK = "Remark: "


def estimates(device: Device, library: Library) -> list[Outcome]:  # noqa: ARG001 - the shape of every method
    """The device's rows in the release, each with what its scope says it is."""
    found: list[Outcome] = [_estimate(row) for row in device.published]
    if not any(row.indicator == "embodied_gwp" for row in device.published):
        reason = "No manufacturer and no study has published a footprint of this device."
        found.append(Missing(basis=Basis.FOOTPRINT, indicator="embodied_gwp", reason=reason))
    return found


def _estimate(row: Given) -> Estimate:
    basis = Basis(row.scope.partition(";")[0].strip())
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
        is_whole=basis in OF_THE_DEVICE,
        remark=row.note.partition(REMARK)[2],
    )
