"""What changes the library, and what organisations add to it."""

from apps.factors.services.own import add, attach, change, remove
from apps.factors.services.releases import DEFAULT_FOLDER, load_release, make_current

__all__ = ["DEFAULT_FOLDER", "add", "attach", "change", "load_release", "make_current", "remove"]
