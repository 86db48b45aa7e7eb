"""The figures at /metrics, for a Prometheus that knows METRICS_TOKEN.

What the processes have counted is in openletters/metrics.py; what waits in the database is read
here, when it is asked for, and missing while the database is away.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from openletters import metrics
from signatures.models.editions import OwedFile
from signatures.models.mail import OutgoingMail
from signatures.models.sign_ons import SignOn

PATH = "/metrics"


class ScrapeMiddleware:
    """Answers before anything else can refuse: Prometheus knows us by a number, not a name.

    Without a METRICS_TOKEN there is no such page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info != PATH or not settings.METRICS_TOKEN:
            return self.get_response(request)
        kept_by_nobody = {"Cache-Control": "no-store"}
        given = request.META.get("HTTP_AUTHORIZATION", "")
        if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
            refused = {"WWW-Authenticate": "Bearer"} | kept_by_nobody
            return HttpResponse("A token is needed.\n", "text/plain", 401, headers=refused)
        return HttpResponse(scrape(), CONTENT_TYPE_LATEST, headers=kept_by_nobody)


def scrape() -> bytes:
    """Return all figures in Prometheus's text format."""
    waiting = CollectorRegistry()
    waiting.register(Waiting())
    return generate_latest(counted()) + generate_latest(waiting)


def counted() -> CollectorRegistry:
    """Return what all processes of this server have counted, or else this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return metrics.registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def workers() -> int:
    """Return how many processes answer."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return 1
    named = (re.fullmatch(r"counter_(\d+)\.db", path.name) for path in Path(folder).iterdir())
    counting = {match[1] for match in named if match} - {str(os.getppid())}  # the server itself
    return sum(Path("/proc", pid).exists() for pid in counting)


class Waiting(Collector):
    """How many processes answer, and what waits for people or for the mail server."""

    def collect(self) -> Iterator[Metric]:
        """Read the figures in two queries."""
        yield GaugeMetricFamily("openletters_workers", "Processes that answer.", workers())
        try:
            figures = waiting()
        except Error:
            figures = {}
        is_up = GaugeMetricFamily("openletters_database_up", "1 if the database answers, else 0.")
        is_up.add_metric([], bool(figures))
        yield is_up
        for (name, meaning), value in figures.items():
            yield GaugeMetricFamily(f"openletters_{name}", meaning, value)


def waiting() -> dict[tuple[str, str], float]:
    """Return the database's figures, by name and meaning. Raises the database's errors."""
    queue = SignOn.objects.filter(status=SignOn.Status.PENDING).aggregate(
        number=Count("pk"), oldest=Min("confirmed_at")
    )
    still = Q(failed_at__isnull=True)
    outbox = OutgoingMail.objects.filter(sent_at__isnull=True).aggregate(
        number=Count("pk", filter=still),
        oldest=Min("created_at", filter=still),
        failed=Count("pk", filter=~still),
    )
    owed = OwedFile.objects.aggregate(
        number=Count("pk", filter=still), failed=Count("pk", filter=~still)
    )
    now = timezone.now()

    def age(of: dict[str, object]) -> float:
        oldest = of["oldest"]
        return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0  # type: ignore[operator]

    return {
        ("sign_ons_pending", "Sign-ons that wait for a moderator."): queue["number"],
        ("queue_age_seconds", "How long the oldest of them has waited."): age(queue),
        ("outbox_waiting", "Mails that are still to be sent."): outbox["number"],
        ("outbox_age_seconds", "How long the oldest of them has waited."): age(outbox),
        ("mails_failed", "Mails that were given up."): outbox["failed"],
        ("files_owed", "Files of editions that are still to be made."): owed["number"],
        ("files_failed", "Files of editions that were given up."): owed["failed"],
    }
