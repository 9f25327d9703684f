"""What every strategy is given beside its options: the place, the library's other places, and published profiles."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from apps.scenarios.request import Site
from lca.engine import Parameter


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What every strategy is given.

    ``site`` is where the what-if takes place, ``elsewhere`` makes that of another zone, ``factor`` (kind, key, indicator, label) finds a
    factor of the library, and ``profiles`` is a folder of tables.
    """

    site: Site
    elsewhere: Callable[[str], Site]
    factor: Callable[[str, str, str, str], Parameter]
    profiles: Path
