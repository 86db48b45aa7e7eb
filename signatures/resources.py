"""Columns of imports and exports."""

from typing import Any, ClassVar

from import_export import resources
from import_export.fields import Field

from signatures.models.organizations import Signature

_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")


def safe_cell(value: str) -> str:
    """Return `value` so that no spreadsheet takes it for a formula.

    A cell whose first visible character could start one gets an apostrophe in front, by which
    spreadsheets know text.
    """
    start = value.lstrip(" \u00a0")[:1]
    return f"'{value}" if start in _FORMULA_STARTS and start else value


class SignatoryResource(resources.ModelResource):
    """The public list of a letter: what its page shows, and nothing else."""

    number = Field(column_name="number")
    name = Field(column_name="name")
    local_name = Field(column_name="local_name")
    country = Field(column_name="country")
    section = Field(column_name="section")
    signed_on = Field(column_name="signed_on")

    class Meta:
        model = Signature
        fields: ClassVar = ("number", "name", "local_name", "country", "section", "signed_on")
        export_order: ClassVar = fields

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rows_written = 0

    def dehydrate_number(self, signature: Signature) -> str:
        """Count the rows as the page numbers its list."""
        self._rows_written += 1
        return str(self._rows_written)

    def dehydrate_name(self, signature: Signature) -> str:
        """The name exactly as listed."""
        return safe_cell(signature.name)

    def dehydrate_local_name(self, signature: Signature) -> str:
        """The name in the organisation's own language, or nothing."""
        return safe_cell(signature.local_name)

    def dehydrate_country(self, signature: Signature) -> str:
        """The country's two letters (ISO 3166-1), or nothing."""
        return signature.organization.country.code or ""

    def dehydrate_section(self, signature: Signature) -> str:
        """Whether the organisation is one of those who issued the letter."""
        return "initiator" if signature.is_initiator else ""

    def dehydrate_signed_on(self, signature: Signature) -> str:
        """The day of the signature (ISO 8601)."""
        return signature.signed_on.isoformat()
