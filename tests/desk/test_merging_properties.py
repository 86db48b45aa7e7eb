"""Whatever is merged and taken apart in whatever order: the lists stay exact, nothing is lost."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signatures.models import (
    Letter,
    Organization,
    OrganizationMerge,
    OrganizationName,
    Signature,
    SignOn,
    SignOnLetter,
    merges,
    unmerging,
)
from signatures.models.merges import ChangedMeanwhile, lineage
from tests.factories import make_letter, make_organization, make_sign_on, make_signature

pytestmark = pytest.mark.django_db

NAMES = ("Water Watch", "Waterwatch", "Well Keepers", "The Water Watch")

pairs = st.tuples(st.integers(0, 3), st.integers(0, 3))
claims = st.integers(0, 5)
steps = st.one_of(
    st.tuples(st.just("merge"), pairs),
    st.tuples(st.just("undo"), st.integers(0, 3)),
    st.tuples(st.just("approve"), st.tuples(claims, st.integers(0, 3))),
    st.tuples(st.just("reopen"), claims),
    st.tuples(st.just("withdraw"), claims),
    st.tuples(st.just("branch"), pairs),
)


def snapshot() -> list[Any]:
    """Return everything that a merge may touch; names without their keys, which may be others."""
    return [
        list(Organization.objects.order_by("pk").values()),
        list(Signature.objects.order_by("pk").values()),
        list(SignOn.objects.order_by("pk").values()),
        list(SignOnLetter.objects.order_by("pk").values()),
        sorted(
            (row.organization_id, row.name, row.kind, tuple(merges.taught_by(row)))
            for row in OrganizationName.objects.all()
        ),
    ]


def merge(kept: Organization, removed: Organization, *, staff: User) -> OrganizationMerge:
    """Merge as the page does: look, then press the button."""
    seen = merges.plan(kept, removed).fingerprint
    return OrganizationMerge.objects.merge(kept, removed, actor=staff, seen=seen)


def undo(done: OrganizationMerge, staff: User) -> unmerging.UndoPlan:
    """Undo as the page does."""
    return unmerging.undo(done, actor=staff, seen=unmerging.plan(done).fingerprint)


class World:
    """Four organisations of much the same names, three letters, six claims."""

    def __init__(self, staff: User) -> None:
        self.staff = staff
        self.letters = [make_letter(slug=f"letter-{number}") for number in range(3)]
        countries = ("KE", "KE", "NL", "NL")
        self.organizations = [
            make_organization(name, country=country, acronym="WW")
            for name, country in zip(NAMES, countries, strict=True)
        ]
        self.claims = [
            make_sign_on(
                self.letters[number % 3 :],
                name=NAMES[number % 4],
                local_name="Maji",
                email=f"person{number}@waterwatch.example",
            )
            for number in range(6)
        ]
        make_signature(self.letters[0], self.organizations[0], position=1)
        make_signature(self.letters[0], self.organizations[2])

    def take(self, step: str, what: Any) -> None:
        """Take a step, if the world allows it."""
        getattr(self, step)(what)

    def two(self, what: tuple[int, int]) -> list[Organization]:
        """Return the two organisations of these numbers, if there are such two."""
        known = list(Organization.objects.order_by("pk"))
        possible = what[0] != what[1] and max(what) < len(known)
        return [known[number] for number in what] if possible else []

    def merge(self, what: tuple[int, int]) -> None:
        """Merge, undo, and merge again."""
        if two := self.two(what):
            before, keys = snapshot(), [one.pk for one in two]
            undo(merge(*two, staff=self.staff), self.staff)
            assert snapshot() == before
            merge(*(Organization.objects.get(pk=key) for key in keys), staff=self.staff)

    def undo(self, what: int) -> None:
        """Undo one of the last merges, or be refused without a trace."""
        for done in OrganizationMerge.objects.all()[what : what + 1]:
            before = snapshot()
            try:
                with transaction.atomic():
                    undo(done, self.staff)
            except ChangedMeanwhile:
                assert unmerging.plan(done).refusal
                assert snapshot() == before

    def approve(self, what: tuple[int, int]) -> None:
        """Approve a claim as one of those that are known."""
        claim = SignOn.objects.get(pk=self.claims[what[0]].pk)
        known = Organization.objects.order_by("pk")[what[1] : what[1] + 1]
        if known and claim.status == SignOn.Status.PENDING:
            claim.approve(actor=self.staff, organization=known[0])

    def reopen(self, what: int) -> None:
        """Undo an approval."""
        claim = SignOn.objects.get(pk=self.claims[what].pk)
        if claim.status == SignOn.Status.APPROVED:
            claim.reopen(actor=self.staff)

    def withdraw(self, what: int) -> None:
        """Take a claim back."""
        SignOn.objects.get(pk=self.claims[what].pk).withdraw()

    def branch(self, what: tuple[int, int]) -> None:
        """Make one a branch of the other, as the form would allow it."""
        if two := self.two(what):
            branch, parent = two
            if branch.pk not in lineage(parent):
                branch.parent = parent
                branch.save(update_fields=["parent"])

    def check(self) -> None:
        """Assert what always holds."""
        for letter in self.letters:
            rows = Signature.objects.filter(letter=letter, withdrawn_at=None)
            answer = Client().get(f"/letters/{letter.slug}/count.json").json()
            assert answer["count"] == rows.count()
        for row in SignOnLetter.objects.filter(signature__isnull=False):
            assert row.signature is not None
            assert row.signature.letter_id == row.letter_id
            assert row.signature.organization_id == row.sign_on.organization_id
            if row.sign_on.status == SignOn.Status.WITHDRAWN:
                revived = SignOnLetter.objects.filter(signature=row.signature)
                standing = revived.filter(sign_on__status=SignOn.Status.APPROVED)
                assert row.signature.withdrawn_at is not None or standing.exists()
        for organization in Organization.objects.all():
            assert organization.pk not in lineage(organization)
            assert organization.names.filter(key=organization.key).exists()


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(steps, max_size=12))
def test_lists_stay_exact_and_an_undo_at_once_restores_every_row(
    mona: User, taken: list[tuple[str, Any]]
) -> None:
    with transaction.atomic():
        world = World(mona)
        for step, what in taken:
            world.take(step, what)
            world.check()
        transaction.set_rollback(True)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(claims, st.integers(0, 3)), max_size=6), st.lists(pairs, max_size=5))
def test_merges_undone_in_reverse_order_leave_nothing_behind(
    mona: User, approvals: list[tuple[int, int]], merged: list[tuple[int, int]]
) -> None:
    with transaction.atomic():
        world = World(mona)
        for approval in approvals:
            world.take("approve", approval)
        before = snapshot()
        revisions = sum(Letter.objects.values_list("revision", flat=True))
        for pair in merged:
            world.take("merge", pair)
        for done in OrganizationMerge.objects.filter(undone_at=None):
            undo(done, mona)
        assert snapshot() == before
        assert sum(Letter.objects.values_list("revision", flat=True)) >= revisions
        transaction.set_rollback(True)
