"""nginx as it stands in front of the app, and an app that can be stopped, hung and changed."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings

from openletters.caching import PRIVATE, SHARED
from tests.postgres import free_port

NGINX = shutil.which(
    "nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"
)


def need_nginx() -> None:
    """Skip the test where there is no nginx; fail where REQUIRE_EDGE=1 says that there must be."""
    if NGINX is None:
        missing = "No edge: install Debian's package nginx-light."
        if os.environ.get("REQUIRE_EDGE") == "1":
            pytest.fail(missing)
        pytest.skip(missing)


class Edge:
    """A running nginx with the configuration of the deployment."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> "Answer":
        """Ask once, on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"Host": "letters.example.org"} | named)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def log(self) -> str:
        """Return everything it has logged so far."""
        return (self.folder / "log").read_text()


class Answer:
    """What came back."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@contextmanager
def edge(app_port: int, host: str = "127.0.0.1", *lines: str) -> Iterator[Edge]:
    """Run nginx in front of an app on this machine; `lines` are put into its site.conf."""
    need_nginx()
    with TemporaryDirectory(prefix="openletters-edge-") as name:
        folder, port = Path(name), free_port()
        shutil.copy(settings.BASE_DIR / "deploy/nginx.conf", folder)
        listen, app = f"listen 127.0.0.1:{port} backlog=1024;", f"set $app {host}:{app_port};"
        (folder / "site.conf").write_text("\n".join([listen, app, *lines]))
        directives = "daemon off;" + (" user root;" if os.getuid() == 0 else "")
        log = folder / "log"
        with log.open("a") as output:
            process = subprocess.Popen(
                [str(NGINX), "-p", name, "-c", "nginx.conf", "-g", directives],
                stdout=output,
                stderr=output,
            )
        try:
            wait_until_open(port, process, log)
            yield Edge(folder, port)
        finally:
            process.terminate()
            process.wait(10)


def wait_until_open(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until somebody listens on a port of this machine."""
    deadline = time.monotonic() + 15
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)


class App:
    """An app that answers as ours does, and as it is told."""

    def __init__(self) -> None:
        self.port = free_port()
        self.version = 1
        self.status = 200
        self.delay = 0.0
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Listen, on the same port as before."""
        app = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                app.answer(self)

            do_POST = do_HEAD = do_GET  # noqa: N815

            def log_message(self, *arguments: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 256
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        second = int(time.time())
        received = {name.lower(): value for name, value in request.headers.items()}
        request.rfile.read(int(received.get("content-length", 0)))
        path = request.path
        self.asked.append((request.command, path, received))
        time.sleep(self.delay)
        encoding = received.get("accept-encoding", "")
        body = f"{path} {self.version} {encoding}".encode() * 20
        headers = {"Content-Type": "text/html"}
        status = self.status
        if status not in {200, 404} or re.search("/(sign|sign-on|admin|confirm)/", path):
            headers["Cache-Control"] = PRIVATE
            headers["Set-Cookie"] = "csrf=x"
        elif path.startswith("/static/"):
            headers["Cache-Control"] = "max-age=315360000, public, immutable"
        else:
            tag = f'"{self.version}-{encoding}"'
            headers |= {"Vary": "Accept-Encoding", "Cache-Control": SHARED}
            headers["X-Accel-Expires"] = f"@{second}"
            if status == 200:
                headers["ETag"] = tag
            if status == 200 and received.get("if-none-match") == tag:
                status, body = 304, b""
        if encoding:
            headers["Content-Encoding"] = encoding
        try:
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name, value)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            if request.command != "HEAD":
                request.wfile.write(body)
        except OSError:  # the edge did not wait
            pass


class Names:
    """A name server that knows every name to be this machine, or is told to know none."""

    def __init__(self) -> None:
        self.known = True
        self.silent = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                query, reader = self.socket.recvfrom(512)
                if not self.silent:
                    self.socket.sendto(self._answer(query), reader)

    def _answer(self, query: bytes) -> bytes:
        # RFC 1035, 4.1: the question is repeated; its name is pointed to.
        name, question = query[:2], query[12:]
        if not self.known:
            return name + b"\x81\x83\0\1\0\0\0\0\0\0" + question
        record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton("127.0.0.1")
        return name + b"\x81\x80\0\1\0\1\0\0\0\0" + question + record
