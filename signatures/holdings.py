"""Everything that is held about the contact of a sign-on, as they may see it and take it along.

Who of the staff did something is not told, nor what they wrote to each other: that is about their
work, and could be turned against them. How many such notes there are is told. Whether a form looked
as if a script had filled it in is not, because scripts would learn from it.
"""

from typing import Any

from django.conf import settings
from django.utils import timezone

from signatures import consent
from signatures.models.history import SignOnEvent
from signatures.models.notes import Note
from signatures.models.sign_ons import SignOn
from signatures.models.update_mails import UpdateMail


def held(sign_on: SignOn) -> dict[str, Any]:
    """Return all of it, in texts, numbers, times and lists."""
    return {
        "site": settings.SITE_URL,
        "as_of": timezone.now(),
        "responsible": settings.PRIVACY_CONTACT,
        "contact": {
            "name": sign_on.contact_name,
            "position": sign_on.contact_title,
            "email": sign_on.email,
            "new_email": sign_on.new_email,
            "former_email": sign_on.former_email,
            "language": sign_on.language,
        },
        "organisation": {
            "name": sign_on.name,
            "local_name": sign_on.local_name,
            "acronym": sign_on.acronym,
            "country": sign_on.country.code,
            "website": sign_on.website,
            "name_withheld": sign_on.withhold_name,
        },
        "sign_on": {
            "status": sign_on.status,
            "source": sign_on.source,
            "where_it_came_from": sign_on.provenance,
            "secret_link": sign_on.link.name if sign_on.link else "",
            "submitted": sign_on.created_at,
            "confirmed": sign_on.confirmed_at,
            "decided": sign_on.decided_at,
        },
        "consent": {
            "version": sign_on.consent_version,
            "given": sign_on.consented_at,
            "wording": consent.declared(sign_on),
        },
        "updates": {
            "wanted_since": sign_on.updates_at,
            "version": sign_on.updates_version,
            "wording": sign_on.updates_wording,
            "sent": [
                {
                    "about": str(mail.update),
                    "written": mail.created_at,
                    "sent": mail.sent_at,
                    "state": str(UpdateMail.State(mail.state).label),
                }
                for mail in sign_on.update_mails.select_related("update").with_state()
            ],
        },
        "letters": [
            {
                "title": str(letter),
                "address": settings.SITE_URL + letter.get_absolute_url()
                if letter.is_published()
                else "",
            }
            for letter in sign_on.letters.order_by("pk")
        ],
        "listings": [
            {
                "letter": str(signature.letter),
                "name": signature.name,
                "local_name": signature.local_name,
                "withdrawn": signature.withdrawn_at,
            }
            for signature in sign_on.brought().select_related("letter")
        ],
        "corrections": [
            {
                "name": one.name,
                "local_name": one.local_name,
                "acronym": one.acronym,
                "asked": one.created_at,
                "decided": one.decided_at,
                "accepted": one.accepted,
            }
            for one in sign_on.corrections.all()
        ],
        "history": [_event(event) for event in sign_on.events.all()],
        "mails": [
            {
                "about": mail.get_kind_display(),
                "written": mail.created_at,
                "sent": mail.sent_at,
                "given_up": mail.failed_at,
                "words_of_the_staff": mail.note,
            }
            for mail in sign_on.mails.order_by("created_at")
        ],
        "notes_of_the_staff": Note.objects.filter(sign_on=sign_on).exclude(text="").count(),
    }


def _event(event: SignOnEvent) -> dict[str, Any]:
    scheduled = event.kind == SignOnEvent.Kind.ERASED
    by = "staff" if event.actor_id else "schedule" if scheduled else "contact"
    return {
        "at": event.created_at,
        "what": event.get_kind_display(),
        "by": by,
        # What staff gave as a reason is theirs; what they passed on stands with the mail.
        "about": event.reason if by == "contact" else "",
    }
