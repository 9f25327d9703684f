"""Independent implementations that a case can name, called in the same run where they are installed."""

from collections.abc import Callable, Mapping
from importlib import import_module, metadata
from types import MappingProxyType
from typing import Any

import attrs

from apps.assessments.validation.study import Row, Study

Key = tuple[str, str]
ARGUMENTS = {
    "active_b": "model_active_parameter_count",
    "total_b": "model_total_parameter_count",
    "tokens": "output_token_count",
    "mix_adpe": "if_electricity_mix_adpe",
    "mix_primary": "if_electricity_mix_pe",
    "mix_gwp": "if_electricity_mix_gwp",
    "ewif": "if_electricity_mix_wue",
    "pue": "datacenter_pue",
    "wue": "datacenter_wue",
}


@attrs.frozen(kw_only=True)
class Peer:
    """A package, the version that the cases are pinned to, and how to ask it for a study's figures."""

    package: str
    version: str
    row_values: Callable[[Study, Row], Mapping[str, float]]

    def is_installed(self) -> bool:
        """Whether this very version can be called here."""
        try:
            return metadata.version(self.package) == self.version
        except metadata.PackageNotFoundError:
            return False

    def values(self, study: Study) -> dict[Key, float]:
        """Every figure that the package gives, by row and name."""
        return {
            (row.name, name): value
            for row in study.rows
            for name, value in self.row_values(study, row).items()
        }


def _ecologits(study: Study, row: Row) -> dict[str, float]:
    printed = {
        cell.input.name: cell.printed for cell in study.cells() if cell.row in {"", row.name}
    }
    arguments = {theirs: printed[ours].value for ours, theirs in ARGUMENTS.items()}
    llm: Any = import_module("ecologits.impacts.llm")
    impacts = llm.compute_llm_impacts(**arguments)
    return {
        "energy": impacts.energy.value,
        "gwp": impacts.gwp.value,
        "gwp_embodied": impacts.embodied.gwp.value,
        "adpe": impacts.adpe.value,
        "primary": impacts.pe.value,
        "water": impacts.wcf.value,
    }


PEERS: Mapping[str, Peer] = MappingProxyType(
    {"ecologits": Peer(package="ecologits", version="0.11.3", row_values=_ecologits)}
)
