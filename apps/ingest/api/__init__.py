"""Uploads and recorded runs over REST."""

from apps.accounts.rest import Router
from apps.ingest.api import views

router = Router()
router.register("uploads", views.UploadViewSet, basename="upload")
router.register("recorded-runs", views.RecordedRunViewSet, basename="recorded-run")
router.register("column-mappings", views.ColumnMappingViewSet, basename="column-mapping")
