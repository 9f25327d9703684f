"""``/api/v1/``: the library to read, and the organisation's own factors."""

from apps.accounts.rest import Router
from apps.factors.api import library, own

router = Router()
router.register("releases", library.ReleaseViewSet, basename="release")
router.register("sources", library.SourceViewSet, basename="source")
router.register("entries", library.EntryViewSet, basename="entry")
router.register("factors", library.FactorViewSet, basename="factor")
router.register("own-factors", own.OwnFactorViewSet, basename="own-factor")
