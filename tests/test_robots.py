"""Scripts that fill in the form are flagged for the moderator, and nobody is refused."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from signatures import bots
from signatures.mail_domains import Provider, is_shared, provider, related
from signatures.models import Letter, SignOn
from tests.factories import claim, make_letter

FORM = "/letters/a-letter/sign/"


def fields(html: str) -> dict[str, str]:
    """Return what a page's form would send, untouched."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            found[name[1]] = value[1] if value else ""
    return found


def submit(client: Client, html: str, **other: Any) -> list[str]:
    """Send the form of this page as filled in by Alice; return how the claim was flagged."""
    data = {
        **fields(html),
        **claim(),
        "letters": [Letter.objects.get().pk],
        "authorized": "on",
        **other,
    }
    assert client.post(FORM, data).status_code == 302
    return list(SignOn.objects.get().flags)


@pytest.fixture
def html(client: Client) -> str:
    make_letter()
    return client.get(FORM).content.decode()


@pytest.mark.django_db
class TestTheForm:
    def test_a_person_is_not_flagged(self, client: Client, html: str) -> None:
        with time_machine.travel(timezone.now() + timedelta(seconds=40)):
            assert submit(client, html) == []

    def test_a_person_who_left_the_page_open_for_days_is_not_flagged(
        self, client: Client, html: str
    ) -> None:
        with time_machine.travel(timezone.now() + timedelta(days=5)):
            assert submit(client, html) == []

    def test_a_person_who_mends_a_mistake_in_a_moment_is_not_flagged(
        self, client: Client, html: str
    ) -> None:
        with time_machine.travel(timezone.now() + timedelta(seconds=30)):
            again = client.post(FORM, {**fields(html), **claim(name="")}).content.decode()
            assert submit(client, again) == []

    def test_a_script_that_fills_in_everything_is_flagged(self, client: Client, html: str) -> None:
        with time_machine.travel(timezone.now() + timedelta(seconds=40)):
            assert submit(client, html, comment="Buy now") == ["hidden_field"]

    def test_a_script_in_a_hurry_is_flagged(self, client: Client, html: str) -> None:
        assert submit(client, html) == ["hasty"]

    @pytest.mark.parametrize("opened", ["", "form:x:y", "form", "\x00", "1" * 6000])
    def test_a_script_that_never_opened_the_form_is_flagged(
        self, client: Client, html: str, opened: str
    ) -> None:
        assert submit(client, html, opened=opened) == ["unopened"]

    def test_a_script_that_opens_the_form_once_and_waits_is_flagged_from_the_fourth_on(
        self, client: Client, html: str
    ) -> None:
        with time_machine.travel(timezone.now() + timedelta(seconds=40)):
            for number in range(20):
                data = {**fields(html), **claim(name=f"Organisation {number}")}
                data |= {"email": f"p{number}@a.example", "authorized": "on"}
                data["letters"] = [Letter.objects.get().pk]
                assert client.post(FORM, data).status_code == 302
        flags = [one.flags for one in SignOn.objects.order_by("pk")]
        assert flags == [[]] * 3 + [["reused"]] * 17

    def test_every_one_of_sixty_forms_of_a_script_is_flagged(
        self, client: Client, html: str
    ) -> None:
        """It sends what it reads at once, with or without the page's own fields, and a cookie."""
        letter = Letter.objects.get().pk
        for number in range(60):
            page = client.get(FORM).content.decode()
            read = [fields(page), {}, {"opened": fields(page)["opened"][::-1]}][number % 3]
            data = {**read, **claim(name=f"Organisation {number}", email=f"p{number}@a.example")}
            data |= {"letters": [letter], "authorized": "on"}
            assert client.post(FORM, data).status_code == 302
        assert SignOn.objects.count() == 60
        assert all(one.flags for one in SignOn.objects.all())

    def test_people_do_not_see_the_trap(self, html: str) -> None:
        trap = html[html.index('name="comment"') - 400 : html.index('name="comment"') + 100]
        assert re.search(r"<div\s+hidden>", trap)
        assert 'tabindex="-1"' in trap
        assert 'autocomplete="off"' in trap


def test_a_time_in_the_future_is_forged() -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        opened = bots.opened_now()
    assert bots.flags(hidden_field="", opened=opened) == ["unopened"]


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("gmail.com", Provider.FREE),
        ("GMX.de", Provider.FREE),
        ("mailinator.com", Provider.DISPOSABLE),
        ("some.sub.mailinator.com", Provider.DISPOSABLE),
        ("notgmail.com", None),
        ("waterwatch.example", None),
        ("com", None),
        ("", None),
    ],
)
def test_providers_are_known_with_their_sub_domains(domain: str, kind: Provider | None) -> None:
    assert provider(domain) == kind


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("a.example", "a.example", True),
        ("mail.a.example", "a.example", True),
        ("a.example", "mail.a.example", True),
        ("nota.example", "a.example", False),
        ("", "a.example", False),
    ],
)
def test_domains_are_related_when_one_is_part_of_the_other(
    one: str, other: str, answer: bool
) -> None:
    assert related(one, other) is answer


@pytest.mark.parametrize(
    ("domain", "answer"),
    [("ar-ar.facebook.com", True), ("free.fr", True), ("notx.com", False), ("a.example", False)],
)
def test_under_some_domains_anybody_gets_a_page(domain: str, answer: bool) -> None:
    assert is_shared(domain) is answer
