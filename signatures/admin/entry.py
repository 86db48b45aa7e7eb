"""A sign-on that reached staff on paper or by mail."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from signatures import names
from signatures.forms import EmailField, LettersField, LineField, NameField, WebsiteField
from signatures.models.letters import Letter
from signatures.models.sign_ons import SignOn


class EntryForm(forms.Form):
    """What staff read off the paper."""

    STATED = (
        "name",
        "local_name",
        "acronym",
        "country",
        "website",
        "contact_name",
        "contact_title",
        "email",
    )
    FIELDSETS: ClassVar[list[Any]] = [
        (_("Organisation"), {"fields": (*STATED[:5], "withhold_name")}),
        (_("Letters"), {"fields": ("letters", "provenance")}),
        (
            _("Contact person"),
            {
                "fields": STATED[5:],
                "description": _("Never published. May stay empty; then nobody is written to."),
            },
        ),
    ]

    name = NameField(
        label=_("Name, exactly as it shall be listed"),
        max_length=names.LONGEST_NAME,
        widget=forms.TextInput(attrs={"class": "vTextField", "dir": "auto"}),
    )
    local_name = NameField(
        label=_("Name in its own language"),
        max_length=names.LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField", "dir": "auto"}),
    )
    acronym = NameField(label=_("Acronym"), max_length=30, required=False)
    country = SignOn._meta.get_field("country").formfield(label=_("Country"))
    website = WebsiteField(label=_("Website"), max_length=200, required=False)
    withhold_name = forms.BooleanField(
        label=_("Count it, but do not publish its name"),
        help_text=_("When the organisation asked for it, for its safety."),
        required=False,
    )
    letters = LettersField(queryset=Letter.objects.none(), label=_("Letters that it signs"))
    provenance = LineField(
        label=_("Where it came from"),
        max_length=250,
        help_text=SignOn._meta.get_field("provenance").help_text,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    contact_name = LineField(label=_("Name of the contact"), max_length=150, required=False)
    contact_title = LineField(label=_("Position"), max_length=150, required=False)
    email = EmailField(label=_("E-mail address"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["letters"]
        assert isinstance(field, LettersField)
        field.queryset = (
            Letter.objects.exclude(status=Letter.Status.DRAFT)
            .order_by("-pk")
            .prefetch_related("translations", "addressees__translations")
        )

    def enter(self, actor: User) -> SignOn:
        """Put it into the queue."""
        stated = {field: self.cleaned_data[field] for field in (*self.STATED, "withhold_name")}
        return SignOn.objects.enter(
            self.cleaned_data["letters"],
            actor=actor,
            provenance=self.cleaned_data["provenance"],
            **stated,
        )
