"""What contact persons fill in."""

from collections.abc import Iterable
from copy import copy
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.forms.utils import flatatt
from django.utils.functional import Promise, lazy
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries import countries

from openletters.languages import Text, attributes
from signatures import bots, consent, names, shown, websites
from signatures.models.letters import Letter

PUBLIC = pgettext_lazy("mark on a form field", "public")
PRIVATE = pgettext_lazy("mark on a form field", "never published")


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


class LettersField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """The letters of a campaign, each with those it is addressed to."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages: ClassVar = {
        "required": _("Tick at least one letter."),
        "invalid_choice": _(
            "A letter that you ticked can no longer be signed. Please look at your choice again."
        ),
    }

    def clean(self, value: Any) -> Any:
        # No database has a key of more digits, and some fail when asked for one.
        if any(len(str(key)) > 18 for key in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)

    def label_from_instance(self, letter: Letter) -> SafeString:
        return letter_label(letter)


class OpenLettersField(forms.MultipleChoiceField):
    """Letters that were read already, all of them ticked; the database is not asked again."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = LettersField.default_error_messages

    def offer(self, letters: Iterable[Letter]) -> None:
        """Let one choose among `letters`."""
        self.letters = {str(letter.pk): letter for letter in letters}
        self.initial = list(self.letters)
        self.choices = lambda: [(key, letter_label(one)) for key, one in self.letters.items()]

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.letters

    def clean(self, value: Any) -> Any:
        chosen = dict.fromkeys(super().clean(value))
        return [self.letters[key] for key in chosen]


def letter_label(letter: Letter) -> SafeString:
    """Return a letter's title with those it is addressed to."""
    addressees = [
        [part for part in (one.name, one.position) if part] or [one.institution]
        for one in letter.addressees.all()
    ]
    return format_html(
        '<span class="letter-title"{}>{}</span><span class="letter-addressees">{}</span>',
        attributes(letter.title.language),
        letter.title,
        format_html_join("", "<bdi>{}</bdi>", ((_in_one_line(one),) for one in addressees)),
    )


def changed_meanwhile(letter: Letter) -> SafeString:
    """Return what somebody is told who signs another text than they could read."""
    told = _(
        "The text of “{title}” was changed after you opened this form: {link}, then press the"
        " button again. What you entered is still here."
    )
    again = _("read it again")
    link = (
        format_html('<a href="{}" target="_blank">{}</a>', letter.get_absolute_url(), again)
        if letter.is_published()
        else again
    )
    title = format_html("<bdi{}>{}</bdi>", attributes(letter.title.language), letter.title)
    return format_html(str(told), title=title, link=link)


def _in_one_line(parts: Iterable[Text]) -> SafeString:
    marked = ((attributes(part.language), part) for part in parts)
    each = (
        (format_html("<span{}>{}</span>", told, part) if told else part,) for told, part in marked
    )
    return format_html_join(" · ", "{}", each)


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


# Where listing.js shows how the name will stand in the list.
LISTING = HTML('<div data-listing aria-live="polite"></div>')

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


class SignOnForm(forms.Form):
    """The public form: one organisation, one contact, the campaign's open letters."""

    name = claim_field("name")
    local_name = claim_field("local_name")
    acronym = claim_field("acronym")
    country = claim_field("country")
    website = claim_field("website")
    contact_name = claim_field("contact_name")
    contact_title = claim_field("contact_title")
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


class CorrectionForm(forms.Form):
    """What a contact may correct on the private page."""

    name = claim_field("name")
    local_name = claim_field("local_name")
    acronym = claim_field("acronym")
    country = claim_field("country")
    website = claim_field("website")
    contact_name = claim_field("contact_name")
    contact_title = claim_field("contact_title")

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
