"""What every strategy is given beside its options: the place, the library's factors, and serving profiles."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.scenarios.request import Site
from apps.scenarios.serving.profile import ServingProfile
from lca.engine import Parameter


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What every strategy is given.

    ``site`` is where the what-if takes place, ``elsewhere`` makes that of another zone, ``factor`` (kind, key, indicator, label) finds a
    factor of the library, and ``profile`` a serving profile by name.
    """

    site: Site
    elsewhere: Callable[[str], Site]
    factor: Callable[[str, str, str, str], Parameter]
    profile: Callable[[str], ServingProfile]
