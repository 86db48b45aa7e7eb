"""What whoever signs declares: every wording there ever was, by the version that claims name.

A wording that has been shown is never changed; a new one gets a version of its own. What somebody
declared in another language is kept with the claim as it was shown: a better translation later
does not change what they said.
"""

from typing import Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openletters.languages import Text, spoken

CURRENT = "2026-11-25"
"""The version that the form shows."""

UPDATES = "updates-2026-11-29"
"""The version of what whoever wants to be told more agrees to, apart from the declaration."""


class Claim(Protocol):
    """What tells how somebody consented."""

    consent_version: str
    consent_wording: str
    language: str


ON_PAPER = "on paper"
IMPORTED = "import"

WORDINGS = {
    "2026-11": _("I am authorised to sign on behalf of this organisation."),
    CURRENT: _(
        "I am authorised to sign on behalf of this organisation. Its name and country may be "
        "published, unless its name is to be withheld, and my contact data used for this "
        "sign-on, as the privacy page says."
    ),
    UPDATES: _("Tell me by e-mail what becomes of the letter."),
    ON_PAPER: _("No form was shown: the declaration reached staff on paper or by mail."),
    IMPORTED: _("No form was shown: the declaration was made where the list was collected."),
}


def declared(claim: Claim) -> Text:
    """Return what was declared: as it was shown, where that is on record."""
    if claim.consent_wording:
        return Text(claim.consent_wording, spoken(claim.language))
    return Text(wording(claim.consent_version), get_language() or "")


def wording(version: str) -> str:
    """Return what a version says, in the language of the page."""
    return str(WORDINGS.get(version, ""))
