"""Serve the site."""

import os
import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from openletters.serving import Server


class Command(BaseCommand):
    """Serve the site with several processes until SIGTERM, which it obeys without haste.

    Every option can also be set in the environment: HOST, PORT, WORKERS, THREADS, DRAIN_SECONDS.
    """

    help = __doc__ or ""
    requires_system_checks = ()  # made once it is known where to count, for they load the counters

    def add_arguments(self, parser: ArgumentParser) -> None:
        told = os.environ.get
        parser.add_argument("--host", default=told("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=told("PORT", "8000"))
        parser.add_argument("--workers", type=int, default=told("WORKERS", "2"), help="processes")
        # SQLite has one writer at a time, and PostgreSQL is waited for.
        threads = "1" if connection.vendor == "sqlite" else "4"
        parser.add_argument(
            "--threads", type=int, default=told("THREADS", threads), help="in each process"
        )
        parser.add_argument(
            "--drain",
            type=float,
            default=told("DRAIN_SECONDS", "2"),
            help="seconds from the signal to the end of listening",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if is_taken(host, port):
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


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        return probe.connect_ex((host, port)) == 0
