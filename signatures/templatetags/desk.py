"""What waits at the moderation desk, for the frame of every staff page."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Min, Q

from signatures.admin import evidence
from signatures.models.sign_ons import SignOn

register = template.Library()


@register.simple_tag
def waiting_for(user: User | AnonymousUser) -> dict[str, Any] | None:
    """Return how many sign-ons and corrections wait and how old the oldest is, in one query.

    None for somebody who may not see them.
    """
    if not (user.has_perm("signatures.view_signon") or user.has_perm("signatures.change_signon")):
        return None
    pending = Q(status=SignOn.Status.PENDING)
    corrected = Q(corrections__isnull=False, corrections__decided_at__isnull=True)
    waiting = SignOn.objects.filter(pending | corrected).aggregate(
        number=Count("pk", filter=pending, distinct=True),
        oldest=Min("confirmed_at", filter=pending),
        corrections=Count("pk", filter=corrected, distinct=True),
    )
    if waiting["oldest"]:
        waiting["age"] = evidence.age_mark(waiting["oldest"], waiting=True)
    return waiting
