"""The production server: granian with our application, which goes without dropping anybody.

Asked to stop (SIGTERM), it first says that it is not ready any more, so that whoever spreads
requests over several servers sends it no new ones; then it finishes what it has, and ends.
"""

import os
import shutil
import tempfile
from pathlib import Path
from threading import Timer
from typing import Any

from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

MARK = "OPENLETTERS_DRAINING"
"""The variable that tells workers which file is there when the server is about to stop."""

COUNTS = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that tells workers in which folder to count; see openletters/metrics.py."""

FINISH_WITHIN = 20
"""Seconds after which a worker that has not finished is killed."""

SLOWEST_HEADERS = 10
"""Seconds that a visitor may take to send the headers of a request."""


def is_draining() -> bool:
    """Whether the server of this process is about to stop."""
    mark = os.environ.get(MARK)
    return mark is not None and Path(mark).exists()


class Server(MPServer):
    """A server on `address` and `port` with several worker processes.

    `threads` answer requests in each of them; `drain` is for how many seconds it still takes new
    requests after it was asked to stop.
    """

    def __init__(
        self, address: str, port: int, *, workers: int, threads: int, drain: float
    ) -> None:
        super().__init__(
            "openletters.wsgi:application",
            address=address,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            http=HTTPModes.http1,
            websockets=False,
            log_level=LogLevels.warning,
            log_dictconfig=settings.LOGGING,
            http1_settings=HTTP1Settings(header_read_timeout=1000 * SLOWEST_HEADERS),
            respawn_failed_workers=True,
            workers_kill_timeout=FINISH_WITHIN,
        )
        self.drain = drain
        self.mark = Path(tempfile.gettempdir()) / f"openletters-{os.getpid()}-draining"
        self.mark.unlink(missing_ok=True)  # of an earlier process with this number
        os.environ[MARK] = str(self.mark)
        self.on_shutdown(lambda: self.mark.unlink(missing_ok=True))
        # Where the workers count together; it has to be known before they begin to.
        counts = os.environ[COUNTS] = tempfile.mkdtemp(prefix="openletters-counts-")
        self.on_shutdown(lambda: shutil.rmtree(counts, ignore_errors=True))

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Begin to stop; asked a second time, stop now."""
        if self.mark.exists() or not self.drain:
            super().signal_handler_interrupt()  # type: ignore[no-untyped-call]
        else:
            self.mark.touch()
            stop = Timer(self.drain, super().signal_handler_interrupt)
            stop.daemon = True
            stop.start()
