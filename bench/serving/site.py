"""A whole site for one run: PostgreSQL, the app, the edge, and a file to compare it with."""

import io
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.db import transaction

from bench.serving.load import need
from tests.postgres import Throwaway, connect, free_port, throwaway_server, with_database

if TYPE_CHECKING:
    from tests.servers import Served

LETTER = "/letters/asp-president/"
SETTINGS = "bench.serving.settings"

FILE_SERVER = """
worker_processes auto;
pid nginx.pid;
error_log stderr crit;
events {{ worker_connections 8192; multi_accept on; }}
http {{
    default_type text/html;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 10000;
    access_log /dev/null combined buffer=32k flush=5s;
    server {{ listen 127.0.0.1:{port} backlog=1024; root .; }}
}}
"""
"""The peer: what nginx does with a file, with the log that Debian has it write."""


@contextmanager
def database(*, durable: bool = False) -> Iterator[Throwaway]:
    """Run a PostgreSQL with the demo's two letters, and have Django use it.

    `durable` has it wait for the disk, as in earnest.
    """
    with throwaway_server(durable=durable) as server, TemporaryDirectory() as static:
        os.environ |= {
            "DATABASE_URL": server.url,
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "BENCH_STATIC": static,
            "SECRET_KEY": "of this run " * 5,
        }
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("migrate", verbosity=0)
        call_command("load_demo", stdout=io.StringIO())
        try:
            yield server
        finally:
            connection.close()


def copy_database(server: Throwaway, name: str) -> str:
    """Copy the database as it stands; return the address of the copy."""
    from django.db import connection

    connection.close()
    with connect(with_database(server.url, "template1")) as direct:
        direct.execute(f'CREATE DATABASE "{name}" TEMPLATE postgres')
    return with_database(server.url, name)


@transaction.atomic
def fill(number: int) -> None:
    """Have the letter signed by so many organisations in all, the rest of them invented."""
    from django.utils import timezone

    from signatures.models import Letter, Organization, Signature

    letter = Letter.objects.get(slug=LETTER.strip("/").rpartition("/")[2])
    missing = number - letter.signatures.current().count()
    countries = ("KE", "PS", "FR", "DE", "JO", "BR", "IN", "CA")
    today = timezone.localdate()
    invented = (
        Organization(
            official_name=f"Union of Friends of the Law {one:06}", country=countries[one % 8]
        )
        for one in range(missing)
    )
    while batch := list(islice(invented, 10_000)):
        stored = Organization.objects.bulk_create(batch)
        Signature.objects.bulk_create(
            Signature(
                letter=letter,
                organization=organization,
                name=organization.official_name,
                source=Signature.Source.IMPORT,
                signed_on=today,
            )
            for organization in stored
        )
    Letter.objects.filter(pk=letter.pk).raise_revision()


@contextmanager
def app(url: str, *, workers: int = 2, threads: int = 4, **environment: str) -> Iterator["Served"]:
    """Run the app on the database at `url` as a public site would, but for TLS."""
    from tests.servers import served

    public = {"DEMO": "", "LOG_FORMAT": "json", "EMAIL_URL": "dummymail://"}
    started: dict[str, Any] = public | {"THREADS": str(threads)} | environment
    with served(workers=workers, url=url, **started) as server:
        yield server


def fetch(port: int, path: str, encoding: str = "br") -> bytes:
    """Return what is answered to somebody who takes `encoding`, as it comes."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": encoding})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} was answered with {response.status}")
        return body
    finally:
        connection.close()


@contextmanager
def file_server(content: bytes) -> Iterator[str]:
    """Have nginx serve `content` as a file; yield its address."""
    from tests.edge.servers import wait_until_open

    nginx = need("nginx", "nginx-light")
    with TemporaryDirectory(prefix="openletters-file-") as name:
        folder, port = Path(name), free_port()
        (folder / "nginx.conf").write_text(FILE_SERVER.format(port=port))
        (folder / "letter.html").write_bytes(content)
        if os.getuid() == 0:  # its processes are nobody's
            folder.chmod(0o755)
        with (folder / "log").open("a") as output:
            process = subprocess.Popen(
                [nginx, "-p", name, "-c", "nginx.conf", "-g", "daemon off;"],
                stdout=output,
                stderr=output,
            )
        try:
            wait_until_open(port, process, folder / "log")
            yield f"http://127.0.0.1:{port}/letter.html"
        finally:
            process.terminate()
            process.wait(10)
