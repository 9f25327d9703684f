"""Errors of the domain, shown where they belong."""

from django import forms

from apps.accounts.errors import DomainError


def blame(form: "forms.BaseForm", error: DomainError) -> None:
    """Put the error at the field it names, or above the form."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, error.message)
