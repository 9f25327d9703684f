"""The one address that hosts call themselves: the token in, broker credentials out."""

from dataclasses import asdict
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts import keys
from apps.accounts.rest import StrictSerializer
from apps.probes import selectors, services
from apps.probes.models import ProbeHost

DEVICES = 64


class HostAuthentication(BaseAuthentication):
    """``Authorization: Host TOKEN``; good for joining and for nothing else."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ProbeHost]:
        header = get_authorization_header(request).split()
        if len(header) != len(("Host", "token")) or header[0].lower() != b"host":
            msg = "Send the host's token as “Authorization: Host TOKEN”."
            raise AuthenticationFailed(msg, code="token_invalid")
        host = selectors.host_of_token(keys.digest(header[1].decode("latin-1")))
        if host is None:
            msg = "This token is not that of a host: it was renewed, or the host was removed. See the hosts page of your organisation."
            raise AuthenticationFailed(msg, code="token_invalid")
        return AnonymousUser(), host

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002  the framework's signature
        return 'Host realm="fleet"'


class HostScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library registers it on definition
    target_class = "apps.probes.api.joining.HostAuthentication"
    name = "host"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002  the library's signature
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "“Host ” and the token of a GPU host, shown once when it was added.",
        }


class IsHost(BasePermission):
    """Hosts alone."""

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002  the framework's signature
        return isinstance(request.auth, ProbeHost)


class DeviceSerializer(StrictSerializer):
    kind = serializers.ChoiceField(["cuda", "cpu"])
    index = serializers.IntegerField(min_value=0, max_value=1_023)
    name = serializers.CharField(max_length=200, allow_blank=True)
    uuid = serializers.CharField(max_length=90, allow_blank=True)
    bdf = serializers.CharField(max_length=20, allow_blank=True, default="")
    maker = serializers.CharField(max_length=20, allow_blank=True, default="")
    meters = serializers.DictField(child=serializers.CharField(max_length=500))


class JoinSerializer(StrictSerializer):
    """What a host tells about itself."""

    devices = serializers.ListField(child=DeviceSerializer(), allow_empty=False, max_length=DEVICES)
    probe_version = serializers.CharField(max_length=20)
    python = serializers.CharField(max_length=20)
    packages = serializers.DictField(child=serializers.CharField(max_length=60))


class AdmissionSerializer(StrictSerializer):
    """Where the broker is, and who the host is there."""

    host = serializers.UUIDField()
    name = serializers.CharField()
    broker_url = serializers.CharField()
    username = serializers.CharField()
    password = serializers.CharField()
    key_prefix = serializers.CharField()
    signing_key = serializers.CharField()


class JoinView(APIView):
    """Joining the fleet."""

    authentication_classes = [HostAuthentication]
    permission_classes = [IsHost]
    http_method_names = ["post"]

    @extend_schema(operation_id="join", request=JoinSerializer, responses=AdmissionSerializer)
    def post(self, request: Request) -> Response:
        """Exchange a host's token for credentials on the broker; older credentials work no more."""
        told = JoinSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        admission = services.join(host=cast("ProbeHost", request.auth), told=told.validated_data)
        return Response(asdict(admission), headers={"Cache-Control": "no-store"})


join_view = JoinView.as_view()
