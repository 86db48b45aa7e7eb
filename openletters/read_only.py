"""The admin of rows that are a record: it shows them, and lets nobody write them anew."""

from typing import Any

from django.http import HttpRequest


class OnRecord:
    """Nobody changes or deletes one."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class ReadOnly(OnRecord):
    """Nor does anybody add one: it follows from what happens elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False
