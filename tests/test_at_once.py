"""Many people do the same thing at the same moment."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from signatures.admin import evidence
from signatures.emails import confirm_path
from signatures.models import (
    Letter,
    Organization,
    OrganizationName,
    OutgoingMail,
    Signature,
    SignOn,
    SignOnEvent,
    SignOnLetter,
)
from signatures.models.history import TRANSITIONS, IllegalTransition, target
from tests.factories import (
    claim,
    make_campaign,
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 50
ROUNDS = 100


@pytest.fixture(autouse=True)
def counts_are_those_of_the_rows(transactional_db: None) -> Iterator[None]:
    """Whatever a test here has done at once, no letter's count may have drifted from its list."""
    yield
    for letter in Letter.objects.all():
        assert letter.signatory_count == letter.signatures.current().count()


class Browser:
    """One visitor with a connection and cookies of its own."""

    def __init__(self, server: LiveServer, cookies: dict[str, str] | None = None) -> None:
        self.host = urlsplit(server.url).netloc
        self.cookies = cookies or {}

    def post(self, path: str, form: dict[str, object]) -> int:
        """Send a form; return the status of the answer."""
        cookies = {"csrftoken": "c" * 32} | self.cookies
        connection = HTTPConnection(self.host, timeout=60)
        try:
            connection.request(
                "POST",
                path,
                urlencode({"csrfmiddlewaretoken": "c" * 32} | form, doseq=True),
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
                },
            )
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


Call = tuple[Browser, str, dict[str, object]]


def at_once(calls: list[Call]) -> set[int]:
    """Make all calls in parallel; return the statuses that came back."""
    with ThreadPoolExecutor(len(calls)) as people:
        return set(people.map(lambda call: call[0].post(call[1], call[2]), calls))


def test_one_organisation_submitted_confirmed_and_approved_fifty_times_signs_once(
    live_server: LiveServer,
) -> None:
    campaign = make_campaign()
    letters = [make_letter(slug=slug, campaign=campaign) for slug in ("one", "two")]
    visitor = Browser(live_server)
    form: dict[str, object] = {"letters": [letter.pk for letter in letters], "authorized": "on"}
    submissions: list[Call] = [
        (visitor, "/letters/one/sign/", form | claim(email=f"person{number}@waterwatch.example"))
        for number in range(AT_ONCE)
    ]
    assert at_once(submissions) == {302}
    assert SignOn.objects.count() == AT_ONCE

    confirmations: list[Call] = [(visitor, confirm_path(one), {}) for one in SignOn.objects.all()]
    assert at_once(confirmations * 2) == {302}
    assert SignOn.objects.queue().count() == AT_ONCE

    staff = Client()
    staff.force_login(make_staff(is_superuser=True))
    moderator = Browser(live_server, {"sessionid": staff.cookies["sessionid"].value})
    approvals: list[Call] = [
        (
            moderator,
            reverse("admin:signatures_signon_approve", args=[one.pk]),
            {"seen": evidence.seen(one), "organization": "new"},
        )
        for one in SignOn.objects.all()
    ]
    assert at_once(approvals) == {302}
    assert set(SignOn.objects.values_list("status", flat=True)) == {SignOn.Status.APPROVED}
    assert Organization.objects.count() == 1
    assert Signature.objects.count() == Signature.objects.current().count() == 2
    assert Client().get("/letters/one/count.json").json()["count"] == 1


def test_everything_at_once_leaves_a_legal_state() -> None:
    """Letters of different days, so that their usual order is not that of their keys."""
    campaign, staff = make_campaign(), make_staff()
    today = timezone.localdate()
    letters = [
        make_letter(slug=f"of-day-{days}", campaign=campaign, dated=today + timedelta(days=days))
        for days in range(3)
    ]
    sign_ons = [make_sign_on(letters, name=f"Organisation {number % 4}") for number in range(12)]

    def act(step: tuple[SignOn, str]) -> str:
        sign_on, verb = step
        try:
            match verb:
                case "approve":
                    sign_on.approve(actor=staff)
                case "reject":
                    sign_on.reject(actor=staff, reason="no")
                case "reopen":
                    sign_on.reopen(actor=staff)
                case "close and open":
                    for letter in letters:
                        Letter.objects.get(pk=letter.pk).close()
                        Letter.objects.get(pk=letter.pk).reopen()
                case _:
                    sign_on.withdraw()
        except IllegalTransition:
            return "refused"
        finally:
            connections.close_all()
        return verb

    verbs = ["approve", "close and open", "reopen", "approve", "reject", "withdraw"]
    steps = [(SignOn.objects.get(pk=one.pk), verb) for one in sign_ons for verb in verbs]
    with ThreadPoolExecutor(12) as people:
        outcomes = set(people.map(act, steps))
    assert outcomes <= {*verbs, "refused"}
    assert set(SignOn.objects.values_list("status", flat=True)) == {SignOn.Status.WITHDRAWN}
    assert not Signature.objects.current().exists()


def test_a_hundred_times_confirmed_decided_and_withdrawn_at_once_the_state_is_legal() -> None:
    letter, staff = make_letter(), make_staff()
    claims = [
        make_sign_on(
            [letter],
            name=f"Organisation {number % 7}",
            email=f"person{number}@waterwatch.example",
            status=SignOn.Status.UNCONFIRMED,
        )
        for number in range(ROUNDS)
    ]
    verbs: list[Callable[[SignOn], object]] = [
        SignOn.confirm,
        partial(SignOn.approve, actor=staff),
        partial(SignOn.reject, actor=staff, reason="no"),
        SignOn.withdraw,
    ]

    def act(step: tuple[Callable[[SignOn], object], int]) -> None:
        verb, key = step
        try:
            verb(SignOn.objects.get(pk=key))
        except IllegalTransition:
            pass
        finally:
            connections.close_all()

    for one in claims[::2]:  # the others are decided about before their contacts come
        one.confirm()
    steps = [
        (verb, one.pk)
        for number, one in enumerate(claims)
        for verb in (verbs if number % 3 else verbs[:3])
    ]
    with ThreadPoolExecutor(12) as people:
        list(people.map(act, steps))
    for one in SignOn.objects.prefetch_related("events"):
        status: str = SignOn.Status.UNCONFIRMED
        for line in one.events.all():
            assert line.origin == status
            status = target(line.kind, status) if line.kind in TRANSITIONS else line.target
        assert one.status == status
    listed = Signature.objects.current()
    carrying = SignOnLetter.objects.filter(sign_on__status=SignOn.Status.APPROVED)
    assert listed.count() == carrying.filter(signature__in=listed).count() > 0


def together(calls: Sequence[Callable[[], object]]) -> None:
    """Make all calls in parallel, each on a connection of its own; fail if one of them does."""

    ready = Barrier(len(calls), timeout=30)

    def alone(call: Callable[[], object]) -> None:
        ready.wait()
        try:
            call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as people:
        list(people.map(alone, calls))


def fifty_claims() -> list[SignOn]:
    """Have fifty claims wait, of ten organisations, for two letters."""
    letters = [make_letter(slug=slug) for slug in ("one", "two")]
    return [make_sign_on(letters, name=f"Organisation {number % 10}") for number in range(AT_ONCE)]


def assert_each_is_listed_once() -> None:
    assert set(SignOn.objects.values_list("status", flat=True)) == {SignOn.Status.APPROVED}
    assert SignOnEvent.objects.filter(kind="approve").count() == AT_ONCE
    assert OutgoingMail.objects.filter(kind="listed").count() == 10
    assert OutgoingMail.objects.filter(kind="already_listed").count() == AT_ONCE - 10
    assert Organization.objects.count() == 10
    assert Signature.objects.count() == Signature.objects.current().count() == 20
    assert SignOnLetter.objects.filter(signature__isnull=False).count() == 20


def test_organisations_listed_and_withdrawn_at_once_are_all_counted() -> None:
    letter = make_letter()
    leaving = [make_signature(letter, f"Leaving {number}") for number in range(10)]
    coming = [make_organization(f"Coming {number}") for number in range(15)]
    together(
        [
            *(one.withdraw for one in leaving),
            *(partial(make_signature, letter, organization) for organization in coming),
        ]
    )
    assert Letter.objects.get().signatory_count == 15


def test_two_bulk_approvals_of_the_same_rows_approve_each_once() -> None:
    staff, claims = make_staff(), fifty_claims()
    orders = [claims, claims[::-1], claims[::2] + claims[1::2], claims]
    together([partial(SignOn.objects.approve, dict.fromkeys(one), actor=staff) for one in orders])
    assert_each_is_listed_once()


def test_a_bulk_approval_and_single_ones_of_the_same_rows_approve_each_once() -> None:
    staff, claims = make_staff(), fifty_claims()
    single = [SignOn.objects.get(pk=claim.pk) for claim in claims[::4]]
    together(
        [
            partial(SignOn.objects.approve, dict.fromkeys(claims), actor=staff),
            *(partial(one.approve, actor=staff) for one in single),
        ]
    )
    assert_each_is_listed_once()


def test_bulk_decisions_and_their_undoing_at_once_leave_a_legal_state() -> None:
    """Claims of the same organisations in different hands, so that rows cross."""
    staff, claims = make_staff(), fifty_claims()
    hands = [claims[0::3], claims[1::3][::-1], claims[2::3]]

    def back_and_forth(mine: list[SignOn]) -> None:
        for _round in range(3):
            batch = uuid.uuid4()
            SignOn.objects.approve(dict.fromkeys(mine), actor=staff, batch=batch)
            SignOn.objects.undo(batch, actor=staff)
        SignOn.objects.approve(dict.fromkeys(mine), actor=staff)

    together([partial(back_and_forth, mine) for mine in hands])

    approved = SignOn.objects.filter(status=SignOn.Status.APPROVED)
    assert approved.count() == AT_ONCE - SignOn.objects.queue().count()
    listed = Signature.objects.current()
    assert {(one.letter_id, one.organization_id) for one in listed} <= {
        (row.letter_id, row.sign_on.organization_id)
        for row in SignOnLetter.objects.select_related("sign_on")
    }
    assert SignOnLetter.objects.filter(signature__isnull=False).count() == listed.count()


def test_organisations_that_many_register_in_any_order_are_registered_once() -> None:
    names = [f"Organisation {number}" for number in range(300)]
    orders = [names, names[::-1], names[150:] + names[:150], names[::-1]]
    registered: list[set[Organization | None]] = []

    def register(order: list[str]) -> None:
        stated = [Organization(official_name=name, acronym="O") for name in order]
        registered.append(set(Organization.objects.register_many(stated)))

    together([partial(register, order) for order in orders])
    assert registered == [set(Organization.objects.all())] * 4
    assert len(registered[0]) == 300
    assert OrganizationName.objects.count() == 600


def test_a_name_that_many_record_at_once_is_recorded_once() -> None:
    organization = make_organization("Water Watch")
    new: list[OrganizationName | None] = []
    together([lambda: new.append(organization.remember("Waterwatch", "alias")) for _ in range(12)])
    assert len([one for one in new if one]) == 1
    assert organization.names.count() == 2


def test_one_address_is_written_to_three_times_however_fast_it_is_named() -> None:
    letter = make_letter()

    def submit(number: int) -> None:
        try:
            SignOn.objects.submit([letter], **claim(name=f"Organisation {number}"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as people:
        list(people.map(submit, range(30)))
    assert OutgoingMail.objects.count() == 3
