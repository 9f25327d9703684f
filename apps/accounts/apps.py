from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the Celery application, so that tasks are sent to our broker; let files go with their rows."""
        import lca.celery  # noqa: F401  # loading it is the point
        from apps.accounts.files import delete_files_with_rows

        delete_files_with_rows()
