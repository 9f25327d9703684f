from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    name = "apps.disclosures"
    default_auto_field = "django.db.models.BigAutoField"
