"""Serve the site."""

import socket
from argparse import ArgumentParser
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from openletters import environment
from openletters.serving import Server


class Command(BaseCommand):
    """Serve the site with several processes until SIGTERM, which it obeys without haste.

    Every option can also be set in the environment: HOST, PORT, WORKERS, THREADS, DRAIN_SECONDS.
    """

    help = __doc__ or ""
    requires_system_checks = ()  # made once it is known where to count, for they load the counters

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=environment.text("HOST") or "127.0.0.1")
        parser.add_argument("--port", type=int, default=whole("PORT", 8000, most=65_535))
        parser.add_argument(
            "--workers", type=int, default=whole("WORKERS", 2, most=512), help="processes"
        )
        # SQLite has one writer at a time, and PostgreSQL is waited for.
        threads = 1 if connection.vendor == "sqlite" else 4
        parser.add_argument(
            "--threads",
            type=int,
            default=whole("THREADS", threads, most=512),
            help="in each process",
        )
        parser.add_argument(
            "--drain",
            type=float,
            default=environment.number("DRAIN_SECONDS", 2, least=0, most=3600, unit="seconds"),
            help="seconds from the signal to the end of listening",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if not getattr(staticfiles_storage, "hashed_files", True):
            raise CommandError("The site's files are missing. Run manage.py collectstatic first.")
        try:
            taken = is_taken(host, port)
        except OSError as error:
            raise CommandError(f"HOST: {host} is no address of this machine.") from error
        if taken:
            # Granian would share the port, and the two would answer by turns.
            raise CommandError(f"Port {port} is in use.")
        server = Server(
            host,
            port,
            workers=options["workers"],
            threads=options["threads"],
            drain=options["drain"],
        )
        self.check()
        connection.close()
        server.serve()


def whole(name: str, default: int, *, most: int) -> int:
    """Return a setting that is a number from 1, without a fraction."""
    return int(environment.number(name, default, least=1, most=most))


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        return probe.connect_ex((host, port)) == 0
