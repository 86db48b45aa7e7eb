"""The WSGI entry point."""

import os
from collections.abc import Callable, Iterable

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletters.settings")

application: Callable[..., Iterable[bytes]] = get_wsgi_application()

from django.conf import settings  # noqa: E402

from openletters.microcache import MicroCache  # noqa: E402
from openletters.postgresql.base import keep_nobody_waiting  # noqa: E402
from signatures.pages.kept import wanted_encoding  # noqa: E402

keep_nobody_waiting()
if settings.PAGE_CACHE_BYTES:
    application = MicroCache(application, wanted_encoding)
