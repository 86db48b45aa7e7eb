"""Taking a claim that came in through a form: the site's own, or an organiser's by the API."""

from collections.abc import Iterable
from typing import Any

from openletters.languages import reading
from signatures.forms import SignOnForm
from signatures.models.sign_ons import SignOn
from signatures.models.switches import of_letter
from signatures.throttling import Count


def submit(form: SignOnForm, counted: Count, flags: Iterable[str], **origin: Any) -> None:
    """Store what a valid form states, in the language of whoever filled it in.

    `origin` tells where it came from, if that is not our own form. Tells nothing about what was
    known before.
    """
    letters = form.cleaned_data["letters"]
    domain = form.cleaned_data["email"].rpartition("@")[2]
    SignOn.objects.submit(
        letters,
        hold=not all(of_letter(one).lets_through(domain) for one in letters),
        language=reading(),
        flags=[*flags, *counted.flags],
        client=counted.client,
        shown=form.shown(),
        updates=form.cleaned_data["updates"],
        **form.claim(),
        **origin,
    )
