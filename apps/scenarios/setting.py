"""What every strategy is given beside its options: the place, the library's other places, and published profiles."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from apps.scenarios.request import Site


@dataclass(frozen=True, kw_only=True)
class Setting:
    """``site`` is where the what-if takes place; ``elsewhere`` makes that of another zone; ``profiles`` is a folder of tables."""

    site: Site
    elsewhere: Callable[[str], Site]
    profiles: Path
