"""``/api/v1/``: the library to read, and the organisation's own factors."""

from apps.factors.api.library import router

__all__ = ["router"]
