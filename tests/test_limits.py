"""Many sign-ons come at once: from one office, from an attacker, from everywhere."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from signatures import throttling
from signatures.models import Allowance, ClientKey, Flag, OutgoingMail, SignOn, limits
from signatures.models.limits import client_hash
from tests.factories import claim, make_campaign, make_letter, make_sign_on
from tests.test_signing import entered

FORM = "/letters/a-letter/sign/"
OFFICE, ATTACKER = "203.0.113.7", "198.51.100.9"


def sign(client: Client, number: int = 0, address: str = OFFICE, **stated: Any) -> Any:
    """Send the form for one more organisation."""
    form = entered(
        **{"email": f"person{number}@office.example", "name": f"Office {number}"} | stated
    )
    return client.post(FORM, form, REMOTE_ADDR=address)


@pytest.fixture(autouse=True)
def no_key() -> None:
    """Begin a day: a process remembers its key, which went with the database of another test."""
    limits._keys.clear()


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached soon."""
    for name, limit in (("PER_CLIENT", 5), ("PER_SITE", 8), ("PER_LETTER", 3)):
        monkeypatch.setattr(throttling, name, limit)


@pytest.mark.django_db
class TestOneClient:
    def test_it_lets_a_whole_office_sign(self, client: Client) -> None:
        make_letter()
        assert {sign(client, number).status_code for number in range(60)} == {302}
        assert SignOn.objects.count() == 60
        assert not any(one.flags != ["unopened"] for one in SignOn.objects.all())

    def test_it_loses_nothing_that_was_entered_and_says_when_to_come_again(
        self, client: Client, narrow: None
    ) -> None:
        make_letter()
        assert {sign(client, number).status_code for number in range(5)} == {302}
        response = sign(client, 5, contact_name="Zoë Zulu")
        html = response.content.decode()
        assert response.status_code == 429
        assert 600 < int(response["Retry-After"]) <= 720
        assert response["Cache-Control"] == "no-store"
        assert "press the button again in 12 minutes" in html
        assert 'value="Zoë Zulu"' in html
        assert 'value="Office 5"' in html
        assert SignOn.objects.count() == 5

    def test_it_tells_so_in_the_language_of_the_page(self, client: Client, narrow: None) -> None:
        make_letter()
        for number in range(6):
            form = entered(email=f"person{number}@office.example")
            response = client.post(f"/ar{FORM}", form)
        assert response.status_code == 429
        assert '<html lang="ar" dir="rtl">' in response.content.decode()

    def test_others_are_not_kept_waiting(self, client: Client, narrow: None) -> None:
        make_letter()
        for number in range(7):
            sign(client, number, ATTACKER)
        assert sign(client, 8, OFFICE).status_code == 302

    def test_one_that_goes_on_and_on_uses_up_nothing_of_the_others(
        self, client: Client, narrow: None
    ) -> None:
        make_letter()
        assert [sign(client, n, ATTACKER).status_code for n in range(20)] == [302] * 5 + [429] * 15
        assert sign(client, 20, OFFICE).status_code == 302

    def test_what_was_used_grows_back_evenly(self, client: Client, narrow: None) -> None:
        make_letter()
        now = timezone.now().replace(hour=12, minute=0)
        with time_machine.travel(now, tick=False):
            answers = [sign(client, number).status_code for number in range(6)]
        assert answers == [302] * 5 + [429]
        with time_machine.travel(now + timedelta(minutes=12), tick=False):
            assert [sign(client, n).status_code for n in (6, 7)] == [302, 429]
        with time_machine.travel(now + timedelta(hours=3), tick=False):
            answers = [sign(client, number).status_code for number in range(8, 14)]
        assert answers == [302] * 5 + [429]

    def test_a_form_with_a_mistake_does_not_count(self, client: Client, narrow: None) -> None:
        make_letter()
        for _ in range(10):
            assert sign(client, name="").status_code == 400
        assert sign(client).status_code == 302

    def test_an_address_that_is_written_to_enough_gets_the_same_page_as_ever(
        self, client: Client
    ) -> None:
        make_letter()
        answers = [sign(client, n, email="same@office.example") for n in range(6)]
        assert {(one.status_code, one["Location"]) for one in answers} == {(302, f"{FORM}sent/")}
        assert OutgoingMail.objects.count() == 3

    def test_where_the_server_knows_no_address_nobody_shares_one(
        self, client: Client, narrow: None
    ) -> None:
        make_letter()
        assert {sign(client, number, "").status_code for number in range(7)} == {302}
        assert set(SignOn.objects.values_list("client", flat=True)) == {""}


@pytest.mark.django_db
class TestEverybody:
    def test_it_stops_what_would_have_mail_servers_refuse_us(
        self, client: Client, narrow: None
    ) -> None:
        make_letter()
        answers = [sign(client, n, f"198.51.100.{n}").status_code for n in range(10)]
        assert answers == [302] * 8 + [429] * 2

    def test_a_letter_in_a_rush_stays_open_and_marks_what_comes(
        self, client: Client, narrow: None
    ) -> None:
        letter = make_letter()
        for number in range(5):
            assert sign(client, number).status_code == 302
        marked = [Flag.RUSH in one.flags for one in SignOn.objects.order_by("pk")]
        assert marked == [False] * 3 + [True] * 2
        assert throttling.rushed_letters() == [letter.pk]

    def test_a_letter_that_is_signed_now_and_then_is_in_no_rush(self, client: Client) -> None:
        make_letter()
        sign(client)
        assert throttling.rushed_letters() == []


@pytest.mark.django_db
class TestWhatIsKept:
    def test_no_address_is_in_the_database(self, client: Client) -> None:
        make_letter()
        sign(client, address="203.0.113.77")
        tables = connection.introspection.table_names()
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
                assert "203.0.113" not in repr(cursor.fetchall()), table

    def test_one_network_has_one_hash_a_day_and_another_the_next_day(self) -> None:
        now = timezone.now().replace(hour=12, minute=0)
        with time_machine.travel(now):
            first = client_hash(OFFICE)
            assert client_hash(OFFICE) == first != client_hash(ATTACKER)
        with time_machine.travel(now + timedelta(days=1)):
            assert client_hash(OFFICE) != first

    def test_the_key_of_a_day_goes_with_it_and_with_it_every_way_back(self) -> None:
        now = timezone.now().replace(hour=12, minute=0)
        with time_machine.travel(now):
            first = client_hash(OFFICE)
        with time_machine.travel(now + timedelta(hours=12, minutes=30)):
            throttling.erase_old()
            assert ClientKey.objects.count() == 1  # somebody's clock may be late
        with time_machine.travel(now + timedelta(days=1)):
            assert client_hash(OFFICE) != first
            throttling.erase_old()
            assert [one.day for one in ClientKey.objects.all()] == [timezone.now().date()]
        with time_machine.travel(now):  # as somebody would who has SECRET_KEY and the hashes
            assert client_hash(OFFICE) != first

    def test_after_thirty_days_no_sign_on_knows_its_client(self, client: Client) -> None:
        make_letter()
        sign(client)
        recent = make_sign_on(client="x" * 32)
        with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1)):
            SignOn.objects.filter(pk=recent.pk).update(created_at=timezone.now())
            assert throttling.erase_old() > 0
            assert throttling.erase_old() == 0
            assert set(SignOn.objects.exclude(client="")) == {recent}
        assert not Allowance.objects.exists()

    def test_what_is_used_is_not_forgotten(self, client: Client, narrow: None) -> None:
        make_letter()
        for number in range(5):
            sign(client, number)
        throttling.erase_old()
        assert sign(client, 6).status_code == 429


@contextmanager
def without(model: Any) -> Iterator[None]:
    """Let the table of `model` be gone."""
    table = model._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(model, table, f"{table}_gone")
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(model, f"{table}_gone", table)


@pytest.mark.django_db(transaction=True)
class TestLimitsOutOfOrder:
    @pytest.mark.parametrize("model", [Allowance, ClientKey])
    def test_sign_ons_are_taken_and_marked(self, client: Client, model: Any) -> None:
        make_letter()
        with without(model):
            answers = {sign(client, number).status_code for number in range(70)}
        assert answers == {302}
        assert {tuple(one.flags) for one in SignOn.objects.all()} == {("unopened", "uncounted")}
        assert OutgoingMail.objects.count() == 70

    def test_nobody_waits_long_for_a_table_that_somebody_holds(self, client: Client) -> None:
        if connection.vendor == "sqlite":
            return  # has one writer at a time, for which every write waits
        make_letter()
        sign(client)  # the key of the day

        def hold_and_sign() -> tuple[int, float]:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE signatures_allowance IN ACCESS EXCLUSIVE MODE")
                with ThreadPoolExecutor(1) as other:
                    return other.submit(timed).result(timeout=20)

        def timed() -> tuple[int, float]:
            started = time.monotonic()
            try:
                return sign(client, 1).status_code, time.monotonic() - started
            finally:
                connections.close_all()

        status, seconds = hold_and_sign()
        assert status == 302
        assert seconds < 3
        assert "uncounted" in SignOn.objects.latest("pk").flags


@pytest.mark.django_db(transaction=True)
def test_of_twelve_at_once_exactly_as_many_pass_as_may(
    live_server: LiveServer, narrow: None
) -> None:
    """Through real connections; in one letter and two, so that allowances are taken crosswise."""
    campaign = make_campaign()
    one, two = (make_letter(slug=slug, campaign=campaign) for slug in ("a-letter", "two"))

    def post(number: int) -> int:
        chosen = [[one.pk], [two.pk], [two.pk, one.pk]][number % 3]
        form = claim(email=f"person{number}@office.example", name=f"Office {number}")
        form |= {"letters": chosen, "authorized": "on", "csrfmiddlewaretoken": "c" * 32}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={'c' * 32}",
        }
        http = HTTPConnection(urlsplit(live_server.url).netloc, timeout=60)
        try:
            http.request("POST", FORM, urlencode(form, doseq=True), headers)
            return http.getresponse().status
        finally:
            http.close()

    with ThreadPoolExecutor(12) as people:
        answers = list(people.map(post, range(12)))
    assert sorted(answers) == [302] * 5 + [429] * 7
    assert SignOn.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_allowances_taken_crosswise_never_wait_for_each_other_in_a_circle() -> None:
    names = [f"letter:{number}" for number in range(6)]

    def spend(shift: int) -> set[str]:
        try:
            order = names[shift:] + names[:shift]
            with transaction.atomic():
                return Allowance.objects.spend(dict.fromkeys(order, 40))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as people:
        over = list(people.map(spend, [number % 6 for number in range(60)]))
    assert sum(not one for one in over) == 40
