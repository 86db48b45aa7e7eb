"""The app as a process of its own, on a test's database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests.postgres import free_port


def database_url() -> str:
    """Return the address of the test database, for another process."""
    test = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{test['NAME']}"
    user, host = quote(test["USER"] or ""), quote(test["HOST"] or "", safe="")
    password = f":{quote(test['PASSWORD'])}" if test["PASSWORD"] else ""
    port = f":{test['PORT']}" if test["PORT"] else ""
    return f"postgres://{user}{password}@{host}{port}/{test['NAME']}"


class Served:
    """A running `manage.py serve`."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask once; return status, headers and body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named: dict[str, Any] = {
                name.replace("_", "-"): value for name, value in headers.items()
            }
            connection.request(method, path, body, named)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            return response.status, told, response.read()
        finally:
            connection.close()

    def is_ready(self) -> bool:
        """Whether it says so."""
        try:
            return self.ask("/health/ready")[0] == 200
        except OSError:
            return False

    def wait_until(self, ready: bool, limit: float = 30) -> float:
        """Wait until it is ready, or is not; return how long that took, in seconds."""
        started = time.monotonic()
        while self.is_ready() is not ready:
            assert self.process.poll() is None, "the server ended"
            assert time.monotonic() - started < limit
            time.sleep(0.02)
        return time.monotonic() - started


@contextmanager
def served(
    *,
    workers: int = 2,
    drain: float = 0,
    url: str | None = None,
    port: int | None = None,
    **environment: str,
) -> Iterator[Served]:
    """Run the app on a port, a free one if none is named, until it is ready; stop it afterwards."""
    port = port or free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "manage.py", "serve", f"--port={port}"),
            *(f"--workers={workers}", f"--drain={drain}"),
        ],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DATABASE_URL": url or database_url(), "SECRET_KEY": "of this test" * 5, "DEBUG": ""}
        | {"SITE_URL": "http://127.0.0.1:8000", "DEMO": "1"}
        | environment,
    )
    server = Served(process, port)
    try:
        server.wait_until(ready=True)
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
