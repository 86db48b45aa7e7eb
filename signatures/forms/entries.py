"""Kinds of fields: one line, a name, a website, a mail address, a country."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from signatures import names, websites

LONGEST_INPUT = 5_000
"""Characters that are worth cleaning; a longer entry is no name, however little of it shows."""


class LineField(forms.CharField):
    """One line of text, without what nobody can see."""

    default_error_messages: ClassVar = {"endless": _("This is far too long. Shorten it.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = _(
                    "Shorten this: it may have %(limit_value)d characters and has %(show_value)d."
                )

    def to_python(self, value: Any) -> str:
        raw = super().to_python(value) or ""
        if len(raw) > LONGEST_INPUT:
            raise ValidationError(self.error_messages["endless"], code="endless")
        return names.clean_display(raw)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # A browser would cut a longer text off silently; the form says how long it may be.
        return {
            name: value
            for name, value in super().widget_attrs(widget).items()
            if name not in {"maxlength", "minlength"}
        }


class NameField(LineField):
    """The name of an organisation, in any script."""

    default_error_messages: ClassVar = {
        "says_nothing": _("A name needs at least one letter or digit."),
        "address": _("Enter the name without a web address."),
    }

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not names.says_something(value):
            raise ValidationError(self.error_messages["says_nothing"], code="says_nothing")
        # The name stands in a mail to an address that a stranger chose.
        if "://" in value:
            raise ValidationError(self.error_messages["address"], code="address")


class WebsiteField(forms.URLField):
    """A web address, with or without https:// in front."""

    default_error_messages: ClassVar = {
        "invalid": _("Enter a web address such as https://example.org, or leave this empty."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)
        known = URLValidator(schemes=["http", "https"], message=self.error_messages["invalid"])
        self.validators = [
            known if isinstance(validator, URLValidator) else validator
            for validator in self.validators
        ]
        # Browsers refuse "example.org" in a field of type url; we do not.
        self.widget = forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "url", "dir": "ltr"}
        )

    def to_python(self, value: Any) -> str:
        raw = str(value or "")[:LONGEST_INPUT]
        try:
            address = super().to_python(names.clean_line(raw)) or ""
            offered = not address or websites.is_offered_to_all(address)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if not offered:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address


class EmailField(forms.EmailField):
    """A mail address."""

    default_error_messages: ClassVar = {
        "required": _("Enter your e-mail address; we send a link to it."),
        "invalid": _("Enter an e-mail address such as name@example.org."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        self.widget.attrs["dir"] = "ltr"

    def to_python(self, value: Any) -> str:
        address = names.clean_line(str(super().to_python(value) or "")[:LONGEST_INPUT])
        local, at, domain = address.rpartition("@")
        try:
            # As the mail server will be asked for it; a name it cannot be asked for is no address.
            domain.encode("idna")
        except UnicodeError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        return f"{local}{at}{domain.lower()}"


class LongSelect(forms.Select):
    """A plain select with many options; a template for each would take half the page's time."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        chosen = set(self.format_value(value))
        options = "".join(
            f'<option value="{escape(key)}"{" selected" if key in chosen else ""}>'
            f"{escape(label)}</option>"
            for key, label in self.choices
        )
        return mark_safe(f"<select{attributes}>{options}</select>")


class ClaimedCountryField(forms.ChoiceField):
    """A country, by its two letters."""

    widget = LongSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: [("", _("Choose a country")), *countries], **kwargs)

    def valid_value(self, value: Any) -> bool:
        # Without sorting and translating all of them for one.
        return value in countries.countries
