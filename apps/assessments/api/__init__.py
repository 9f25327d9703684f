"""Assessments over REST."""

from apps.accounts.rest import Router
from apps.assessments.api import deployment_views, views

router = Router()
router.register("systems", views.SystemViewSet, basename="system")
router.register("assessments", views.AssessmentViewSet, basename="assessment")
router.register("stage-declarations", views.StageViewSet, basename="stage-declaration")
router.register("sites", views.SiteViewSet, basename="site")
router.register("contracts", views.ContractViewSet, basename="contract")
router.register("factor-choices", views.FactorChoiceViewSet, basename="factor-choice")
router.register("hardware", views.HardwareViewSet, basename="hardware")
router.register("hourly-series", views.HourlySeriesViewSet, basename="hourly-series")
router.register("runs", views.RunViewSet, basename="run")
router.register("upstream-models", views.UpstreamViewSet, basename="upstream-model")
router.register("deployments", deployment_views.DeploymentViewSet, basename="deployment")
