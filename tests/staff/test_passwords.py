"""A first or a new password, by a mailed link."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice

from openletters.staff import factors, mail
from openletters.staff.models import App, StaffAct, StaffMail
from tests.staff.steps import INDEX, SECOND_STEP, give_password

pytestmark = pytest.mark.django_db

FORGOTTEN = "/admin/forgotten/"
NEW = "a longer walk along the sea"


def ask_for_link(client: Client, email: str = "ada@letters.example") -> Any:
    return client.post(FORGOTTEN, {"email": email})


def link(outbox: list[EmailMultiAlternatives]) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/admin/set-password/\S+)", str(outbox[-1].body))
    assert found
    return found[1]


def set_password(client: Client, address: str, password: str = NEW) -> Any:
    page = client.get(address)
    if page.status_code != 302:
        return page
    there = page.headers["Location"]
    return client.post(there, {"new_password1": password, "new_password2": password})


def test_a_forgotten_password_is_replaced_and_the_second_step_stays(
    client: Client,
    ada: User,
    mailoutbox: list[EmailMultiAlternatives],
    send_mail: Callable[[], None],
) -> None:
    ask_for_link(client)
    send_mail()
    [message] = mailoutbox
    assert message.to == ["ada@letters.example"]
    assert "ada" not in message.subject

    done = set_password(client, link(mailoutbox))

    assert done.headers["Location"] == "/admin/login/"
    assert client.get(INDEX).status_code == 302  # it logs nobody in
    given = give_password(client, ada, NEW, follow=True)
    assert given.request["PATH_INFO"] == SECOND_STEP
    assert client.get("/admin/signatures/signon/").status_code == 302
    assert StaffAct.objects.filter(kind=StaffAct.Kind.PASSWORD_SET, about="ada").exists()


def test_a_new_password_ends_the_pause_that_wrong_codes_have_made(
    client: Client, ada: User
) -> None:
    """Whoever knew the old password could keep the owner out for as long as they had tried."""
    recovery = factors.make_codes(ada)[0]
    App.objects.filter(user=ada).update(
        throttling_failure_count=14, throttling_failure_timestamp=timezone.now()
    )
    StaticDevice.objects.filter(user=ada).update(
        throttling_failure_count=14, throttling_failure_timestamp=timezone.now()
    )
    assert factors.pause(ada) > 3600
    set_password(client, mail.link(StaffMail(user=ada)))
    give_password(client, ada, NEW)
    assert client.post(SECOND_STEP, {"code": recovery}).status_code == 302
    assert client.get(INDEX).status_code == 200


def test_a_link_works_once(
    client: Client,
    ada: User,
    mailoutbox: list[EmailMultiAlternatives],
    send_mail: Callable[[], None],
) -> None:
    ask_for_link(client)
    send_mail()
    address = link(mailoutbox)
    set_password(client, address)
    again = set_password(Client(), address, "another password here")
    assert "has been used, or is too old" in again.content.decode()
    assert "reset" not in again.content.decode()
    ada.refresh_from_db()
    assert ada.check_password(NEW)


def test_a_link_works_for_a_day(
    client: Client,
    ada: User,
    mailoutbox: list[EmailMultiAlternatives],
    send_mail: Callable[[], None],
) -> None:
    ask_for_link(client)
    send_mail()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert "too old" in set_password(client, link(mailoutbox)).content.decode()


def test_looking_at_a_link_changes_nothing(
    client: Client,
    ada: User,
    mailoutbox: list[EmailMultiAlternatives],
    send_mail: Callable[[], None],
) -> None:
    """Mail scanners follow links."""
    ask_for_link(client)
    send_mail()
    before = User.objects.values().get(pk=ada.pk)
    for _look in range(5):
        Client().get(link(mailoutbox), follow=True)
        Client().head(link(mailoutbox))
    assert User.objects.values().get(pk=ada.pk) == before
    assert set_password(client, link(mailoutbox)).status_code == 302


def test_the_answer_does_not_tell_whether_there_is_such_an_account(
    client: Client, ada: User
) -> None:
    def plain(answer: Any) -> list[str]:
        lines = answer.content.decode().splitlines()
        return [line for line in lines if "csrfmiddlewaretoken" not in line]

    known, unknown = ask_for_link(client), ask_for_link(client, "nobody@letters.example")
    assert plain(known) == plain(unknown)
    assert StaffMail.objects.count() == 1


def test_strangers_cause_three_mails_a_day(
    client: Client,
    ada: User,
    mailoutbox: list[EmailMultiAlternatives],
    send_mail: Callable[[], None],
) -> None:
    for _time in range(10):
        ask_for_link(client)
        ask_for_link(client)
        send_mail()
    assert len(mailoutbox) == 3


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_staff": False}])
def test_who_may_not_log_in_gets_none(
    client: Client,
    ada: User,
    fields: dict[str, bool],
    mailoutbox: list[EmailMultiAlternatives],
    send_mail: Callable[[], None],
) -> None:
    address = mail.link(StaffMail(user=ada))
    User.objects.update(**fields)
    ask_for_link(client)
    send_mail()
    assert mailoutbox == []
    assert "too old" in client.get(address).content.decode()


def test_no_working_link_is_at_rest(client: Client, ada: User) -> None:
    ask_for_link(client)
    [owed] = StaffMail.objects.values()
    token = mail.link(StaffMail(user=ada)).rsplit("/", 2)[1]
    assert token not in str(owed)


def test_a_mail_that_could_not_be_sent_is_tried_again(
    client: Client,
    ada: User,
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: list[EmailMultiAlternatives],
    send_mail: Callable[[], None],
) -> None:
    ask_for_link(client)

    def fail(message: EmailMultiAlternatives) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", fail)
        send_mail()
    send_mail()
    assert mailoutbox == []
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        send_mail()
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("password", ["short", "ada@letters.example", "1qaz2wsx3edc"])
def test_a_weak_password_is_refused_with_the_reason(
    client: Client, ada: User, password: str
) -> None:
    refused = set_password(
        client, mail.link(StaffMail(user=ada)).removeprefix("http://127.0.0.1:8000"), password
    )
    assert refused.status_code == 200
    assert 'class="errorlist"' in refused.content.decode()


@pytest.mark.parametrize(
    "path", ["x/y", "MQ/x-y", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5/a-b", "AAAA/-"]
)
def test_a_made_up_link_is_only_refused(client: Client, path: str) -> None:
    shown = client.get(f"/admin/set-password/{path}/")
    assert shown.status_code == 200
    assert "too old" in shown.content.decode()
