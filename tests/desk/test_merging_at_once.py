"""Several people merge, approve and undo at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from signatures.admin import decisions
from signatures.models import (
    Organization,
    OrganizationMerge,
    Signature,
    SignOn,
    merges,
    unmerging,
)
from signatures.models.merges import ChangedMeanwhile
from signatures.models.sign_ons import IllegalTransition
from tests.desk.steps import decide, public_count, said
from tests.factories import make_letter, make_organization, make_sign_on, make_signature, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """Make all calls in parallel; return what became of each."""

    def outcome(call: Callable[[], Any]) -> str:
        try:
            call()
        except (ChangedMeanwhile, IllegalTransition) as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(calls)) as people:
        return list(people.map(outcome, calls))


def undoing(done: OrganizationMerge) -> Callable[[], Any]:
    """Look at what undoing means; return the press of its button."""
    seen, merge = unmerging.plan(done).fingerprint, OrganizationMerge.objects.get(pk=done.pk)
    staff = make_staff(f"undoing-{uuid4()}")
    return lambda: unmerging.undo(merge, actor=staff, seen=seen)


def merging(kept: Organization, removed: Organization) -> Callable[[], OrganizationMerge]:
    """Look at the preview; return the press of its button."""
    seen = merges.plan(kept, removed).fingerprint
    staff = make_staff(f"staff-{kept.pk}-{removed.pk}")
    return lambda: OrganizationMerge.objects.merge(kept, removed, actor=staff, seen=seen)


def test_two_merges_at_once_are_one() -> None:
    for number in range(ROUNDS):
        one, two = (make_organization(f"{name} {number}") for name in ("One", "Two"))
        letter = make_letter(slug=f"letter-{number}")
        make_signature(letter, one)
        make_signature(letter, two)
        outcomes = at_once(merging(one, two), merging(two, one))
        assert sorted(outcomes) == ["ChangedMeanwhile", "done"]
        assert public_count(letter) == Signature.objects.filter(letter=letter).count() == 1


def test_merges_that_cross_do_not_wait_for_each_other_for_ever() -> None:
    for number in range(ROUNDS):
        a, b, c, d = (make_organization(f"{name} {number}") for name in "ABCD")
        for branch, parent in ((c, b), (a, d)):
            branch.parent = parent
            branch.save()
        outcomes = at_once(merging(a, b), merging(c, d))
        assert set(outcomes) <= {"ChangedMeanwhile", "done"}
        assert "done" in outcomes


def test_a_merge_meets_an_approval_of_the_same_organisation() -> None:
    staff = make_staff("mona")
    for number in range(ROUNDS):
        kept, removed = (make_organization(f"{name} {number}") for name in ("Kept", "Removed"))
        letter = make_letter(slug=f"letter-{number}")
        sign_on = make_sign_on([letter], name=f"Claim {number}")
        merged, approved = at_once(
            merging(kept, removed),
            partial(sign_on.approve, actor=staff, organization=removed),
        )
        sign_on.refresh_from_db()
        if merged == "done":
            assert approved == "IllegalTransition"
            assert sign_on.status == SignOn.Status.PENDING
            assert public_count(letter) == 0
        else:
            assert (merged, approved) == ("ChangedMeanwhile", "done")
            assert Organization.objects.filter(pk=removed.pk).exists()
            assert public_count(letter) == 1


def test_two_undo_at_once() -> None:
    for number in range(ROUNDS):
        kept, removed = (make_organization(f"{name} {number}") for name in ("Kept", "Removed"))
        letter = make_letter(slug=f"letter-{number}")
        make_signature(letter, kept)
        make_signature(letter, removed)
        done = merging(kept, removed)()
        outcomes = at_once(undoing(done), undoing(done))
        assert sorted(outcomes) == ["ChangedMeanwhile", "done"]
        assert public_count(letter) == 2


def test_an_undo_meets_a_withdrawal() -> None:
    staff = make_staff("mona")
    for number in range(ROUNDS):
        kept = make_organization(f"Kept {number}")
        letter = make_letter(slug=f"letter-{number}")
        sign_on = make_sign_on([letter], name=f"Claim {number}")
        sign_on.approve(actor=staff)
        assert sign_on.organization is not None
        done = merging(kept, sign_on.organization)()
        claim = SignOn.objects.get(pk=sign_on.pk)
        undone, withdrawn = at_once(undoing(done), claim.withdraw)
        assert (undone in {"done", "ChangedMeanwhile"}, withdrawn) == (True, "done")
        assert public_count(letter) == 0
        assert Signature.objects.get(letter=letter).organization_id == (
            sign_on.organization_id if undone == "done" else kept.pk
        )


def test_a_moderator_reads_that_the_organisation_was_removed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their choice was read just before the merge, and is carried out just after it."""
    client.force_login(make_staff("mona"))
    kept, removed = make_organization("Kept"), make_organization("Water Watch")
    sign_on = make_sign_on(name="Water Watch")
    chosen = Organization.objects.get(pk=removed.pk)
    merging(kept, removed)()
    with monkeypatch.context() as patch:
        choice = decisions.Choice(chosen)
        patch.setattr(decisions.ChoiceField, "to_python", lambda _field, _value: choice)
        answer = decide(client, sign_on, "approve", organization=str(kept.pk))
    assert "Nothing was done, because this sign-on has changed meanwhile" in said(answer)
    sign_on.refresh_from_db()
    assert (sign_on.status, sign_on.organization) == (SignOn.Status.PENDING, None)
    assert "Approved" in said(decide(client, sign_on, "approve", organization=str(kept.pk)))
