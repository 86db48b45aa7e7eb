"""What must not stand in a log."""

import logging
import re

_SECRET = re.compile(r"/(confirm|confirm-address|sign-on)/[^/\s'\"]+")


class HideSecretAddresses(logging.Filter):
    """Strike the tokens out of addresses: whoever reads one can act for the contact."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without its tokens."""
        record.msg = _SECRET.sub(r"/\1/...", record.getMessage())
        record.args = ()
        return True
