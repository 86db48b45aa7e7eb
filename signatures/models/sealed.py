"""Columns that the database holds sealed, and the app reads as they are: see signatures.vault."""

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact, IsNull, Lookup

from signatures import vault

if TYPE_CHECKING:
    Text = models.TextField[str | Combinable, str]
    AnyText = models.TextField[Any, Any]
    Binary = models.BinaryField[Any, Any]
    Question = Lookup[bool]
else:
    Text = AnyText = models.TextField
    Binary = models.BinaryField
    Question = Lookup


class Sealed:
    """Mixin of columns that are sealed. Nothing can be looked for in them."""

    name: Any

    def get_lookup(self, lookup_name: str) -> Any:
        """Only whether there is anything, and under which key it was sealed."""
        found = {"exact": IsEmpty, "isnull": IsNull, "other_key": UnderAnotherKey}.get(lookup_name)
        if found is None:
            raise FieldError(f"{self.name} is sealed; nothing in it can be looked for.")
        return found

    def get_transform(self, lookup_name: str) -> Any:
        """None."""


class IsEmpty(Exact):
    """Whether nothing is there."""

    def get_prep_lookup(self) -> Any:
        if self.rhs:
            raise FieldError("A sealed column can only be compared with nothing.")
        return ""


class UnderAnotherKey(Question):
    """Whether something is there that a key with another name than the given one sealed."""

    lookup_name = "other_key"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, parameters = self.process_lhs(compiler, connection)
        names: list[Any] = ["", self.rhs]  # nothing has no key
        if not isinstance(self.lhs.output_field, models.TextField):
            names = [name.encode() for name in names]
        sql = f"substr({column}, 1, {vault.ID_LENGTH}) NOT IN (%s, %s)"
        return sql, [*parameters, *names]


class SealedText(Sealed):
    """Mixin of texts that are sealed; the empty one stays empty."""

    max_length: int | None

    @property
    def validators(self) -> list[Any]:
        """Also its length, which the database cannot see."""
        longest = [MaxLengthValidator(self.max_length)] if self.max_length else []
        return [*super().validators, *longest]  # type: ignore[misc]

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else self.loaded(vault.unseal(value))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is None or hasattr(value, "as_sql"):
            return value
        return vault.seal(self.dumped(value))

    def loaded(self, text: str) -> Any:
        """Return the value that `text` stands for."""
        return text

    def dumped(self, value: Any) -> str:
        """Return the text that stands for a value."""
        return str(value)


class SealedTextField(SealedText, Text):
    """A text that is sealed at rest."""


class SealedJSONField(SealedText, AnyText):
    """Something that JSON can say, sealed at rest."""

    _pyi_private_set_type: Any  # how django-stubs is told what a column takes, and gives
    _pyi_private_get_type: Any

    def loaded(self, text: str) -> Any:
        return json.loads(text) if text else self.get_default()

    def dumped(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False) if value else ""


class SealedBinaryField(Sealed, Binary):
    """A file that is sealed at rest."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        return None if value is None else vault.unseal_bytes(bytes(value))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is not None and not hasattr(value, "as_sql"):
            value = vault.seal_bytes(bytes(value))
        return super().get_db_prep_save(value, connection)
