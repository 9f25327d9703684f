"""Files go with the rows that hold them, whatever deletes the row."""

from functools import partial
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.signals import post_delete


def delete_files_with_rows() -> None:
    """Have every model with a field of files delete a row's files once the deletion of the row is committed."""
    for model in apps.get_models():
        if _fields(model):
            post_delete.connect(_delete_files, sender=model, dispatch_uid="files go with rows")


def _fields(model: type[models.Model]) -> list[models.FileField]:
    fields = model._meta.get_fields()  # noqa: SLF001 - Django's public name for it
    return [field for field in fields if isinstance(field, models.FileField)]


def _delete_files(sender: type[models.Model], instance: models.Model, using: str, **_: Any) -> None:
    for field in _fields(sender):
        if file := getattr(instance, field.name):
            transaction.on_commit(partial(file.storage.delete, file.name), using=using)
