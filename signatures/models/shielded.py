"""Columns with what an organisation is called: sealed at rest where its name is withheld."""

from typing import TYPE_CHECKING, Any

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.lookups import Lookup

from signatures import vault

if TYPE_CHECKING:
    Text = models.TextField[str | Combinable, str]
    Question = Lookup[bool]
else:
    Text = models.TextField
    Question = Lookup

MARK = "\x01"
"""Stands before what is sealed. No name that was cleaned begins with it."""

NAME = "organisation"
"""What the fingerprints of names are for."""


class ShieldedTextField(Text):
    """A text that is sealed at rest in a row that says `withhold_name`, and plain in any other.

    The app reads both as they are. Plain texts can be looked for; of sealed ones nothing is found.
    Whatever changes `withhold_name` has to save these columns, too.
    """

    @property
    def validators(self) -> list[Any]:
        """Also its length, which the database cannot see."""
        longest = [MaxLengthValidator(self.max_length)] if self.max_length else []
        return [*super().validators, *longest]

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if value and getattr(model_instance, "withhold_name", False):
            return MARK + vault.seal(value)
        return value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if value and value.startswith(MARK):
            return vault.unseal(value.removeprefix(MARK))
        return value


@ShieldedTextField.register_lookup
class UnderAnotherKey(Question):
    """Whether what is sealed was sealed by a key with another name than the given one."""

    lookup_name = "other_key"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, parameters = self.process_lhs(compiler, connection)
        name = f"substr({column}, 2, {vault.ID_LENGTH})"
        is_sealed = f"substr({column}, 1, 1) = %s"
        return f"({is_sealed} AND {name} <> %s)", [*parameters, MARK, *parameters, self.rhs]
