"""The app that takes in what other tools recorded."""

from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "apps.ingest"
    default_auto_field = "django.db.models.BigAutoField"
