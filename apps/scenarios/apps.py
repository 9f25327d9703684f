from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    name = "apps.scenarios"
    verbose_name = "What would reduce it"
