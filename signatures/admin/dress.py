"""A campaign's colour and logo, as editors choose them without writing any code."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from signatures import colours, logos
from signatures.admin.originals import OriginalAdmin, OriginalForm
from signatures.models.letters import Campaign
from signatures.models.logos import Logo


class ColourInput(forms.TextInput):
    """The browser's own way to choose a colour."""

    input_type = "color"


class CampaignForm(OriginalForm):
    """A campaign with its colour and logo, each checked before it is stored."""

    own_colour = forms.BooleanField(
        label=_("Use a colour of its own"),
        required=False,
        help_text=_("Otherwise its pages have the site's colour."),
    )
    chosen = forms.CharField(
        label=_("Colour"),
        required=False,
        widget=ColourInput,
        help_text=_(
            "For headings, links, figures and buttons. Where it could not be read, a darker or "
            "lighter tone of it is used; save to see it."
        ),
    )
    logo_file = forms.FileField(
        label=_("Logo"),
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_(
            "PNG, JPEG or WebP, up to 500 kB. It is made smaller where it is larger than 600 by "
            "240 pixels, and stands at the top of the campaign's letters."
        ),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)

    class Meta:
        model = Campaign
        fields: ClassVar = ("title", "slug", "summary", "language", "logo_alt")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drawn: logos.Drawn | None = None
        self.fields["own_colour"].initial = bool(self.instance.colour)
        self.fields["chosen"].initial = self.instance.colour or colours.SITES_OWN

    def clean_chosen(self) -> str:
        """A colour that can be read, or nothing if none is wanted."""
        colour: str = self.cleaned_data["chosen"].strip().lower()
        if not self.cleaned_data.get("own_colour"):
            return ""
        if not colours.HEX.fullmatch(colour):
            raise forms.ValidationError(_("Give a colour like #0f5a4c."))
        try:
            colours.in_light(colour)
        except colours.Unreadable as error:
            told = _(
                "This colour is so light that it cannot be read on paper, and no tone of it can "
                "that would still be this colour. Choose a darker one."
            )
            raise forms.ValidationError(told) from error
        return colour

    def clean_logo_file(self) -> Any:
        """A picture, drawn anew."""
        upload = self.cleaned_data["logo_file"]
        if upload:
            if upload.size > logos.LARGEST_FILE:
                raise forms.ValidationError(_("This file is too large: a logo may have 500 kB."))
            try:
                self.drawn = logos.draw(upload.read())
            except logos.Refused as refused:
                raise forms.ValidationError(str(refused)) from refused
        return upload

    def clean(self) -> dict[str, Any]:
        """A logo has its words."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        stays = self.instance.logo and not cleaned.get("no_logo")
        if (self.drawn or stays) and not cleaned.get("logo_alt", "").strip():
            self.add_error("logo_alt", _("Say in words what the logo shows."))
        return cleaned

    def dress(self, campaign: Campaign) -> None:
        """Store what was chosen."""
        campaign.colour = self.cleaned_data["chosen"]
        campaign.save(update_fields=["colour"])
        if self.drawn or self.cleaned_data["no_logo"]:
            Logo.objects.give(campaign, self.drawn)


class Dressed(OriginalAdmin):
    """An admin of campaigns that offers their colour and logo, and shows how they look."""

    form = CampaignForm
    fieldsets = (
        (None, {"fields": ("title", "slug", "summary", "language")}),
        (
            _("Colour and logo"),
            {"fields": (("own_colour", "chosen"), "logo_file", "no_logo", "logo_alt", "shown")},
        ),
    )
    readonly_fields = ("shown",)

    def shown(self, campaign: Campaign) -> SafeString:
        """Letter and button as they are in the light and in the dark."""
        tones = {}
        if campaign.colour:
            tones = {
                "light": colours.in_light(campaign.colour),
                "dark": colours.in_dark(campaign.colour),
            }
        context = {"campaign": campaign, "tones": tones}
        return render_to_string("admin/signatures/campaign/_shown.html", context)

    shown.short_description = _("How it looks")  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """With its colour and logo."""
        super().save_model(request, obj, form, change)
        form.dress(obj)
