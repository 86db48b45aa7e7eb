"""Real mail servers on loopback."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler


class Mailbox(MessageHandler):
    """What a mail server took over."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []

    def handle_message(self, message: Message) -> None:
        """Keep the message; a subclass may be slow about it."""
        self.messages.append(message)

    def message_ids(self) -> list[str]:
        """The Message-IDs in the order of arrival, repeated ones repeatedly."""
        return [str(message["Message-ID"]) for message in self.messages]


@contextmanager
def receiving(mailbox: Mailbox) -> Iterator[int]:
    """Run a mail server for `mailbox`; yield its port on 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield port
    finally:
        server.stop()
