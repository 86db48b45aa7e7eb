"""Whom of the staff sign-ons concern."""

from django.contrib.auth.models import User
from django.db.models import QuerySet


def moderators() -> QuerySet[User]:
    """Return the members of staff who may decide about sign-ons, in the order of their names."""
    allowed = User.objects.with_perm(
        "signatures.change_signon", backend="django.contrib.auth.backends.ModelBackend"
    )
    return allowed.filter(is_staff=True).order_by("username")
