"""Snapshots of assessments over REST."""

from apps.accounts.rest import Router
from apps.disclosures.api import public, views

router = Router()
router.register("snapshots", views.SnapshotViewSet, basename="snapshot")
router.register("disclosures", views.DisclosureViewSet, basename="disclosure")
router.register("published-reports", public.PublishedReports, basename="published-report")
