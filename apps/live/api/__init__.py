"""Followed services over REST."""

from apps.accounts.rest import Router
from apps.live.api import views

router = Router()
router.register("live-services", views.LiveServiceViewSet, basename="live-service")
