"""What contact persons fill in."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from signatures import bots, consent, shown
from signatures.forms.claims import (
    LABELS,
    PRIVATE_FIELDS,
    PUBLIC_FIELDS,
    claim_field,
    mark,
    mark_listing,
    updates_field,
    withhold_field,
)
from signatures.forms.entries import EmailField
from signatures.forms.letters import OpenLettersField, changed_meanwhile
from signatures.models.letters import Letter

# Where listing.js shows how the name will stand in the list.
LISTING = HTML('<div data-listing aria-live="polite"></div>')


class StatedForm(forms.Form):
    """What a contact states about the organisation, and about who they are."""

    name = claim_field("name")
    local_name = claim_field("local_name")
    acronym = claim_field("acronym")
    country = claim_field("country")
    website = claim_field("website")
    contact_name = claim_field("contact_name")
    contact_title = claim_field("contact_title")


class SignOnForm(StatedForm):
    """The public form: one organisation, one contact, the campaign's open letters."""

    email = claim_field("email")
    letters = OpenLettersField(label=_("Letters that you sign"))
    withhold_name = withhold_field()
    updates = updates_field()
    authorized = forms.BooleanField(
        label=consent.WORDINGS[consent.CURRENT],
        error_messages={
            "required": _("Tick the box to declare that you may sign for this organisation.")
        },
    )

    # Neither of these two is ever refused: see signatures.bots.
    comment = forms.Field(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    opened = forms.Field(required=False, widget=forms.HiddenInput, initial=bots.opened_now)
    texts = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, letters: Iterable[Letter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        letters = list(letters)
        self.present = shown.stated(letters)
        self.fields["texts"].initial = self.present
        for name in PUBLIC_FIELDS:
            self.fields[name].label = mark_listing(LABELS[name])
        field = self.fields["letters"]
        assert isinstance(field, OpenLettersField)
        field.offer(letters)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Fieldset(
                str(_("Your organisation")),
                Field("name", autocomplete="organization", dir="auto"),
                Div(Field("local_name"), Field("acronym"), css_class="pair"),
                LISTING,
                Div(Field("country"), Field("website"), css_class="pair"),
                Field("withhold_name"),
            ),
            Fieldset(
                str(_("Contact person")),
                Div(Field("contact_name"), Field("contact_title"), css_class="pair"),
                Field("email", autocomplete="email"),
                Field("updates"),
                HTML('{% include "signatures/_kept.html" %}'),
            ),
            Fieldset(mark(_("Letters"), True), Field("letters"), css_class="letters"),
            Field("authorized"),
            Div("comment", hidden=True),
            "opened",
            "texts",
        )

    def clean(self) -> dict[str, Any]:
        """Refuse to sign a text that was changed in substance since the form was shown."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        stated = shown.read(cleaned.get("texts"))
        for letter in cleaned.get("letters", ()):
            if stated.get(letter.pk, letter.text_version) < letter.substance_version:
                self.add_error("letters", changed_meanwhile(letter))
        # From now on they have been told.
        told: Any = copy(self.data)
        told["texts"] = self.present
        self.data = told
        return cleaned

    def shown(self) -> dict[int, int]:
        """Return the number of the text that was shown of each letter, by the letters' keys."""
        stated = shown.read(self.cleaned_data["texts"])
        return {
            one.pk: min(stated.get(one.pk, one.text_version), one.text_version)
            for one in self.cleaned_data["letters"]
        }

    def claim(self) -> dict[str, Any]:
        """Return what was stated of the organisation and its contact."""
        stated = (*PUBLIC_FIELDS, *PRIVATE_FIELDS, "withhold_name")
        return {name: self.cleaned_data[name] for name in stated}

    def flags(self) -> list[str]:
        """Return what about this submission people seldom do."""
        stated = {name: str(self.cleaned_data[name] or "") for name in ("comment", "opened")}
        return bots.flags(hidden_field=stated["comment"], opened=stated["opened"])


class CorrectionForm(StatedForm):
    """What a contact may correct on the private page."""

    def __init__(
        self,
        *args: Any,
        names_too: bool,
        country_too: bool,
        withheld: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        place = [Field("country")] if country_too else []
        if not country_too:
            del self.fields["country"]
        if withheld:
            for name in {*PUBLIC_FIELDS} & {*self.fields}:
                self.fields[name].label = mark(LABELS[name], False)
            self.fields["name"].help_text = ""
            self.fields["local_name"].help_text = _(
                "In the organisation's own language and script."
            )
        listed = [
            Field("name", dir="auto"),
            Div(Field("local_name"), Field("acronym"), css_class="pair"),
            LISTING,
        ]
        if not names_too:
            for name in ("name", "local_name", "acronym"):
                del self.fields[name]
            listed = []
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            *listed,
            Div(*place, Field("website"), css_class="pair"),
            Div(Field("contact_name"), Field("contact_title"), css_class="pair"),
        )


class NewEmailForm(forms.Form):
    """Another address for the contact."""

    new_email = EmailField(label=_("New e-mail address"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
