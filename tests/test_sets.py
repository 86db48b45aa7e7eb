"""What is done to many rows at once is what would be done to each, in a fixed number of queries."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
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
from tests.factories import make_letter, make_organization, make_sign_on, make_signature, make_staff

pytestmark = pytest.mark.django_db

Status = SignOn.Status


def state_of_everything() -> dict[str, Any]:
    """Return all that a decision writes, but for keys and times."""
    return {
        "claims": sorted(SignOn.objects.values_list("email", "status", "organization__key")),
        "brought": sorted(
            SignOn.objects.filter(letter_rows__signature__isnull=False).values_list(
                "email", "letter_rows__letter__slug", "letter_rows__signature__name"
            )
        ),
        "events": sorted(
            SignOnEvent.objects.values_list("sign_on__email", "kind", "origin", "target", "reason")
        ),
        "mails": sorted(OutgoingMail.objects.values_list("sign_on__email", "kind", "note")),
        "names": sorted(OrganizationName.objects.values_list("organization__key", "name", "kind")),
        "taught": sorted(
            SignOn.objects.filter(taught__isnull=False).values_list("email", "taught__name")
        ),
        "listed": sorted(
            Signature.objects.current().values_list(
                "letter__slug", "name", "source", "signed_on", "list_key"
            )
        ),
    }


def claims_of_every_sort() -> dict[SignOn, Organization | None]:
    """Have claims wait: new, known, twice in one go, listed already, withdrawn before, rejected."""
    letters = [make_letter(slug=slug) for slug in ("one", "two")]
    known, listed = make_organization("Known Group"), make_organization("Listed Group")
    make_signature(letters[0], listed)
    back = make_organization("Back Again")
    make_signature(letters[0], back).withdraw()

    def claim(number: int, **stated: Any) -> SignOn:
        return make_sign_on(letters, email=f"contact{number}@example.org", **stated)

    rejected = claim(8, name="Rejected Group")
    rejected.reject(actor=make_staff("ben"), reason="no")
    return {
        claim(1, name="New Group", acronym="NG", local_name="مجموعة"): None,
        claim(2, name="The New Group"): None,
        claim(3, name="New Group", country="FR"): None,
        claim(4, name="Known Grp", local_name="مجموعة معروفة"): known,
        claim(5, name="Known Grp", local_name="مجموعة أخرى"): known,
        claim(6, name="Listed Group"): listed,
        claim(7, name="Back Again"): back,
        rejected: None,
    }


def state_after(decide: Callable[[dict[SignOn, Organization | None]], object]) -> dict[str, Any]:
    """Return what a decision about the same claims leaves, and leave nothing."""
    with transaction.atomic():
        decide(claims_of_every_sort())
        state = state_of_everything()
        transaction.set_rollback(True)
    return state


def test_approving_many_is_approving_each() -> None:
    staff = make_staff()

    def each(identified: dict[SignOn, Organization | None]) -> None:
        for sign_on, organization in identified.items():
            if sign_on.status == Status.PENDING:
                sign_on.approve(actor=staff, organization=organization)

    def many(identified: dict[SignOn, Organization | None]) -> None:
        outcome = SignOn.objects.approve(identified, actor=staff)
        assert [claim.status for claim in outcome.decided] == ["approved"] * 7
        assert [str(claim) for claim in outcome.refused] == ["Rejected Group"]

    assert state_after(each) == state_after(many)


def test_undoing_what_was_approved_leaves_what_was_before() -> None:
    staff, batch = make_staff(), uuid.uuid4()
    identified = claims_of_every_sort()
    before = state_of_everything()

    SignOn.objects.approve(identified, actor=staff, batch=batch)
    assert state_of_everything()["listed"] != before["listed"]
    SignOn.objects.undo(batch, actor=staff)

    after = state_of_everything()
    kept = ("claims", "brought", "mails", "names", "taught", "listed")
    assert {key: after[key] for key in kept} == {key: before[key] for key in kept}


def test_of_two_claims_the_first_named_brings_the_listing() -> None:
    letter = make_letter()
    second, first = make_sign_on([letter], email="b@x.example"), make_sign_on([letter])
    outcome = SignOn.objects.approve({first: None, second: None}, actor=make_staff())
    assert [one.letter for one in outcome.brought[first.pk]] == [letter]
    assert second.pk not in outcome.brought
    kinds = dict(OutgoingMail.objects.values_list("sign_on", "kind"))
    assert kinds == {first.pk: "listed", second.pk: "already_listed"}
    letter.refresh_from_db()
    assert letter.revision == 1


def test_only_the_claim_whose_organisation_was_removed_is_left_alone() -> None:
    gone = make_organization("Gone")
    Organization.objects.filter(pk=gone.pk).delete()
    lost, found = make_sign_on(name="Gone"), make_sign_on(name="Here")
    outcome = SignOn.objects.approve({lost: gone, found: None}, actor=make_staff())
    assert outcome.decided == [found]
    assert outcome.refused == {lost: "the organisation was removed meanwhile"}
    lost.refresh_from_db()
    assert (lost.status, lost.events.count()) == (Status.PENDING, 1)


def test_a_repeated_decision_about_many_is_harmless() -> None:
    staff, claims = make_staff(), [make_sign_on(name=name) for name in ("One", "Two")]
    for _time in range(2):
        SignOn.objects.reject(claims, actor=staff, reason="no")
    assert SignOnEvent.objects.filter(kind="reject").count() == 2
    assert OutgoingMail.objects.count() == 2


def test_undoing_a_decision_about_many_spares_what_was_decided_since() -> None:
    staff, batch = make_staff(), uuid.uuid4()
    names = ("Stays", "Withdrawn", "Reopened", "Approved again", "Corrected")
    claims = {name: make_sign_on(name=name) for name in names}
    SignOn.objects.approve(dict.fromkeys(claims.values()), actor=staff, batch=batch)
    for claim in claims.values():
        claim.refresh_from_db()
    claims["Withdrawn"].withdraw()
    claims["Reopened"].reopen(actor=staff)
    claims["Approved again"].reopen(actor=staff)
    claims["Approved again"].approve(actor=staff)
    claims["Corrected"].correct(name="Corrected Group")

    outcome = SignOn.objects.undo(batch, actor=staff, reason="Wrong list")

    assert {claim.name for claim in outcome.decided} == {"Stays", "Corrected"}
    assert dict(SignOn.objects.values_list("name", "status")) == {
        "Stays": "pending",
        "Withdrawn": "withdrawn",
        "Reopened": "pending",
        "Approved again": "approved",
        "Corrected": "pending",
    }
    undone = SignOnEvent.objects.filter(kind="reopen", batch=batch)
    assert {event.reason for event in undone} == {"Wrong list"}
    assert SignOn.objects.undo(batch, actor=staff).decided == []
    assert undone.count() == 2


def test_undoing_all_claims_of_a_new_organisation_removes_it() -> None:
    """Together: undone one by one, the later approval had found it there."""
    staff, first, second = make_staff(), make_sign_on(), make_sign_on(email="b@x.example")
    first.approve(actor=staff)
    second.approve(actor=staff)
    SignOn.objects.reopen([first, second], actor=staff)
    assert not Organization.objects.exists()


def test_undoing_leaves_a_name_that_another_approved_claim_states() -> None:
    staff, known = make_staff(), make_organization("Known")
    letters = [make_letter()]
    first, second = make_sign_on(letters), make_sign_on(letters, email="b@x.example")
    for sign_on in (first, second):
        sign_on.approve(actor=staff, organization=known)
    first.reopen(actor=staff)
    assert [str(name) for name in known.names.all()] == ["Known", "Water Watch"]


def test_undoing_leaves_a_listing_to_another_approved_claim_in_its_words() -> None:
    staff, known, letter = make_staff(), make_organization("Known"), make_letter()
    first = make_sign_on([letter], name="Something Rude")
    second = make_sign_on([letter], name="Known One", email="b@x.example")
    for sign_on in (first, second):
        sign_on.approve(actor=staff, organization=known)
    assert Signature.objects.get().name == "Something Rude"
    first.reopen(actor=staff)
    assert Signature.objects.current().get().name == "Known One"
    assert [one.is_listed for one in (first, second)] == [False, True]
    second.withdraw()
    assert not Signature.objects.current().exists()


def test_undoing_leaves_a_name_that_belongs_to_another_organisation_by_now() -> None:
    staff, known, other = make_staff(), make_organization("Known"), make_organization("Other")
    sign_on = make_sign_on()
    sign_on.approve(actor=staff, organization=known)
    known.names.filter(name="Water Watch").update(organization=other)
    sign_on.reopen(actor=staff)
    assert [str(name) for name in other.names.all()] == ["Other", "Water Watch"]


def queries_of(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def test_the_queries_of_a_decision_do_not_grow_with_its_claims() -> None:
    staff, letters = make_staff(), [make_letter(slug=slug) for slug in ("one", "two")]

    def decide(number: int) -> list[int]:
        known = make_organization(f"Known {number}")
        claims = {
            make_sign_on(letters, name=f"Group {number} {one}", local_name=f"م {one}"): (
                None if one % 3 else known
            )
            for one in range(number)
        }
        batch = uuid.uuid4()
        return [
            queries_of(lambda: SignOn.objects.approve(claims, actor=staff, batch=batch)),
            queries_of(lambda: SignOn.objects.undo(batch, actor=staff)),
            queries_of(lambda: SignOn.objects.reject(claims, actor=staff, reason="no")),
        ]

    decide(3)  # from now on the words of these names are known
    assert decide(4) == decide(40)


def test_organisations_are_registered_in_the_order_given() -> None:
    known, gone = make_organization("Known Group"), make_organization("Gone")
    Organization.objects.filter(pk=gone.pk).delete()
    stated = [
        Organization(official_name="New Group", acronym="NG", country="KE"),
        Organization(official_name="the known group", country="KE"),
        gone,
        known,
        Organization(official_name="Known Group", country="FR"),
        Organization(official_name="NEW GROUP", country="KE"),
    ]

    new, same, nobody, named, french, again = Organization.objects.register_many(stated)

    assert nobody is None
    assert known == same == named
    assert new
    assert new == again
    assert french not in {new, known, None}
    assert Organization.objects.count() == 3
    assert [str(name) for name in new.names.all()] == ["New Group", "NG"]


def test_registering_and_listing_many_takes_a_fixed_number_of_queries() -> None:
    letters = [make_letter(slug=slug) for slug in ("one", "two")]

    def import_them(number: int) -> None:
        registered = Organization.objects.register_many(
            [Organization(official_name=f"Group {one}", acronym="G") for one in range(number)]
        )
        Signature.objects.sign_many(
            Signature(
                letter=letter,
                organization=organization,
                name=str(organization),
                source=Signature.Source.IMPORT,
                signed_on=timezone.localdate(),
            )
            for organization in registered
            if organization
            for letter in letters
        )

    import_them(2)  # from now on the words of these names are known
    few = queries_of(lambda: import_them(5))
    assert queries_of(lambda: import_them(40)) == few
    assert Signature.objects.current().count() == 80
    assert [letter.revision for letter in Letter.objects.all()] == [3, 3]
    assert queries_of(lambda: import_them(40)) < few
    assert [letter.revision for letter in Letter.objects.all()] == [3, 3]


def test_nobody_is_listed_who_was_removed_meanwhile() -> None:
    letter, gone = make_letter(), make_organization("Gone")
    stated = Signature(letter=letter, organization=gone, name="Gone", source="import")
    Organization.objects.filter(pk=gone.pk).delete()
    with pytest.raises(Organization.DoesNotExist):
        Signature.objects.sign_many([stated])
