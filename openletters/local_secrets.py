"""Secrets of a site on this machine, made when they are first needed and kept beside its database.

A site that others reach is given its secrets; see settings.py.
"""

import os
import secrets
from contextlib import suppress
from tempfile import NamedTemporaryFile

from django.conf import settings


def local_secret(name: str, length: int = 32) -> str:
    """Return the secret of this name, of `length` random bytes the first time."""
    path = settings.STATE_DIR / name
    if not path.exists():
        settings.STATE_DIR.mkdir(exist_ok=True)
        # Whole or not at all, and the same for whoever else makes it at this moment.
        with NamedTemporaryFile("w", dir=settings.STATE_DIR) as draft:
            draft.write(secrets.token_urlsafe(length))
            draft.flush()
            with suppress(FileExistsError):
                os.link(draft.name, path)
    return str(path.read_text(encoding="ascii"))
