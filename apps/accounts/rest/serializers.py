"""Shapes of requests and answers that refuse unknown fields and half-right values."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, models, transaction
from rest_framework import serializers
from rest_framework.fields import Field, get_error_detail

from apps.accounts import services
from apps.accounts.models import Owned, Versioned
from apps.accounts.rest.fields import STRICT, OwnedRelatedField, StrictIntegerField

M = TypeVar("M", bound=models.Model)


BUILT: dict[type, dict[str, Field[Any, Any, Any, Any]]] = {}


class Strict:
    """Refuse fields that are not known, or that only the server may set."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_surplus(data)
        return super().to_internal_value(data)  # type: ignore[misc]  # mixed into a serializer

    def _refuse_surplus(self, data: Mapping[str, Any]) -> None:
        fields: Mapping[str, Any] = self.fields  # type: ignore[attr-defined]  # mixed into a serializer
        errors = {}
        for name in data:
            if name not in fields:
                known = ", ".join(key for key, field in fields.items() if not field.read_only)
                errors[name] = _error(f"This field is not known. Known: {known}.", "unknown_field")
            elif fields[name].read_only and not self._is_unchanged(fields[name], data[name]):
                errors[name] = _error("Only the server sets this field.", "read_only")
        if errors:
            raise serializers.ValidationError(errors)

    def _is_unchanged(self, field: Any, value: Any) -> bool:
        """Tell whether a row is being sent back with this field as it was read."""
        instance = getattr(self, "instance", None)
        if instance is None:
            return False
        attribute = field.get_attribute(instance)
        return bool(value == (None if attribute is None else field.to_representation(attribute)))


def _error(message: str, code: str) -> list[serializers.ErrorDetail]:
    return [serializers.ErrorDetail(message, code=code)]


class StrictSerializer(Strict, serializers.Serializer[Any]):
    """A shape that is not a model's."""


class BulkListSerializer(serializers.ListSerializer[M]):
    """Many rows in one request: one insert, or row by row where one of them is at fault."""

    def create(self, validated_data: Sequence[dict[str, Any]]) -> list[M]:  # type: ignore[override]  # many rows, not one
        child = cast("StrictModelSerializer[M]", self.child)
        if type(child).create is not StrictModelSerializer.create:
            return [child.create(dict(row)) for row in validated_data]
        model: type[M] = child.Meta.model
        rows = [model(**_without_version(row)) for row in validated_data]
        try:
            with transaction.atomic():
                return model._default_manager.bulk_create(rows, batch_size=500)  # noqa: SLF001  # Django's public name for it
        except IntegrityError:
            raise serializers.ValidationError(self._faults(rows)) from None

    def _faults(self, rows: Sequence[M]) -> list[dict[str, Any]]:
        """Find which rows break which constraint, by saving them one at a time."""
        faults: list[dict[str, Any]] = []
        with transaction.atomic():
            for row in rows:
                try:
                    row.validate_constraints()
                    row.pk = None
                    row.save(force_insert=True)
                    faults.append({})
                except DjangoValidationError as error:
                    faults.append(cast("dict[str, Any]", get_error_detail(error)))
            transaction.set_rollback(True)
        return faults


class StrictModelSerializer(Strict, serializers.ModelSerializer[M]):
    """A model's shape: strict scalars, relations by uuid within the organisation, the model's own rules, versions."""

    serializer_field_mapping = {
        model_field: STRICT.get(field, field)
        for model_field, field in serializers.ModelSerializer.serializer_field_mapping.items()
    }
    serializer_choice_field = STRICT[serializers.ChoiceField]
    serializer_related_field = OwnedRelatedField

    class Meta:
        model: type[Any]
        fields: Sequence[str]

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> Any:
        meta: Any = getattr(cls, "Meta", None)
        if meta is not None and not hasattr(meta, "list_serializer_class"):
            meta.list_serializer_class = BulkListSerializer
        return super().many_init(*args, **kwargs)

    def get_fields(self) -> dict[str, Field[Any, Any, Any, Any]]:
        """Fields of the model, worked out once for a class: nothing in them depends on the request."""
        built = BUILT.get(type(self))
        if built is None:
            built = BUILT[type(self)] = super().get_fields()
        return copy.deepcopy(built)

    def get_validators(self) -> list[Any]:
        """Leave uniqueness to the model's constraints, which also know the organisation."""
        return []

    def build_standard_field(
        self, field_name: str, model_field: "models.Field[Any, Any]"
    ) -> tuple[type[Field[Any, Any, Any, Any]], dict[str, Any]]:
        field, kwargs = super().build_standard_field(field_name, model_field)
        if field_name == "version" and issubclass(self.Meta.model, Versioned):
            text = "The version that an edit is based on; not needed to create."
            return StrictIntegerField, {"required": False, "min_value": 1, "help_text": text}
        return field, kwargs

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        field, kwargs = super().build_relational_field(field_name, relation_info)
        kwargs.pop("view_name", None)
        return field, kwargs

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Apply the model's ``clean`` and constraints, so that every way in has the same rules."""
        row = self._candidate(attrs)
        try:
            row.clean()
            if not self.context.get("bulk"):
                row.validate_constraints(exclude=self._unknown(row))
        except DjangoValidationError as error:
            raise serializers.ValidationError(get_error_detail(error)) from error
        return attrs

    def _candidate(self, attrs: Mapping[str, Any]) -> M:
        model: type[M] = self.Meta.model
        row = model()
        if isinstance(self.instance, models.Model):
            known = {f.attname: getattr(self.instance, f.attname) for f in _columns(model)}
            row = model(**known)
            row._state.adding = False  # noqa: SLF001  # the row exists, so its own values do not collide with it
        elif issubclass(model, Owned):
            row.organisation = self.context["organisation"]  # type: ignore[attr-defined]  # it is Owned
        for name, value in attrs.items():
            setattr(row, name, value)
        return row

    def _unknown(self, row: models.Model) -> set[str]:
        """Name the relations that the server fills in later."""
        return {
            f.name
            for f in _columns(type(row))
            if f.is_relation and not f.null and getattr(row, f.attname) is None
        }

    def create(self, validated_data: dict[str, Any]) -> M:
        model: type[M] = self.Meta.model
        row = model(**_without_version(validated_data))
        row.save(force_insert=True)
        return row

    def update(self, instance: M, validated_data: dict[str, Any]) -> M:
        expected = validated_data.pop("version", None)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        if isinstance(instance, Versioned):
            services.save_versioned(instance, expected or 0, actor=self.context["request"].user)
        else:
            instance.save()
        return instance


def _columns(model: type[models.Model]) -> "Sequence[models.Field[Any, Any]]":
    return model._meta.concrete_fields  # noqa: SLF001  # Django's public name for it


def _without_version(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "version"}
