"""What staff record, in one call each."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from signatures.models import Addressee, Demand, DemandNote, Letter, Response
from tests.factories import make_letter, make_staff


def days_ago(number: int) -> date:
    """Return a day of the site's calendar."""
    return timezone.localdate() - timedelta(days=number)


def old_letter(slug: str = "a-letter", **fields: Any) -> Letter:
    """Store a letter that has been out for a hundred days."""
    return make_letter(slug, dated=days_ago(100), **fields)


def recorder() -> User:
    """Return the member of staff who records."""
    return User.objects.filter(username="edda").first() or make_staff("edda")


def respond(letter: Letter, kind: str = "replied", **stated: Any) -> Response:
    """Record what an addressee did, or we did; for all to read unless said otherwise."""
    return Response.objects.record(
        letter,
        **{
            "kind": kind,
            "dated": days_ago(3),
            "addressees": Addressee.objects.filter(letter=letter),
            "texts": {"en": "Thank you for your letter."},
            "public": True,
            "actor": recorder(),
            **stated,
        },
    )


def correct(response: Response, **stated: Any) -> Response:
    """Put another wording in the place of an entry, the same in what is not stated."""
    return Response.objects.correct(
        response,
        **{
            "kind": response.kind,
            "dated": response.dated,
            "addressees": response.addressees.all(),
            "texts": response.texts,
            "source": response.source,
            "public": response.public,
            "actor": recorder(),
            **stated,
        },
    )


def say(demand: Demand, status: str = "met", **stated: Any) -> DemandNote:
    """Record where a demand stands."""
    return DemandNote.objects.record(
        demand,
        **{
            "status": status,
            "dated": days_ago(3),
            "texts": {"en": "The assembly voted for it."},
            "actor": recorder(),
            **stated,
        },
    )
