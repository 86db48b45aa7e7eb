"""The figures on the staff's first page: how old the queue is, what came in, how the mails fare.

Read anew for every page, in a fixed number of queries. A figure is shown to whoever may see the
rows that it counts, and not even read for anybody else.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from signatures import periods, tokens
from signatures.admin import evidence
from signatures.admin.filters import all_letters
from signatures.models.letters import Letter
from signatures.models.mail import OutgoingMail
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature

DAYS = 30
"""Days of which it is told what came in, today among them."""

WEEK = timedelta(days=7)

LETTERS = 12
"""Letters that are told of one by one: those that are open, then the latest."""

Status = SignOn.Status

PILE = (Status.APPROVED, Status.PENDING, Status.REJECTED, Status.WITHDRAWN, Status.UNCONFIRMED)
"""From the foot of a day's column to its head."""


@dataclass(frozen=True)
class Part:
    """A number with its name, and what it is a part of."""

    label: str
    number: int
    kind: str = ""


@dataclass(frozen=True)
class Rate:
    """How many of how many."""

    number: int
    of: int

    @property
    def share(self) -> float:
        """As a part of one."""
        return self.number / self.of if self.of else 0.0


@dataclass(frozen=True)
class Day:
    """What came in on a day, by its present state."""

    day: date
    numbers: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.numbers.values())

    @property
    def in_order(self) -> list[int]:
        """The numbers in the order of the pile."""
        return [self.numbers.get(kind, 0) for kind in PILE]


@dataclass(frozen=True)
class LetterRow:
    """A letter: who has signed it, who did so this week, and how many sign-ons wait for it."""

    letter: Letter
    number: int
    this_week: int
    waiting: int | None


@dataclass(frozen=True)
class Figures:
    """What somebody may see; None or nothing in the place of the rest."""

    letters: list[LetterRow]
    unlisted_letters: int
    ages: list[Part] | None = None
    days: list[Day] | None = None
    confirmed: Rate | None = None
    mails: list[Part] | None = None
    given_up: Rate | None = None

    @property
    def most(self) -> int:
        """The largest count of a letter."""
        return max((row.number for row in self.letters), default=0)

    @property
    def waiting(self) -> int:
        """How many sign-ons wait."""
        return sum(part.number for part in self.ages or [])

    @property
    def oldest_part(self) -> int:
        """The largest number of an age."""
        return max((part.number for part in self.ages or []), default=0)

    @property
    def columns(self) -> list[Mapping[str, int]]:
        """The numbers of each day."""
        return [day.numbers for day in self.days or []]

    @property
    def came_in(self) -> int:
        """How many sign-ons were submitted in all the days."""
        return sum(day.total for day in self.days or [])

    @property
    def kinds(self) -> list[Part]:
        """What the columns are piled up of, with the sum of each."""
        sums: Counter[str] = Counter()
        for day in self.days or []:
            sums.update(day.numbers)
        return [Part(str(kind.label), sums[kind], kind.value) for kind in PILE]

    @property
    def kind_names(self) -> list[str]:
        """What the columns are piled up of, as the picture names them."""
        return [kind.value for kind in PILE]

    @property
    def busy_days(self) -> list[Day]:
        """The days on which something came in, the latest first."""
        return [day for day in reversed(self.days or []) if day.total]

    @property
    def mails_done(self) -> int:
        """How many mails there were."""
        return sum(part.number for part in self.mails or [])


def figures(request: HttpRequest) -> Figures:
    """Read what whoever asks may see."""
    user = request.user
    now = timezone.now()
    claims = _may(user, "signon")
    letters, unlisted = _letters(request, waiting=claims, now=now)
    if not claims:
        return Figures(letters, unlisted)
    mails = _mails() if _may(user, "outgoingmail") else None
    return Figures(
        letters,
        unlisted,
        ages=_ages(now),
        days=_days(now),
        confirmed=_confirmed(now),
        mails=mails,
        given_up=Rate(mails[2].number, mails[0].number + mails[2].number) if mails else None,
    )


def _may(user: User | AnonymousUser, noun: str) -> bool:
    return any(user.has_perm(f"signatures.{verb}_{noun}") for verb in ("view", "change"))


def _letters(request: HttpRequest, *, waiting: bool, now: datetime) -> tuple[list[LetterRow], int]:
    if not _may(request.user, "letter"):
        return [], 0
    letters = sorted(
        all_letters(request).values(), key=lambda one: (one.is_open(), one.pk), reverse=True
    )
    shown = letters[:LETTERS]
    keys = [letter.pk for letter in shown]
    since = timezone.localdate(now) - WEEK
    fresh = Signature.objects.filter(letter__in=keys, signed_on__gt=since).current()
    this_week = _by_letter(fresh)
    wait: Mapping[int, int] = {}
    if waiting:
        rows = SignOnLetter.objects.filter(sign_on__status=Status.PENDING, letter__in=keys)
        wait = _by_letter(rows)
    return [
        LetterRow(
            letter,
            letter.signatory_count,
            this_week.get(letter.pk, 0),
            wait.get(letter.pk, 0) if waiting else None,
        )
        for letter in shown
    ], len(letters) - len(shown)


def _by_letter(rows: Any) -> dict[int, int]:
    grouped = rows.order_by().values_list("letter").annotate(number=Count("pk"))
    return dict(grouped)


def _ages(now: datetime) -> list[Part]:
    """Return how many sign-ons wait how long: within what staff mean to keep, and beyond it."""
    meant = evidence.service_level()
    bounds = [evidence.SOON * meant, meant, 3 * meant, 7 * meant]
    said = [evidence.age(now - bound) for bound in bounds]
    names = [
        *(_("up to %(age)s") % {"age": age} for age in said),
        _("over %(age)s") % {"age": said[-1]},
    ]
    kinds = ["", "soon", "late", "late", "late"]
    counts = {}
    for place, (younger, older) in enumerate(zip([None, *bounds], [*bounds, None], strict=True)):
        condition = Q(confirmed_at__isnull=False)
        if younger is not None:
            condition &= Q(confirmed_at__lte=now - younger)
        if older is not None:
            condition &= Q(confirmed_at__gt=now - older)
        counts[f"age{place}"] = Count("pk", filter=condition)
    found = SignOn.objects.queue().order_by().aggregate(**counts)
    return [
        Part(name, found[f"age{place}"], kind)
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    ]


def _days(now: datetime) -> list[Day]:
    today = timezone.localdate(now)
    first = today - timedelta(days=DAYS - 1)
    start = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    rows = (
        SignOn.objects.filter(created_at__gte=start)
        .order_by()
        .values_list(TruncDate("created_at"), "status")
        .annotate(number=Count("pk"))
    )
    by_day: dict[date, Counter[str]] = {
        first + timedelta(days=number): Counter() for number in range(DAYS)
    }
    for day, status, number in rows:
        if day in by_day:
            by_day[day][status] += number
    return [Day(day, numbers) for day, numbers in by_day.items()]


def _confirmed(now: datetime) -> Rate:
    """Return how many confirmed of those who had the time to.

    Older sign-ons that nobody has confirmed are deleted, so that only these days can tell. What
    staff have cleared away is no sign-on of anybody's, and what its contact has taken back, or
    has confirmed as another one already, waits for nobody.
    """
    submitted = SignOn.objects.filter(
        created_at__gt=now - periods.UNCONFIRMED_KEPT,
        created_at__lte=now - tokens.LIFETIMES[tokens.Purpose.CONFIRM],
        source=Signature.Source.FORM,
    ).exclude(status__in=[Status.REJECTED, Status.WITHDRAWN], confirmed_at__isnull=True)
    found = submitted.order_by().aggregate(
        all=Count("pk"), confirmed=Count("pk", filter=Q(confirmed_at__isnull=False))
    )
    return Rate(found["confirmed"], found["all"])


def _mails() -> list[Part]:
    """Return what became of the mails that the outbox still knows.

    Of a mail that a server takes, and another one turns away later, nothing comes back to us.
    """
    refused = Q(sent_at__isnull=True, failed_at__isnull=True) & ~Q(last_error="")
    found = OutgoingMail.objects.order_by().aggregate(
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        refused=Count("pk", filter=refused),
        given_up=Count("pk", filter=Q(sent_at__isnull=True, failed_at__isnull=False)),
    )
    return [
        Part(_("taken over by a mail server"), found["sent"]),
        Part(_("refused, tried again"), found["refused"], "soon"),
        Part(_("given up"), found["given_up"], "late"),
    ]
