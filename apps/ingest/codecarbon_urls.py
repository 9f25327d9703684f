"""Addresses that CodeCarbon's client calls; without a slash at the end, as it does."""

from django.urls import path

from apps.ingest.api import codecarbon as views

urlpatterns = [
    path("runs", views.Runs.as_view(), name="codecarbon-runs"),
    path("runs/<uuid:uuid>", views.Run.as_view()),
    path("emissions", views.Emissions.as_view()),
    path("record/<slug:slug>", views.Record.as_view(), name="codecarbon-record"),
    path("organizations", views.Organisations.as_view()),
    path("organizations/<uuid:uuid>", views.OrganisationView.as_view()),
    path("organizations/<uuid:uuid>/projects", views.OrganisationView.as_view(wants_projects=True)),
    path("projects", views.Projects.as_view()),
    path("projects/<uuid:uuid>", views.Project.as_view()),
    path("projects/<uuid:uuid>/experiments", views.ProjectExperiments.as_view()),
    path("projects/<uuid:uuid>/api-tokens", views.ProjectTokens.as_view()),
    path("experiments", views.Experiments.as_view()),
    path("experiments/<uuid:uuid>", views.ExperimentView.as_view()),
    path("auth/check", views.Check.as_view()),
]
