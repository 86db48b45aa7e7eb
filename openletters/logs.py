"""What must not stand in a log."""

import logging
import re

_SECRET = re.compile(r"/(confirm|confirm-address|sign-on)/[^/\s'\"]+")


class WithoutSecrets(logging.Formatter):
    """Strikes the tokens out of addresses: whoever reads one can act for the contact."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and its traceback, without tokens."""
        return _SECRET.sub(r"/\1/...", super().format(record))
