"""Columns that are computed from their row whenever it is written, or put into one form."""

from collections.abc import Callable
from typing import Any

from django.db import models

from signatures.differences import one_kind_of_line_end


class Derived(models.Field):  # type: ignore[type-arg]
    """Mixin: the value is `derive(row)`, taken just before the row is saved.

    The database can then sort, search and compare by it, and no code path can forget it, short
    of an UPDATE that names the column's sources without the column.
    """

    def __init__(
        self, *args: Any, derive: Callable[[Any], Any] | None = None, **kwargs: Any
    ) -> None:
        self.derive = derive
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.derive is not None:  # historical models in migrations have no functions
            setattr(model_instance, self.attname, self.derived(model_instance))
        return super().pre_save(model_instance, add)

    def derived(self, row: models.Model) -> Any:
        """Return the value that belongs to a row."""
        assert self.derive
        return self.derive(row)


class DerivedCharField(Derived, models.CharField):  # type: ignore[type-arg]
    """A derived short text."""


class DerivedTextField(Derived, models.TextField):  # type: ignore[type-arg]
    """A derived text."""


class TypedTextField(models.TextField):  # type: ignore[type-arg]
    """A text that somebody typed. Browsers send other ends of lines than we hand out and freeze."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs  # it is the same to the database

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, text)
        return text

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return one_kind_of_line_end(text) if isinstance(text, str) else text


class DerivedBinaryField(Derived, models.BinaryField):  # type: ignore[type-arg]
    """A derived byte string: the only kind of value that every database orders alike."""

    @property
    def get_placeholder(self) -> Any:
        """Not there: the plain one does on our databases, and lets many rows be stored faster.

        Where a field has one, Django stores rows on PostgreSQL with a parameter for every value,
        instead of an array for every column.
        """
        raise AttributeError("get_placeholder")
