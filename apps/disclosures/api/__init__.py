"""Snapshots of assessments over REST."""

from apps.accounts.rest import Router
from apps.disclosures.api import views

router = Router()
router.register("snapshots", views.SnapshotViewSet, basename="snapshot")
