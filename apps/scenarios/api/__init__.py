"""Scenarios over REST."""

from apps.accounts.rest import Router
from apps.scenarios.api import views

router = Router()
router.register("scenarios", views.ScenarioViewSet, basename="scenario")
router.register("roadmaps", views.RoadmapViewSet, basename="roadmap")
router.register("routing-studies", views.RoutingStudyViewSet, basename="routing-study")
