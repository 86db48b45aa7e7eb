"""Take away the second steps of somebody who has lost them, where no administrator can."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from openletters.staff import factors


class Command(BaseCommand):
    """Take away somebody's second steps; at the next login they set up new ones."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account")
        parser.add_argument("--reason", required=True, help="for the record")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["account"]).first()
        if user is None:
            raise CommandError("There is no such account.")
        factors.reset(user, actor=None, reason=options["reason"])
        self.stdout.write(f"{user.get_username()} sets up a new second step at the next login.")
