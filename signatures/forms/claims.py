"""What is asked of an organisation and its contact, field by field."""

from typing import Any

from django import forms
from django.utils.functional import Promise, lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from signatures import consent, names
from signatures.forms.entries import (
    ClaimedCountryField,
    EmailField,
    LineField,
    NameField,
    WebsiteField,
)

PUBLIC = pgettext_lazy("mark on a form field", "public")
PRIVATE = pgettext_lazy("mark on a form field", "never published")


def _mark(label: str | Promise, is_public: bool) -> SafeString:
    """Return a field's label with the word that says whether its content is published."""
    return format_html(
        '{} <span class="mark {}">{}</span>',
        label,
        "mark-public" if is_public else "mark-private",
        PUBLIC if is_public else PRIVATE,
    )


def _mark_listing(label: str | Promise) -> SafeString:
    """Return the label of what is published, unless the box beside it is ticked.

    The stylesheet shows the second word then; browsers that cannot go on saying the worse.
    """
    return format_html(
        '{} <span class="mark mark-public">{}</span>'
        '<span class="mark mark-private" hidden>{}</span>',
        label,
        PUBLIC,
        PRIVATE,
    )


# Lazy, so that the label speaks the language of the page.
mark = lazy(_mark, SafeString)
mark_listing = lazy(_mark_listing, SafeString)

PUBLIC_FIELDS = ("name", "local_name", "acronym", "country")
PRIVATE_FIELDS = ("website", "contact_name", "contact_title", "email")

LABELS = {
    "name": _("Name of the organisation"),
    "local_name": _("Local name (optional)"),
    "acronym": _("Acronym (optional)"),
    "country": _("Country where it is based"),
    "website": _("Website (optional)"),
    "contact_name": _("Your name"),
    "contact_title": _("Your position"),
    "email": _("Your e-mail address"),
}
HELP = {
    "name": _("Exactly as it should appear in the list."),
    "local_name": _("In the organisation's own language and script; listed beside the first."),
    "website": _("Helps us to see that it is really you."),
    "email": _("We write to it only about this sign-on."),
}


def claim_field(name: str) -> forms.Field:
    """Return the form field for one statement of a claim."""
    extra: dict[str, Any] = {"label": mark(LABELS[name], name in PUBLIC_FIELDS)}
    extra["help_text"] = HELP.get(name, "")
    match name:
        case "name":
            required = _("Enter the name of your organisation.")
            return NameField(
                max_length=names.LONGEST_NAME, error_messages={"required": required}, **extra
            )
        case "local_name":
            return NameField(
                max_length=names.LONGEST_NAME,
                required=False,
                widget=forms.TextInput(attrs={"dir": "auto"}),
                **extra,
            )
        case "acronym":
            return NameField(
                max_length=30,
                required=False,
                widget=forms.TextInput(attrs={"dir": "auto"}),
                **extra,
            )
        case "country":
            return ClaimedCountryField(
                error_messages={"required": _("Choose the country of your organisation.")},
                **extra,
            )
        case "website":
            return WebsiteField(required=False, max_length=200, **extra)
        case "contact_name":
            return LineField(
                max_length=150,
                error_messages={"required": _("Enter your name.")},
                widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
                **extra,
            )
        case "contact_title":
            return LineField(
                max_length=150,
                error_messages={"required": _("Enter your position in the organisation.")},
                widget=forms.TextInput(attrs={"autocomplete": "organization-title", "dir": "auto"}),
                **extra,
            )
        case _:
            return EmailField(**extra)


def updates_field() -> forms.BooleanField:
    """Return the box of whoever wants to be told more: nobody has to, so it is never ticked."""
    return forms.BooleanField(
        label=consent.WORDINGS[consent.UPDATES],
        help_text=_("Seldom, and only if you want it. One click in each such mail ends it."),
        required=False,
    )


def withhold_field() -> forms.BooleanField:
    """Return the box that has an organisation counted without its name being published."""
    return forms.BooleanField(
        label=_("Count us, but do not publish our name"),
        help_text=_(
            "For organisations that would be in danger. The list then ends with, for instance, "
            "“and 3 organisations whose names are withheld for their safety”. Only the people who "
            "check names see yours. You can change this later."
        ),
        required=False,
    )
