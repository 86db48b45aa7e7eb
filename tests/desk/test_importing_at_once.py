"""Some import while others approve, merge and undo at the same moment."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from signatures import analysis
from signatures.models import Letter, Organization, SignatoryImport, Signature, SignOn
from signatures.models.imports import NotAsShown
from tests.desk.test_merging_at_once import at_once, merging
from tests.factories import make_letter, make_organization, make_sign_on, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("Zamal", "Wetori", "Kabulu", "Mirado", "Sunefa", "Pogoda")


def staged(letter: Letter, by: str) -> SignatoryImport:
    """Compare a list of all names, some of them known."""
    batch = SignatoryImport.objects.create(target="signatures", actor=make_staff(by))
    batch.letters.set([letter])
    stated = [(line, {"name": name, "country": "KE"}) for line, name in enumerate(NAMES, start=1)]
    batch.stage(batch.edition, stated, ["name", "country"])
    analysis.analyse(batch, seconds=60)
    return batch


def commit(batch: SignatoryImport) -> None:
    """Press the button until the import is what was shown."""
    for _attempt in range(5):
        try:
            batch.commit(actor=batch.actor, edition=batch.edition)
        except NotAsShown:
            batch.recheck()
            analysis.analyse(batch, seconds=60)
            batch.refresh_from_db()
        else:
            return


@pytest.mark.parametrize("turn", range(2))
def test_two_imports_approvals_and_a_merge_end_with_one_listing_each(turn: int) -> None:
    letter = make_letter()
    kept, removed = (make_organization(name, country="KE") for name in NAMES[:2])
    claims = [make_sign_on([letter], name=name, country="KE") for name in reversed(NAMES[2:])]
    batches = [staged(letter, by) for by in ("ines", "igor")]
    mona = make_staff("mona")

    def approve() -> None:
        SignOn.objects.approve(dict.fromkeys(claims), actor=mona)

    calls: list[Callable[[], Any]] = [
        approve,
        *(partial(commit, batch) for batch in batches),
        merging(kept, removed),
    ]
    at_once(*calls[turn:], *calls[:turn])

    for name in NAMES[2:]:
        assert Organization.objects.filter(official_name=name).count() == 1
        assert Signature.objects.filter(letter=letter, name=name).count() == 1
    assert Signature.objects.filter(letter=letter, organization=kept).count() == 1
    assert {batch.status for batch in SignatoryImport.objects.all()} == {"committed"}


@pytest.mark.parametrize("turn", range(2))
def test_an_import_is_undone_while_its_organisations_are_approved(turn: int) -> None:
    letter = make_letter()
    batch = staged(letter, "ines")
    commit(batch)
    claims = [make_sign_on([letter], name=name, country="KE") for name in reversed(NAMES)]
    mona = make_staff("mona")

    def approve() -> None:
        SignOn.objects.approve(dict.fromkeys(claims), actor=mona)

    calls = [approve, partial(batch.undo, actor=batch.actor)]
    assert at_once(*(calls if turn % 2 else reversed(calls))) == ["done", "done"]

    # What was to be approved as an organisation that went at this moment waits on.
    approved = SignOn.objects.filter(status="approved")
    listed = Signature.objects.filter(letter=letter).current()
    assert listed.count() == approved.count()
    for claim in SignOn.objects.all():
        claim.withdraw()
    assert not listed.exists()


@pytest.mark.parametrize("turn", range(2))
def test_a_row_is_decided_while_its_organisation_is_merged_away(turn: int) -> None:
    kept, removed = make_organization("Water Watch"), make_organization(NAMES[0], country="KE")
    batch = staged(make_letter(), "ines")
    row = batch.rows.get(name=NAMES[0])

    def decide() -> None:
        try:
            batch.decide(batch.edition, {row.pk: ("known", removed.pk)})
        except NotAsShown:
            return

    calls = [decide, merging(kept, removed)]
    at_once(*(calls if turn % 2 else reversed(calls)))

    row.refresh_from_db()
    assert row.organization == kept
