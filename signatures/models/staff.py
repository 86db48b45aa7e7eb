"""Whom of the staff sign-ons concern, and whom the answers to letters."""

from django.contrib.auth.models import User
from django.db.models import QuerySet


def moderators() -> QuerySet[User]:
    """Return the members of staff who may decide about sign-ons, in the order of their names."""
    return _allowed("signatures.change_signon")


def editors() -> QuerySet[User]:
    """Return the members of staff who may record what became of a letter, by their names."""
    return _allowed("signatures.add_response")


def _allowed(right: str) -> QuerySet[User]:
    backend = "django.contrib.auth.backends.ModelBackend"
    return User.objects.with_perm(right, backend=backend).filter(is_staff=True).order_by("username")
