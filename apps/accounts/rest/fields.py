"""Scalars that accept their own JSON type and nothing that merely looks like it."""

import math
import re
import uuid
from typing import Any, NoReturn

from django.db.models import Model
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import Field

from apps.accounts.models import Owned

LARGEST = 1e18
TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
PRINTABLE = re.compile(TEXT)


class StrictText:
    """Text only; control characters are refused."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            refuse("not_text", f"Text is needed here, not {described(data)}.")
        if not PRINTABLE.match(data):
            refuse("control_character", "Control characters are not allowed here.")
        return super().to_internal_value(data)  # type: ignore[misc]  # mixed into a field


class StrictCharField(StrictText, serializers.CharField):
    pass


class StrictEmailField(StrictText, serializers.EmailField):
    pass


class StrictSlugField(StrictText, serializers.SlugField):
    pass


class StrictURLField(StrictText, serializers.URLField):
    pass


class StrictChoiceField(StrictText, serializers.ChoiceField):
    pass


class StrictIntegerField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            refuse("not_a_whole_number", f"A whole number is needed here, not {described(data)}.")
        return super().to_internal_value(str(data)[:400])


class StrictFloatField(serializers.FloatField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_value", LARGEST)
        kwargs.setdefault("min_value", -LARGEST)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            refuse("not_a_number", f"A number is needed here, not {described(data)}.")
        if isinstance(data, float) and not math.isfinite(data):
            refuse("not_finite", "A finite number is needed here.")
        return float(max(-2 * LARGEST, min(2 * LARGEST, data)))


class StrictBooleanField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            refuse("not_true_or_false", f"true or false is needed here, not {described(data)}.")
        return data


class StrictUUIDField(StrictText, serializers.UUIDField):
    pass


@extend_schema_field(OpenApiTypes.UUID)
class OwnedRelatedField(serializers.RelatedField[Model, str, Any]):
    """Another row of the same organisation, named by its uuid; rows of others do not exist."""

    default_error_messages = {"does_not_exist": "Your organisation has no {kind} with this uuid."}

    def use_pk_only_optimization(self) -> bool:
        return False

    def to_representation(self, value: Any) -> str:
        return str(value.uuid)

    def to_internal_value(self, data: Any) -> Model:
        key = parsed_uuid(data)
        cache: dict[tuple[type[Model], uuid.UUID], Model | None] = self.context["related"]
        queryset: Any = self.get_queryset()
        model: type[Model] = queryset.model
        if (model, key) not in cache:
            cache[model, key] = self._scoped(queryset).filter(uuid=key).first()
        found = cache[model, key]
        if found is None:
            self.fail("does_not_exist", kind=model._meta.verbose_name)  # noqa: SLF001  # Django's public name for it
        return found

    def _scoped(self, queryset: Any) -> Any:
        if issubclass(queryset.model, Owned):
            return queryset.filter(organisation=self.context["organisation"])
        return queryset


def parsed_uuid(data: Any) -> uuid.UUID:
    """Read a uuid, or refuse the value."""
    try:
        return uuid.UUID(data) if isinstance(data, str) else refuse_uuid(data)
    except ValueError:
        refuse_uuid(data)


def refuse_uuid(data: Any) -> NoReturn:
    refuse("not_a_uuid", f"A uuid is needed here, not {described(data)}.")


def refuse(code: str, message: str) -> NoReturn:
    raise serializers.ValidationError(message, code=code)


def described(data: Any) -> str:
    """Name a JSON value's kind in words."""
    kinds: dict[type, str] = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "an object",
        type(None): "null",
    }
    return kinds.get(type(data), "that")


STRICT: dict[type[Field[Any, Any, Any, Any]], type[Field[Any, Any, Any, Any]]] = {
    serializers.CharField: StrictCharField,
    serializers.EmailField: StrictEmailField,
    serializers.SlugField: StrictSlugField,
    serializers.URLField: StrictURLField,
    serializers.ChoiceField: StrictChoiceField,
    serializers.IntegerField: StrictIntegerField,
    serializers.FloatField: StrictFloatField,
    serializers.BooleanField: StrictBooleanField,
    serializers.UUIDField: StrictUUIDField,
}
