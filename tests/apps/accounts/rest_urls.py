"""A small API built from the plumbing alone, on real models."""

from django.urls import include, path

from apps.accounts.rest import Router, ScopedViewSet, StrictModelSerializer
from apps.assessments.models import AISystem, Site

handler404 = "lca.errors.not_found"
handler500 = "lca.errors.fault"


class SystemSerializer(StrictModelSerializer[AISystem]):
    class Meta:
        model = AISystem
        fields = [
            "uuid",
            "version",
            "slug",
            "name",
            "description",
            "modality",
            "params_total_b",
            "released_on",
            "website",
        ]
        read_only_fields = ["uuid"]


class SystemViewSet(ScopedViewSet[AISystem]):
    queryset = AISystem.objects.all()
    serializer_class = SystemSerializer
    filterset_fields = ["slug"]


class SiteSerializer(StrictModelSerializer[Site]):
    class Meta:
        model = Site
        fields = ["uuid", "version", "assessment", "name", "zone", "pue"]
        read_only_fields = ["uuid"]


class SiteViewSet(ScopedViewSet[Site]):
    queryset = Site.objects.select_related("assessment")
    serializer_class = SiteSerializer


router = Router()
router.register("systems", SystemViewSet)
router.register("sites", SiteViewSet)
urlpatterns = [path("api/", include(router.urls))]
