import logging

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    name = "apps.disclosures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the typesetter's notes on its own progress and on print-only styles out of the log."""
        for name in ("weasyprint", "weasyprint.progress", "fontTools"):
            logging.getLogger(name).setLevel(logging.ERROR)
