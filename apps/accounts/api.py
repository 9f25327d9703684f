"""The organisations a caller belongs to, and the tokens of the one worked in."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import services
from apps.accounts.models import ApiToken, Organisation, Role, Scope
from apps.accounts.rest.router import Router
from apps.accounts.rest.serializers import StrictModelSerializer
from apps.accounts.rest.views import ReadOnlyScopedViewSet


class OrganisationSerializer(StrictModelSerializer[Organisation]):
    role = serializers.SerializerMethodField()

    class Meta:
        model = Organisation
        fields = ["uuid", "slug", "name", "role", "created_at"]
        read_only_fields = fields

    def get_role(self, _organisation: Organisation) -> str:
        return str(self.context["membership"].role)


class OrganisationViewSet(ReadOnlyScopedViewSet[Organisation]):
    """The organisation worked in."""

    queryset = Organisation.objects.all()
    serializer_class = OrganisationSerializer

    def get_queryset(self) -> QuerySet[Organisation]:
        if getattr(self, "swagger_fake_view", False):
            return Organisation.objects.none()
        return Organisation.objects.filter(pk=self.organisation.pk)

    def get_serializer_context(self) -> dict[str, Any]:
        return super().get_serializer_context() | {"membership": getattr(self, "membership", None)}


class TokenSerializer(StrictModelSerializer[ApiToken]):
    issued_by = serializers.EmailField(source="user.email", read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices), read_only=True)
    state = serializers.ChoiceField(["active", "expired", "revoked"], read_only=True)

    class Meta:
        model = ApiToken
        fields = [
            "uuid",
            "name",
            "prefix",
            "scopes",
            "state",
            "issued_by",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        ]
        read_only_fields = fields


class TokenViewSet(mixins.DestroyModelMixin, ReadOnlyScopedViewSet[ApiToken]):
    """Tokens; their secrets are shown only on the page that issues them. Deleting one revokes it."""

    queryset = ApiToken.objects.select_related("user")
    serializer_class = TokenSerializer
    http_method_names = ["get", "delete", "head"]
    read_role = Role.EDITOR

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002  # the framework's signature
        services.revoke_token(token=self.get_object(), actor=self.membership)
        return Response(status=status.HTTP_204_NO_CONTENT)


router = Router()
router.register("organisations", OrganisationViewSet, basename="organisation")
router.register("tokens", TokenViewSet, basename="token")
