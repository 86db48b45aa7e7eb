"""The steps of a sign-on, and which may follow which."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from signatures.models import (
    Letter,
    Organization,
    OrganizationName,
    OutgoingMail,
    Signature,
    SignOn,
    SignOnEvent,
)
from signatures.models.sign_ons import IllegalTransition
from tests.factories import make_letter, make_organization, make_sign_on, make_signature, make_staff

pytestmark = pytest.mark.django_db

Status = SignOn.Status

STEPS: dict[str, Callable[[SignOn, Any], object]] = {
    "confirm": lambda sign_on, staff: sign_on.confirm(),
    "approve": lambda sign_on, staff: sign_on.approve(actor=staff),
    "reject": lambda sign_on, staff: sign_on.reject(actor=staff, reason="unknown"),
    "reopen": lambda sign_on, staff: sign_on.reopen(actor=staff),
    "withdraw": lambda sign_on, staff: sign_on.withdraw(),
}

# Where each step leads from each state; None: refused.
LEADS_TO = {
    "confirm": ("pending", "pending", "approved", "rejected", None),
    "approve": (None, "approved", "approved", None, None),
    "reject": (None, "rejected", None, "rejected", None),
    "reopen": (None, "pending", "pending", "pending", None),
    "withdraw": ("withdrawn", "withdrawn", "withdrawn", "withdrawn", "withdrawn"),
}


def in_state(status: str, staff: Any) -> SignOn:
    """Bring a sign-on into a state by its own steps."""
    sign_on = make_sign_on(status=Status.UNCONFIRMED)
    path = {
        Status.UNCONFIRMED: (),
        Status.PENDING: ("confirm",),
        Status.APPROVED: ("confirm", "approve"),
        Status.REJECTED: ("confirm", "reject"),
        Status.WITHDRAWN: ("confirm", "withdraw"),
    }
    for step in path[Status(status)]:
        STEPS[step](sign_on, staff)
    return sign_on


@pytest.mark.parametrize("step", LEADS_TO)
@pytest.mark.parametrize("origin", Status)
def test_a_step_leads_where_the_table_says(step: str, origin: str) -> None:
    staff = make_staff()
    sign_on = in_state(origin, staff)
    target = LEADS_TO[step][list(Status).index(Status(origin))]
    if target is None:
        with pytest.raises(IllegalTransition):
            STEPS[step](sign_on, staff)
        target = origin
    else:
        STEPS[step](sign_on, staff)
    sign_on.refresh_from_db()
    assert sign_on.status == target
    listed = Signature.objects.current().count()
    assert listed == (1 if target == "approved" else 0)


@pytest.mark.parametrize("step", ["approve", "reject", "withdraw"])
def test_repeating_a_step_is_harmless(step: str) -> None:
    staff, sign_on = make_staff(), make_sign_on()
    for _ in range(3):
        STEPS[step](sign_on, staff)
    assert sign_on.events.filter(kind=step).count() == 1
    assert OutgoingMail.objects.count() == 1


def test_every_step_leaves_a_line_of_history() -> None:
    staff, sign_on = make_staff(), make_sign_on(status=Status.UNCONFIRMED)
    sign_on.confirm()
    sign_on.reject(actor=staff, reason="no such organisation")
    sign_on.reopen(actor=staff, reason="there is")
    sign_on.approve(actor=staff)
    lines = [(e.kind, e.origin, e.target, e.actor, e.reason) for e in sign_on.events.all()]
    assert lines == [
        ("submitted", "unconfirmed", "unconfirmed", None, ""),
        ("confirm", "unconfirmed", "pending", None, ""),
        ("reject", "pending", "rejected", staff, "no such organisation"),
        ("reopen", "rejected", "pending", staff, "there is"),
        ("approve", "pending", "approved", staff, "Water Watch"),
    ]


def test_history_can_only_grow() -> None:
    event = make_sign_on().events.get()
    for change in (
        event.save,
        event.delete,
        SignOnEvent.objects.all().delete,
        lambda: SignOnEvent.objects.update(reason="other"),
    ):
        with pytest.raises(TypeError):
            change()


def test_an_approval_lists_a_new_organisation_under_every_letter() -> None:
    letters = [make_letter(slug=slug) for slug in ("one", "two")]
    sign_on = make_sign_on(letters, name="Law in Service", acronym="LIS", local_name="القانون")
    sign_on.approve(actor=make_staff())
    organization = Organization.objects.get()
    assert organization.official_name == "Law in Service"
    assert {name.name for name in organization.names.all()} == {"Law in Service", "LIS", "القانون"}
    signatures = Signature.objects.current()
    assert {signature.letter for signature in signatures} == set(letters)
    assert {signature.name for signature in signatures} == {"Law in Service (LIS)"}
    assert [letter.revision for letter in Letter.objects.all()] == [1, 1]


def test_an_approval_as_a_known_organisation_remembers_the_spelling() -> None:
    known, staff = make_organization("Water Watch International"), make_staff()
    sign_on = make_sign_on(name="Waterwatch Intl", acronym="WWI")
    sign_on.approve(actor=staff, organization=known)
    assert Signature.objects.get().organization == known
    assert Signature.objects.get().name == "Waterwatch Intl (WWI)"
    assert known.names.get(name="Waterwatch Intl").kind == OrganizationName.Kind.ALIAS
    assert known.names.get(name="WWI").kind == OrganizationName.Kind.ACRONYM
    sign_on.reopen(actor=staff)
    assert known.names.get().name == "Water Watch International"


def test_two_claims_of_one_organisation_leave_one_signature_per_letter() -> None:
    staff, letter = make_staff(), make_letter()
    first = make_sign_on([letter])
    second = make_sign_on([letter], email="other@waterwatch.example")
    first.approve(actor=staff)
    second.approve(actor=staff)
    assert Signature.objects.count() == 1
    assert list(OutgoingMail.objects.order_by("created_at").values_list("kind", flat=True)) == [
        "listed",
        "already_listed",
    ]


def test_undoing_an_approval_leaves_no_trace_in_public() -> None:
    staff, letter = make_staff(), make_letter()
    sign_on = make_sign_on([letter])
    sign_on.approve(actor=staff)
    sign_on.reopen(actor=staff)
    assert not Signature.objects.exists()
    assert not Organization.objects.exists()
    letter.refresh_from_db()
    assert letter.revision == 2
    sign_on.approve(actor=staff)
    assert Signature.objects.current().count() == 1


def test_undoing_an_approval_as_the_wrong_organisation_forgets_the_spelling() -> None:
    staff, known = make_staff(), make_organization("Another Watch")
    sign_on = make_sign_on()
    sign_on.approve(actor=staff, organization=known)
    sign_on.reopen(actor=staff)
    assert Organization.objects.get() == known
    assert not Organization.objects.known_as("Water Watch").exists()


def test_undoing_does_not_touch_what_others_brought() -> None:
    staff, letter = make_staff(), make_letter()
    make_signature(letter, "Water Watch")
    second = make_sign_on([letter])
    second.approve(actor=staff)
    second.reopen(actor=staff)
    assert Signature.objects.current().count() == 1


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_nobody_is_told_of_a_decision_that_was_undone_in_time(decision: str) -> None:
    staff, sign_on = make_staff(), make_sign_on()
    STEPS[decision](sign_on, staff)
    sign_on.reopen(actor=staff)
    assert not OutgoingMail.objects.exists()


def test_who_was_told_of_a_decision_is_told_that_it_was_undone() -> None:
    staff, sign_on = make_staff(), make_sign_on()
    sign_on.approve(actor=staff)
    OutgoingMail.objects.get().mark_sent()
    sign_on.reopen(actor=staff)
    assert OutgoingMail.objects.waiting().get().kind == "reopened"


@pytest.mark.parametrize(
    ("tell", "why", "notes"), [(True, True, ["unknown"]), (True, False, [""]), (False, True, [])]
)
def test_a_rejection_tells_what_staff_choose(tell: bool, why: bool, notes: list[str]) -> None:
    make_sign_on().reject(actor=make_staff(), reason="unknown", tell=tell, why=why)
    assert [mail.note for mail in OutgoingMail.objects.all()] == notes


def test_a_paper_sign_on_waits_like_any_other() -> None:
    staff, letter = make_staff(), make_letter()
    sign_on = SignOn.objects.enter(
        [letter], actor=staff, provenance="Letter of 3 May", name="Paper Friends", country="PS"
    )
    assert SignOn.objects.queue().get() == sign_on
    assert not Signature.objects.exists()
    sign_on.approve(actor=staff)
    assert Signature.objects.get().source == Signature.Source.STAFF
    assert sign_on.provenance == "Letter of 3 May"
    assert not sign_on.events.get(kind="entered").reason  # the history outlives who wrote it
    assert not OutgoingMail.objects.exists()


def test_an_organisation_that_was_renamed_is_still_known_by_its_former_name() -> None:
    organization = make_organization("Old Name")
    organization.official_name = "New Name"
    organization.save()
    organization.remember_names()
    kinds = dict(organization.names.values_list("name", "kind"))
    assert kinds == {"Old Name": "former", "New Name": "official"}


def test_who_was_listed_through_another_claim_can_sign_again_once_that_is_withdrawn() -> None:
    staff, letter = make_staff(), make_letter()
    first, second = make_sign_on([letter]), make_sign_on([letter], email="bob@waterwatch.example")
    first.approve(actor=staff)
    second.approve(actor=staff)
    assert SignOn.objects.twin_of(second, [letter]) is None
    again = make_sign_on([letter], email="bob@waterwatch.example", status=Status.UNCONFIRMED)
    assert SignOn.objects.twin_of(again, [letter]) == second
    first.withdraw()
    assert not Signature.objects.current().exists()
    assert again.confirm() == again
    again.approve(actor=staff)
    assert Signature.objects.current().count() == 1


def test_the_last_mail_after_a_withdrawal_says_so() -> None:
    sign_on = make_sign_on(status=Status.UNCONFIRMED)
    sign_on.confirm()
    sign_on.approve(actor=make_staff())
    sign_on.withdraw()
    assert [mail.kind for mail in OutgoingMail.objects.waiting()] == ["withdrawn"]


def test_undoing_leaves_names_on_record_that_staff_had_recorded() -> None:
    staff, known = make_staff(), make_organization("Water Watch International")
    known.remember("Water Watch", OrganizationName.Kind.ALIAS)
    sign_on = make_sign_on(local_name="مراقبة المياه")
    sign_on.approve(actor=staff, organization=known)
    assert Organization.objects.known_as("مراقبة المياه").exists()
    sign_on.reopen(actor=staff)
    assert Organization.objects.known_as("Water Watch").get() == known
    assert not Organization.objects.known_as("مراقبة المياه").exists()


def test_undoing_leaves_names_on_record_that_another_claim_uses() -> None:
    staff, known = make_staff(), make_organization("Water Watch International")
    first, second = make_sign_on(), make_sign_on(email="bob@waterwatch.example")
    first.approve(actor=staff, organization=known)
    second.approve(actor=staff, organization=known)
    first.reopen(actor=staff)
    assert Organization.objects.known_as("Water Watch").get() == known


def test_undoing_keeps_an_organisation_that_others_need() -> None:
    staff, sign_on = make_staff(), make_sign_on()
    sign_on.approve(actor=staff)
    make_organization("Water Watch Nairobi", parent=sign_on.organization)
    sign_on.reopen(actor=staff)
    assert Organization.objects.filter(official_name="Water Watch").exists()


def test_a_withdrawal_closes_the_correction_that_waits() -> None:
    sign_on = make_sign_on()
    sign_on.approve(actor=make_staff())
    assert sign_on.correct(name="Another")
    sign_on.withdraw()
    assert not sign_on.corrections.open().exists()


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.REJECTED])
def test_what_is_decided_cannot_be_corrected(status: str) -> None:
    with pytest.raises(IllegalTransition):
        make_sign_on(status=status).correct(name="Another")


def test_the_day_of_a_signature_is_that_of_its_confirmation() -> None:
    sign_on = make_sign_on(waiting=timedelta(days=3))
    [signature] = sign_on.approve(actor=make_staff())
    assert sign_on.confirmed_at
    assert signature.signed_on == timezone.localdate(sign_on.confirmed_at)


def test_a_paper_sign_on_with_an_address_is_told_that_it_waits() -> None:
    SignOn.objects.enter(
        [make_letter()],
        actor=make_staff(),
        provenance="Mail of 3 May",
        name="Paper Friends",
        country="PS",
        email="friends@paper.example",
    )
    assert OutgoingMail.objects.get().kind == "received"


def test_undoing_an_approval_closes_the_correction_that_waits() -> None:
    staff, sign_on = make_staff(), make_sign_on()
    sign_on.approve(actor=staff)
    correction = sign_on.correct(name="Old Wish")
    assert correction
    sign_on.reopen(actor=staff)
    assert not correction.decide(actor=staff, accept=True)
    sign_on.refresh_from_db()
    assert sign_on.name == "Water Watch"


def test_undoing_forgets_what_an_accepted_correction_taught() -> None:
    staff, wrong = make_staff(), make_organization("Foo Council")
    sign_on = make_sign_on()
    sign_on.approve(actor=staff, organization=wrong)
    correction = sign_on.correct(name="Bar League")
    assert correction
    assert correction.decide(actor=staff, accept=True)
    sign_on.reopen(actor=staff)
    assert [name.name for name in wrong.names.all()] == ["Foo Council"]


def test_an_organisation_that_was_removed_meanwhile_is_not_approved() -> None:
    staff, sign_on, gone = make_staff(), make_sign_on(), make_organization("Gone")
    Organization.objects.filter(pk=gone.pk).delete()
    with pytest.raises(IllegalTransition):
        sign_on.approve(actor=staff, organization=gone)
