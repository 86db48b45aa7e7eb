"""A moderator opens the first page in the morning."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from signatures.models import Letter, OutgoingMail, Signature, SignOn
from tests.factories import DESK, make_letter, make_sign_on, make_signature, make_staff

pytestmark = pytest.mark.django_db

Status = SignOn.Status
H = timedelta(hours=1)
FIRST_PAGE = "/admin/"


@pytest.fixture
def mona() -> User:
    return make_staff("mona")


@pytest.fixture
def desk(client: Client, mona: User) -> Client:
    client.force_login(mona)
    return client


def figure(client: Client, title: str) -> str:
    """Return one figure of the first page."""
    html = " ".join(client.get(FIRST_PAGE).content.decode().split())
    found = [
        one
        for one in re.findall(r"<figure class.*?</figure>", html)
        if re.search(rf"<h2 [^>]*>{title}</h2>", one)
    ]
    return found[0] if found else ""


def rows(html: str) -> list[list[str]]:
    """Return the rows of a figure's tables, as text."""
    return [
        [
            " ".join(re.sub(r"<[^>]*>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
            if "<svg" not in cell
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", html)
    ]


def bars(html: str) -> list[float]:
    return [float(width) for width in re.findall(r'width="([\d.]+)" height="8"', html)]


def test_it_tells_how_long_sign_ons_wait(desk: Client) -> None:
    for hours in (1, 2, 3, 4, 20, 30, 60, 100, 400):
        make_sign_on(waiting=hours * H)
    make_sign_on(status=Status.UNCONFIRMED, waiting=500 * H)
    html = figure(desk, "How long sign-ons wait")
    assert rows(html)[1:] == [
        ["up to 18 h", "4"],
        ["up to 24 h", "1"],
        ["up to 3 days", "2"],
        ["up to 7 days", "1"],
        ["over 7 days", "1"],
    ]
    assert bars(html) == [100, 25, 50, 25, 25]


def test_it_tells_what_came_in_each_day_and_what_became_of_it(desk: Client, mona: User) -> None:
    now = timezone.now()
    made = [make_sign_on(waiting=hours * H, name=f"N{hours}") for hours in (0, 0, 49, 49)]
    made[0].approve(actor=mona)
    made[2].reject(actor=mona, reason="no")
    make_sign_on(status=Status.UNCONFIRMED, waiting=49 * H)
    make_sign_on(waiting=24 * 40 * H)  # longer ago than is told
    html = figure(desk, "Sign-ons a day")
    assert html.count("5 sign-ons came in within the last 30 days.") == 2

    def day(ago: timedelta) -> str:
        local = timezone.localtime(now - ago)
        return f"{local.day} {local:%B %Y}"

    assert rows(html)[1:] == [
        [day(0 * H), "1", "1", "0", "0", "0"],
        [day(49 * H), "0", "1", "1", "0", "1"],
    ]
    picture = re.findall(
        r'<rect class="kind-(\w+)" x="([\d.]+)" y="[\d.]+"[^>]* height="([\d.]+)"', html
    )
    earlier = str(10 * (29 - (timezone.localdate(now) - timezone.localdate(now - 49 * H)).days) + 1)
    assert picture == [
        *(("pending", earlier, "33.3"), ("rejected", earlier, "33.3")),
        *(("unconfirmed", earlier, "33.3"), ("approved", "291", "33.3")),
        ("pending", "291", "33.3"),
    ]


def test_it_tells_of_each_letter_how_many_signed_this_week_and_wait(desk: Client) -> None:
    big, small = make_letter("big", title="Big"), make_letter("small", title="Small")
    closed = make_letter("closed", title="Over", status=Letter.Status.CLOSED)
    for ago in (0, 6, 7, 30):
        day = timezone.localdate() - timedelta(days=ago)
        make_signature(big, f"Organisation {ago}", signed_on=day)
    make_signature(big, "Gone").withdraw()
    make_signature(small, "Another")
    make_sign_on([big, small])
    make_sign_on([big], name="Second")
    make_sign_on([big], name="Third", status=Status.UNCONFIRMED)
    html = figure(desk, "Letter by letter")
    assert rows(html)[1:] == [
        ["Small", "1", "1", "1"],
        ["Big", "4", "2", "2"],
        ["Over closed", "0", "0", "0"],
    ]
    assert bars(html) == [25, 100, 0]
    assert f"?letter={big.pk}" in html
    assert f"?letter={closed.pk}" not in html


def test_it_tells_how_many_confirm(desk: Client, mona: User) -> None:
    for number, hours in enumerate((80, 90, 100)):
        make_sign_on(waiting=hours * H, name=f"N{number}")
    make_sign_on(waiting=80 * H, status=Status.UNCONFIRMED)
    make_sign_on(waiting=10 * H, status=Status.UNCONFIRMED)  # has time yet
    make_sign_on(waiting=200 * H)  # of an age of which others are deleted
    fake = make_sign_on(waiting=80 * H, status=Status.UNCONFIRMED)
    SignOn.objects.filter(pk=fake.pk).update(status=Status.REJECTED)
    again = make_sign_on(waiting=80 * H, status=Status.UNCONFIRMED)  # what is confirmed already
    SignOn.objects.filter(pk=again.pk).update(status=Status.WITHDRAWN)
    paper = make_sign_on(waiting=80 * H)
    SignOn.objects.filter(pk=paper.pk).update(source=Signature.Source.STAFF)
    html = figure(desk, "Confirmed by their contacts")
    assert "<b>75%</b> 3 of 4 sign-ons" in html
    assert bars(html) == [75]


def test_it_tells_how_the_mails_fare(desk: Client) -> None:
    now = timezone.now()
    sign_on = make_sign_on()
    for stated in (
        *({"sent_at": now},) * 7,
        {"last_error": "SMTPRecipientsRefused 550"},
        {},
        {"failed_at": now, "last_error": "SMTPRecipientsRefused 550"},
    ):
        OutgoingMail.objects.create(sign_on=sign_on, kind="received", recipient="x", **stated)
    html = figure(desk, "Mails of the last 30 days")
    assert rows(html)[1:] == [
        ["taken over by a mail server", "7"],
        ["refused, tried again", "1"],
        ["given up", "1"],
    ]
    assert "<b>12.5%</b> given up" in html


def test_an_empty_site_says_so_calmly(desk: Client) -> None:
    html = desk.get(FIRST_PAGE).content.decode()
    for words in (
        "Nothing waits.",
        "No sign-on came in",
        "There is no letter yet.",
        "No sign-on is of an age to tell.",
        "No mail was sent yet.",
    ):
        assert words in html
    assert "<svg" not in html.partition('class="figures"')[2].partition("</section>")[0]


def test_nobody_is_told_of_rows_that_they_may_not_see(client: Client) -> None:
    client.force_login(make_staff("ed", permissions=[one for one in DESK if "signon" not in one]))
    make_sign_on()
    html = client.get(FIRST_PAGE).content.decode()
    assert html.count('<figure class="panel') == 1
    assert "Letter by letter" in html
    assert "Waiting" not in html.partition('class="figures"')[2].partition("</section>")[0]
    some = [one for one in DESK if "mail" not in one]
    client.force_login(make_staff("sam", permissions=some))
    html = client.get(FIRST_PAGE).content.decode()
    assert "Confirmed by their contacts" in html
    assert "Mails of the last 30 days" not in html
    client.force_login(make_staff("ned", permissions=[]))
    assert 'class="figures"' not in client.get(FIRST_PAGE).content.decode()


def test_it_takes_as_many_queries_however_much_there_is(desk: Client, mona: User) -> None:
    def asked() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            desk.get(FIRST_PAGE)
        return [query["sql"] for query in queries]

    letter = make_letter()
    make_sign_on([letter])
    few = asked()
    for number in range(12):
        more = make_letter(f"letter-{number}")
        make_sign_on([letter, more], name=f"N{number}", waiting=number * 10 * H)
        make_signature(more, f"S{number}")
    assert len(asked()) == len(few)
    figures = [sql for sql in few if "signatures_" in sql]
    assert len(figures) <= 11
