"""What a campaign gives the paper of its letters: its name, its colour and its logo."""

from django.conf import settings

from openletters import languages
from signatures.models.letters import Campaign
from signatures.models.logos import Logo
from signatures.papers import Dress


def dress_of(campaign: Campaign | None, language: str) -> Dress:
    """Return whose paper a letter of `campaign` is printed on, in one query if it has a logo."""
    if campaign is None:
        return Dress(site=settings.SITE_NAME)
    with languages.read_in(language):
        campaign.set_current_language(language)
        title = str(campaign)
    logo = Logo.objects.filter(file=campaign.logo).first() if campaign.logo else None
    return Dress(
        site=settings.SITE_NAME,
        campaign=title,
        colour=campaign.colour,
        logo=bytes(logo.content) if logo else b"",
        logo_alt=campaign.logo_alt,
    )
