"""What contact persons fill in."""

from functools import cache
from typing import Any, ClassVar
from urllib.parse import urlsplit

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.forms.utils import flatatt
from django.utils.functional import Promise, lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from signatures import bots, names
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
        self.widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"})

    def to_python(self, value: Any) -> str:
        raw = str(value or "")[:LONGEST_INPUT]
        try:
            address = super().to_python(names.clean_display(raw)) or ""
            named_user = "@" in urlsplit(address).netloc
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if named_user:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address


class LetterChoices(ModelChoiceIterator):  # type: ignore[type-arg]
    """The letters to choose from. Their texts are read to show them, not to check a choice."""

    def __init__(self, field: "LettersField") -> None:
        super().__init__(field)
        letters: Any = field.queryset
        self.queryset = letters.prefetch_related("translations", "addressees__translations")


class LettersField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """The letters of a campaign, each with those it is addressed to."""

    iterator = LetterChoices
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
        addressees = [
            " · ".join(filter(None, [one.name, one.position])) or one.institution
            for one in letter.addressees.all()
        ]
        return format_html(
            '<span class="letter-title">{}</span><span class="letter-addressees">{}</span>',
            letter.title,
            format_html_join("", "<bdi>{}</bdi>", ((name,) for name in addressees)),
        )


@cache
def _countries(language: str) -> list[tuple[str, str]]:
    """Return the codes and names of all countries, in the order of the present language."""
    return [(code, str(name)) for code, name in countries]


def country_choices() -> list[tuple[str, str]]:
    """Return the countries to choose from, in the language of the page."""
    return [("", str(_("Choose a country"))), *_countries(get_language() or "")]


@cache
def _options(language: str) -> SafeString:
    return format_html_join("\n", '<option value="{}">{}</option>', country_choices())


class CountrySelect(forms.Select):
    """A list of countries whose options are written once in each language.

    With a template for each of them they would take more time than the rest of the form.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Write the list, with `value` chosen."""
        html = _options(get_language() or "")
        option = format_html('<option value="{}"', value or "")
        return format_html(
            "<select{}>{}</select>",
            flatatt({"name": name} | self.build_attrs(self.attrs, attrs)),
            mark_safe(html.replace(f"{option}>", f"{option} selected>")),
        )


def _mark(label: str | Promise, is_public: bool) -> SafeString:
    """Return a field's label with the word that says whether its content is published."""
    return format_html(
        '{} <span class="mark {}">{}</span>',
        label,
        "mark-public" if is_public else "mark-private",
        PUBLIC if is_public else PRIVATE,
    )


# Where listing.js shows how the name will stand in the list.
LISTING = HTML('<div data-listing aria-live="polite"></div>')

# Lazy, so that the label speaks the language of the page.
mark = lazy(_mark, SafeString)

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
            return NameField(max_length=30, required=False, **extra)
        case "country":
            return forms.ChoiceField(
                choices=country_choices,
                widget=CountrySelect,
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
                widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
                **extra,
            )
        case _:
            return EmailField(**extra)


class EmailField(forms.EmailField):
    """A mail address."""

    default_error_messages: ClassVar = {
        "required": _("Enter your e-mail address; we send a link to it."),
        "invalid": _("Enter an e-mail address such as name@example.org."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_python(self, value: Any) -> str:
        address = names.clean_display(str(super().to_python(value) or "")[:LONGEST_INPUT])
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
    letters = LettersField(queryset=Letter.objects.none(), label=_("Letters that you sign"))
    authorized = forms.BooleanField(
        label=mark(_("I am authorised to sign on behalf of this organisation."), False),
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

    def __init__(self, *args: Any, letters: QuerySet[Letter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["letters"]
        assert isinstance(field, LettersField)
        field.queryset = letters
        field.initial = letters
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
            ),
            Fieldset(
                str(_("Contact person")),
                Div(Field("contact_name"), Field("contact_title"), css_class="pair"),
                Field("email", autocomplete="email"),
            ),
            Fieldset(mark(_("Letters"), True), Field("letters"), css_class="letters"),
            Field("authorized"),
            Div("comment", hidden=True),
            "opened",
        )

    def claim(self) -> dict[str, Any]:
        """Return what was stated of the organisation and its contact."""
        return {name: self.cleaned_data[name] for name in (*PUBLIC_FIELDS, *PRIVATE_FIELDS)}

    def flags(self) -> list[str]:
        """Return what about this submission people seldom do."""
        stated = {name: str(self.cleaned_data[name] or "") for name in ("comment", "opened")}
        return bots.flags(hidden_field=stated["comment"], opened=stated["opened"])


class CorrectionForm(forms.Form):
    """What a contact may correct on the private page."""

    name = claim_field("name")
    local_name = claim_field("local_name")
    acronym = claim_field("acronym")
    website = claim_field("website")
    contact_name = claim_field("contact_name")
    contact_title = claim_field("contact_title")

    def __init__(self, *args: Any, names_too: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
            Field("website"),
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
