"""What a campaign gives the paper of its letters: its name, its colour and its logo."""

from django.conf import settings

from openletters import languages
from signatures.models.letters import Letter
from signatures.models.logos import Logo
from signatures.papers import Dress


def dress_of(letter: Letter, language: str) -> Dress:
    """Return whose paper a letter is printed on, in one query if its campaign has a logo."""
    campaign = letter.campaign
    if campaign is None:
        return Dress(site=settings.SITE_NAME, time_zone=letter.time_zone)
    with languages.read_in(language):
        campaign.set_current_language(language)
        title = str(campaign)
    logo = Logo.objects.filter(file=campaign.logo).first() if campaign.logo else None
    return Dress(
        site=settings.SITE_NAME,
        time_zone=letter.time_zone,
        campaign=title,
        colour=campaign.colour,
        logo=bytes(logo.content) if logo else b"",
        logo_alt=campaign.logo_alt,
    )
