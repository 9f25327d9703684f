"""What an unmodified CodeCarbon client calls, under ``/codecarbon``: runs, emissions, its record, and its ``config`` wizard.

Answers have the client's shapes and codes: 201 for whatever is taken. Fields that are not used are passed over; a login
name is not even read.
"""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import services as accounts
from apps.accounts.errors import DomainError
from apps.accounts.models import ApiToken, Scope, User
from apps.accounts.rest import MemberAPIView
from apps.accounts.rest.authentication import TokenAuthentication, living_token, note_use
from apps.assessments import services as assessments
from apps.assessments.models import AISystem
from apps.ingest import selectors, services
from apps.ingest.api import codecarbon_shapes as shapes
from apps.ingest.importers._codecarbon import Unusable, run_of
from apps.ingest.models import Experiment, TrackedRun


class ClientToken(BaseAuthentication):
    """The client's own header ``x-api-token``, or ``?token=`` where it can send no header."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        secret = request.headers.get("X-Api-Token") or request.query_params.get("token")
        if not secret:
            return None
        token = living_token(secret)
        note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002  # the framework's signature
        return "x-api-token"


class ClientView(MemberAPIView):
    """An address that the client calls."""

    authentication_classes = [ClientToken, TokenAuthentication]
    schema = None

    def valid(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """What was sent, checked."""
        given = shape(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def systems(self) -> QuerySet[AISystem]:
        """The organisation's systems: the client's projects."""
        return selectors.systems(self.organisation)

    def project(self, uuid: UUID) -> AISystem:
        """One of them, or 404."""
        return get_object_or_404(self.systems(), uuid=uuid)


class Runs(ClientView):
    """``POST /runs``: a run begins."""

    def post(self, _request: Request) -> Response:
        given = self.valid(shapes.RunShape)
        tracked = services.begin_run(organisation=self.organisation, given=given)
        return Response(shapes.run_json(tracked), status.HTTP_201_CREATED)


class Run(ClientView):
    """``GET /runs/{id}``: what is known of a run."""

    def get(self, _request: Request, uuid: UUID) -> Response:
        rows = TrackedRun.objects.of(self.organisation).select_related("recorded")
        return Response(shapes.run_json(get_object_or_404(rows, uuid=uuid)))


class Emissions(ClientView):
    """``POST /emissions``: what a run used since its message before."""

    def post(self, _request: Request) -> Response:
        given = self.valid(shapes.DeltaShape)
        tracked = get_object_or_404(TrackedRun.objects.of(self.organisation), uuid=given["run_id"])
        delta = services.add_delta(tracked=tracked, given=given)
        return Response(str(delta.uuid), status.HTTP_201_CREATED)


class Record(ClientView):
    """``POST /record/{system}?token=``: the record of a run so far, as ``emissions_endpoint`` sends it."""

    def post(self, request: Request, slug: str) -> Response:
        system = get_object_or_404(self.systems(), slug=slug)
        if not isinstance(request.data, dict):
            raise DomainError("A record is a JSON object with the columns of emissions.csv.")
        try:
            run = run_of(request.data, 0)
        except Unusable as error:
            raise DomainError(str(error)) from None
        row, _ = services.add_record(system=system, run=run)
        return Response({"id": str(row.uuid)}, status.HTTP_201_CREATED)


class Organisations(ClientView):
    """``GET`` and ``POST /organizations``: the one that the token belongs to."""

    def get(self, _request: Request) -> Response:
        return Response([shapes.organisation_json(self.organisation)])

    def post(self, _request: Request) -> Response:
        msg = f"A token works in one organisation, here {self.organisation}: pick it from the list."
        raise DomainError(msg, field="name")


class OrganisationView(ClientView):
    """``GET /organizations/{id}`` and its projects."""

    wants_projects = False

    def get(self, _request: Request, uuid: UUID) -> Response:
        if uuid != self.organisation.uuid:
            return Response({"detail": "Not found."}, status.HTTP_404_NOT_FOUND)
        if self.wants_projects:
            return Response([shapes.project_json(row) for row in self.systems()])
        return Response(shapes.organisation_json(self.organisation))


class Projects(ClientView):
    """``POST /projects``: a project is an AI system; one of the same name is the same."""

    def post(self, _request: Request) -> Response:
        given = self.valid(shapes.ProjectShape)
        system = assessments.system_named(
            organisation=self.organisation, actor=self.actor, name=given["name"]
        )
        return Response(shapes.project_json(system), status.HTTP_201_CREATED)


class Project(ClientView):
    """``GET /projects/{id}``."""

    def get(self, _request: Request, uuid: UUID) -> Response:
        return Response(shapes.project_json(self.project(uuid)))


class ProjectExperiments(ClientView):
    """``GET /projects/{id}/experiments``."""

    def get(self, _request: Request, uuid: UUID) -> Response:
        rows = Experiment.objects.filter(system=self.project(uuid)).select_related("system")
        return Response([shapes.experiment_json(row) for row in rows])


class ProjectTokens(ClientView):
    """``POST /projects/{id}/api-tokens``: a token that may only write, and lives no longer than the one that asked."""

    def post(self, request: Request, uuid: UUID) -> Response:
        system, own = self.project(uuid), request.auth
        if not isinstance(own, ApiToken):
            raise DomainError("Only a token may ask for another.")
        days = max(1, (own.expires_at - timezone.now()).days)
        token, secret = accounts.issue_token(
            actor=self.membership,
            name=f"CodeCarbon, {system.name}"[:80],
            scopes=[Scope.WRITE],
            days=days,
        )
        made = {"id": str(token.uuid), "name": token.name, "token": secret}
        return Response({**made, "project_id": str(uuid)}, status.HTTP_201_CREATED)


class Experiments(ClientView):
    """``POST /experiments``."""

    def post(self, _request: Request) -> Response:
        given = self.valid(shapes.ExperimentShape)
        made = services.add_experiment(
            system=self.project(given["project_id"]),
            name=given["name"],
            description=given["description"],
            about={name: given[name] for name in shapes.WHERE if given.get(name)},
            actor=self.actor,
        )
        return Response(shapes.experiment_json(made), status.HTTP_201_CREATED)


class ExperimentView(ClientView):
    """``GET /experiments/{id}``."""

    def get(self, _request: Request, uuid: UUID) -> Response:
        rows = Experiment.objects.of(self.organisation).select_related("system")
        return Response(shapes.experiment_json(get_object_or_404(rows, uuid=uuid)))


class Check(ClientView):
    """``GET /auth/check``: whose token it is, without personal data."""

    def get(self, _request: Request) -> Response:
        return Response({"user": {"organizations": [str(self.organisation.uuid)]}})
