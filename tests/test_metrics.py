"""Prometheus reads what is counted and what waits."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from openletters import metrics
from signatures.models import Edition, OutgoingMail, SignOn
from tests.factories import make_letter, make_sign_on
from tests.servers import served

TOKEN = "of a test, and long enough"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def settings_with_token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def figures(text: str) -> dict[str, float]:
    """Return the values by name and labels."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(sample.labels[name] for name in sorted(sample.labels))
            found[f"{sample.name} {labels}".strip()] = sample.value
    return found


def read(client: Client) -> dict[str, float]:
    response = client.get("/metrics", headers=BEARER)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"].startswith("text/plain; version=")
    return figures(response.content.decode())


@pytest.mark.django_db
def test_without_a_token_of_ours_there_is_no_such_page(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    for given in ({}, BEARER, {"Authorization": "Bearer "}):
        assert client.get("/metrics", headers=given).status_code == 404


@pytest.mark.usefixtures("settings_with_token")
@pytest.mark.django_db
class TestMetrics:
    """What is told to whoever has the token."""

    @pytest.mark.parametrize(
        "given", ["", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer é", "Basic eDp5"]
    )
    def test_nothing_without_it(self, client: Client, given: str) -> None:
        response = client.get("/metrics", headers={"Authorization": given})
        assert response.status_code == 401
        assert response["Cache-Control"] == "no-store"
        assert b"openletters" not in response.content

    def test_under_whatever_name_the_server_is_asked(self, client: Client) -> None:
        assert client.get("/metrics", headers=BEARER | {"Host": "10.9.8.7"}).status_code == 200

    def test_requests_by_route_method_and_class_of_status(self, client: Client) -> None:
        make_letter()
        name = "openletters_request_seconds_count {},letters/<slug:slug>/,{}"
        before = read(client)
        client.get("/letters/a-letter/")
        client.get("/ar/letters/a-letter/")
        client.get("/letters/none/")
        client.get("/a-made-up-address/")
        after = read(client)
        for key, more in (("2xx", 2), ("4xx", 1)):
            counted = name.format("GET", key)
            assert after[counted] - before.get(counted, 0) == more
        assert not [key for key in after if "made-up" in key or "a-letter" in key]

    def test_what_waits(self, client: Client) -> None:
        now = timezone.now()
        first, _second = make_sign_on(name="One"), make_sign_on(name="Two", email="b@x.example")
        SignOn.objects.filter(pk=first.pk).update(confirmed_at=now - timedelta(hours=2))
        OutgoingMail.objects.all().delete()
        kinds = OutgoingMail.Kind
        for age, fields in (
            (60, {}),
            (90, {"sent_at": now}),
            (99, {"failed_at": now}),
            (30, {}),
        ):
            OutgoingMail.objects.create(
                sign_on=first,
                kind=kinds.LISTED,
                created_at=now - timedelta(seconds=age),
                **fields,
            )
        letter = make_letter("delivered")
        edition = Edition.objects.deliver(letter, list(letter.addressees.all()), after=0)
        edition.owed_files.filter(kind="csv").update(failed_at=now)
        told = read(client)
        assert told["openletters_files_owed"] == edition.owed_files.count() - 1 > 0
        assert told["openletters_files_failed"] == 1
        assert told["openletters_sign_ons_pending"] == 2
        assert told["openletters_queue_age_seconds"] == pytest.approx(7200, abs=10)
        assert told["openletters_outbox_waiting"] == 2
        assert told["openletters_outbox_age_seconds"] == pytest.approx(60, abs=10)
        assert told["openletters_mails_failed"] == 1
        assert told["openletters_database_up"] == 1
        assert told["openletters_workers"] == 1

    def test_in_three_queries(self, client: Client, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(3):
            told = read(client)
        assert told["openletters_queue_age_seconds"] == 0

    def test_without_its_database_what_waits_is_missing(self, client: Client) -> None:
        def away(*_arguments: Any) -> None:
            raise OperationalError

        with connection.execute_wrapper(away):
            told = read(client)
        assert told["openletters_database_up"] == 0
        assert "openletters_sign_ons_pending" not in told
        assert any(name.startswith("openletters_cache_total") for name in told)


@pytest.mark.django_db(transaction=True)
def test_processes_count_together() -> None:
    make_letter()
    with served(workers=2, METRICS_TOKEN=TOKEN) as server:
        for _ in range(40):
            assert server.ask("/letters/a-letter/", Cookie="a=b")[0] == 200
            assert server.ask("/letters/a-letter/count.json")[0] == 200
        told = [
            figures(server.ask("/metrics", Authorization=f"Bearer {TOKEN}")[2].decode())
            for _ in range(8)
        ]
    name = "openletters_request_seconds_count GET,letters/<slug:slug>/,2xx"
    assert {one[name] for one in told} == {40}
    assert {one["openletters_workers"] for one in told} == {2}
    last = told[-1]
    asked = last["openletters_cache_total hit"] + last["openletters_cache_total miss"]
    assert 20 <= last["openletters_cache_total hit"] < asked


def test_hits_are_told_with_the_next_request_that_is_none() -> None:
    def told() -> dict[str, float]:
        [family] = [one for one in metrics.registry.collect() if one.name == "openletters_cache"]
        return {one.labels["outcome"]: one.value for one in family.samples if "total" in one.name}

    metrics.count_bypass()
    before = told()
    with ThreadPoolExecutor(8) as readers:
        for number in range(800):
            readers.submit(metrics.count_miss if number % 8 == 0 else metrics.count_hit)
    metrics.count_bypass()
    after = told()
    assert {outcome: after[outcome] - before[outcome] for outcome in before} == {
        "hit": 700,
        "miss": 100,
        "bypass": 1,
    }


def test_counting_costs_next_to_nothing() -> None:
    """Microseconds, with room for a slow machine; bench/ is for figures."""

    def cost(count: Any, *arguments: Any) -> float:
        started = time.perf_counter()
        for _ in range(5000):
            count(*arguments)
        return (time.perf_counter() - started) / 5000 * 1e6

    assert cost(metrics.count_hit) < 20
    assert cost(metrics.count_request, "GET", "letters/<slug:slug>/", 200, 0.01) < 100
    assert re.fullmatch("[a-z_]+", metrics.REQUESTS._name)
