"""Lines that are only ever added, as far as the app is concerned.

Where it matters, the database refuses as well: see openletters.guards.
"""

from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models

if TYPE_CHECKING:
    Model = models.Model
else:
    Model = object


class OnlyAddedQuerySet:
    """Mixin of sets of lines, which can be read and extended only."""

    model: Any

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse: a record is not rewritten."""
        raise TypeError(f"lines of {self.model._meta.label} cannot be changed")

    def delete(self) -> Any:
        """Refuse: a record is not erased."""
        raise TypeError(f"lines of {self.model._meta.label} cannot be deleted")


class OnlyAdded(Model):
    """Mixin of lines: each is saved once, and stays."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"a line of {self._meta.label} cannot be changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"a line of {self._meta.label} cannot be deleted")
