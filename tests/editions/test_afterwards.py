"""Whatever happens to the names afterwards, an edition verifies, and tells no more than it may."""

import json

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signatures.models import (
    Edition,
    Letter,
    Organization,
    OrganizationMerge,
    Signature,
    merges,
    unmerging,
)
from signatures.models.editions import EditionSignatory
from signatures.models.withholding import withhold_listings
from signatures.pages import kept
from signatures.verifying import Statement
from tests.editions.steps import delivered, page_of, signed_letter
from tests.factories import make_signature, make_staff

pytestmark = pytest.mark.django_db

NAMES = ("Alpha", "Beta", "Gamma", "Delta")

STEPS = ("withdraw", "strike", "withhold", "relist", "merge", "sign again")


def statement(edition: Edition) -> Statement:
    return Statement.parse(Client().get(f"{edition.get_absolute_url()}edition.json").content)


def happen(step: str, name: str, other: str) -> None:
    """Let something happen to an organisation, if it still can."""
    organization = Organization.objects.filter(official_name=name).first()
    if organization is None:
        return
    listed = Signature.objects.filter(organization=organization)
    signature = listed.current().first()
    if step == "withhold" and signature:
        withhold_listings(organization, actor=None, reason="asked by mail")
    elif step == "merge":
        kept = Organization.objects.filter(official_name=other).first()
        if kept and kept != organization:
            seen = merges.plan(kept, organization).fingerprint
            staff = make_staff(f"staff{organization.pk}")
            OrganizationMerge.objects.merge(kept, organization, actor=staff, seen=seen)
    elif step == "sign again" and (gone := listed.first()):
        Signature.objects.sign(
            organization, [gone.letter], name=name, source="staff", signed_on=gone.signed_on
        )
    elif signature and step == "relist":
        signature.relist(f"{name} International", "", None)
    elif signature and step == "withdraw":
        signature.withdraw()
    elif signature and step == "strike":
        signature.strike()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        max_size=8,
    )
)
def test_it_verifies_after_anything(
    steps: list[tuple[str, str, str]],
) -> None:
    kept.shelf.clear()  # each example begins with the same keys and revisions
    with transaction.atomic():
        letter = signed_letter(*NAMES)
        edition = delivered(letter)
        before = json.dumps(edition.content, sort_keys=True)
        withheld: set[str] = set()
        for step, name, other in steps:
            stood = Signature.objects.current().filter(organization__official_name=name)
            if step == "withhold" and stood.exists():
                withheld.add(name)
            happen(step, name, other)
        told = statement(edition)
        assert told.problems() == []
        assert json.dumps(told.content, sort_keys=True) == before
        assert told.sha256 == edition.sha256
        names = {entry["name"] for entry in told.entries if entry}
        assert not names & withheld
        page = page_of(edition)
        assert not any(f"<bdi>{name}</bdi>" in page for name in withheld)
        transaction.set_rollback(True)


def test_a_name_that_was_merged_away_is_forgotten_with_the_other() -> None:
    letter = signed_letter("Alpha", "Beta")
    edition = delivered(letter)
    happen("merge", "Beta", "Alpha")
    happen("withhold", "Alpha", "")
    assert list(edition.signatories.values_list("entry", flat=True)) == [None, None]


def test_a_listing_that_was_undone_is_forgotten_with_the_organisation() -> None:
    letter = signed_letter("Alpha", "Beta")
    edition = delivered(letter)
    happen("strike", "Beta", "")
    make_signature(letter, Organization.objects.get(official_name="Beta"))
    happen("withhold", "Beta", "")
    assert not EditionSignatory.objects.filter(entry__name="Beta").exists()
    assert "Beta" not in page_of(edition)


def test_a_merge_changes_nothing_that_was_delivered() -> None:
    letter = signed_letter("Alpha", "Beta")
    edition = delivered(letter)
    happen("merge", "Beta", "Alpha")
    assert "removed by" not in page_of(edition)
    assert "Beta" in page_of(edition)


class TestMergedListings:
    """Two listings become one, which has signed and been delivered as either was."""

    def merged(self, letter: Letter) -> OrganizationMerge:
        """Merge Beta into Alpha; of the two, Alpha's listing stays."""
        kept_one, removed = (
            Organization.objects.get(official_name=name) for name in ("Alpha", "Beta")
        )
        seen = merges.plan(kept_one, removed).fingerprint
        staff = make_staff("mona")
        return OrganizationMerge.objects.merge(kept_one, removed, actor=staff, seen=seen)

    @pytest.fixture
    def letter(self) -> Letter:
        """Only Beta was delivered; Alpha signed since, and has precedence."""
        letter = signed_letter("Gamma", "Beta")
        edition = delivered(letter)
        make_signature(letter, "Alpha", position=2)
        assert "after delivery" in self.page(letter)
        assert "removed by" not in page_of(edition)
        return letter

    def page(self, letter: Letter) -> str:
        kept.shelf.clear()
        return Client().get(letter.get_absolute_url()).content.decode()

    def test_who_was_delivered_under_either_name_has_not_come_after(self, letter: Letter) -> None:
        merge = self.merged(letter)
        assert "after delivery" not in self.page(letter)
        Signature.objects.get(name="Alpha").withdraw()
        [edition] = letter.editions.all()
        assert "<bdi>Beta</bdi> <small" in page_of(edition)
        undo_plan = unmerging.plan(merge)
        unmerging.undo(merge, actor=User.objects.get(), seen=undo_plan.fingerprint)
        beta = Signature.objects.get(name="Beta")
        assert EditionSignatory.objects.get(entry__name="Beta").signature_id == beta.pk

    def test_what_becomes_of_the_one_becomes_of_both_entries_in_an_edition(self) -> None:
        letter = signed_letter("Alpha", "Beta")
        edition = delivered(letter)
        merge = self.merged(letter)
        signature = Signature.objects.get(name="Alpha")
        signature.strike()
        assert page_of(edition).count("removed by the organisers") == 2
        make_signature(letter, Organization.objects.get(official_name="Alpha"))
        assert "removed by the organisers" not in page_of(edition)
        Signature.objects.get(name="Alpha").withdraw()
        assert page_of(edition).count("withdrew on") == 2
        undo_plan = unmerging.plan(merge)
        unmerging.undo(merge, actor=User.objects.get(), seen=undo_plan.fingerprint)
        assert Client().get(letter.get_absolute_url()).status_code == 200

    def test_the_newer_text_of_the_two_is_what_it_stands_under(self, letter: Letter) -> None:
        Signature.objects.filter(name="Beta").update(text_version=2)
        merge = self.merged(letter)
        assert Signature.objects.get(name="Alpha").text_version == 2
        undo_plan = unmerging.plan(merge)
        unmerging.undo(merge, actor=User.objects.get(), seen=undo_plan.fingerprint)
        texts = dict(Signature.objects.values_list("name", "text_version"))
        assert (texts["Alpha"], texts["Beta"]) == (1, 2)


def test_who_was_struck_and_is_listed_again_stands_in_the_edition_as_before() -> None:
    letter = signed_letter("Alpha", "Beta")
    edition = delivered(letter)
    beta = Organization.objects.get(official_name="Beta")
    happen("strike", "Beta", "")
    assert "removed by the organisers" in page_of(edition)
    again = make_signature(letter, beta)
    assert "removed by the organisers" not in page_of(edition)
    assert "after delivery" not in Client().get(letter.get_absolute_url()).content.decode()
    again.withdraw()
    assert "withdrew on" in page_of(edition)
