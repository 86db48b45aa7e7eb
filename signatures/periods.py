"""How long what is private is kept: the one place that says it, read by the worker and by the
privacy page."""

from calendar import monthrange
from datetime import datetime, timedelta

UNCONFIRMED_KEPT = timedelta(days=7)
"""From the submission of a sign-on that nobody confirms to its deletion."""

WITHDRAWN_KEPT = timedelta(hours=24)
"""The longest from a withdrawal to the end of the contact data."""

REJECTED_KEPT = timedelta(days=30)
"""From a rejection to the end of the contact data: time to answer, and to undo a mistake."""

OUTBOX_KEPT = timedelta(days=30)
"""From a mail to the end of the record that it was sent."""

NETWORK_KEPT = timedelta(days=30)
"""From a submission to the end of the keyed hash of the network address it came from."""

STAGED_KEPT = timedelta(days=30)
"""From the upload of a list to its deletion, if nobody imports it."""

REMINDERS_KEPT = timedelta(days=30)
"""From a reminder to moderators to the end of the record of it."""


def months_before(moment: datetime, months: int) -> datetime:
    """Return the same hour `months` calendar months earlier, on the month's last day at most."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
