"""Serve the demonstration on this machine."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from openletters.local_secrets import local_secret
from signatures import demo
from signatures.management.commands.serve import is_taken

STAFF = "staff"


class Command(BaseCommand):
    """Bring the database up to date, load the demo letters, print a staff account, and serve."""

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Set DEMO=1 first; this serves everybody's mail to everybody.")
        port = options["port"]
        if is_taken("127.0.0.1", port):
            raise CommandError(f"Port {port} is in use. Choose another: make run PORT={port + 1}")
        settings.STATE_DIR.mkdir(exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        demo.load()
        password = self._staff_password()
        # A key that stays, so that mailed links outlive a restart.
        os.environ["SECRET_KEY"] = local_secret("demo-secret-key", 50)
        address = f"http://127.0.0.1:{port}"
        self.stdout.write(
            f"\n  Letters   {address}/\n"
            f"  Mailbox   {address}/demo/mailbox/\n"
            f"  Staff     {address}/admin/   name: {STAFF}   password: {password}\n\n"
            "  Ctrl-C stops it; what you entered is kept under var/.\n"
        )
        self.stdout.flush()
        # In the place of this process, so that stopping make stops the server.
        serve = ["serve", f"--port={port}", "--workers=1", "--threads=1", "--drain=0"]
        os.execv(sys.executable, [sys.executable, "manage.py", *serve])  # noqa: S606

    def _staff_password(self) -> str:
        """Return the password of the demo's staff account, which is made when it is missing."""
        password = local_secret("demo-staff-password", 12)
        users = get_user_model()._default_manager
        user = users.filter(username=STAFF).first()
        if user is None:
            # An address of nobody: tests of updates are sent to oneself, and shown in the mailbox.
            email = f"{STAFF}@letters.example"
            users.create_superuser(username=STAFF, email=email, password=password)
        elif not user.check_password(password):
            user.set_password(password)
            user.save()
        return password
