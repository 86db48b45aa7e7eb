"""What an import brought is merged, taken apart again, and taken back."""

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client

from signatures import analysis
from signatures.admin.imports.preview import Preview
from signatures.models import ImportRow, Letter, Organization, SignatoryImport, Signature
from signatures.models.import_rows import Decision
from signatures.models.imports import NotAsShown
from tests.desk.steps import merge, undo_merge
from tests.factories import make_letter, make_organization, make_signature

pytestmark = pytest.mark.django_db


def imported(letter: Letter, name: str, actor: User) -> SignatoryImport:
    """Import one signature of an organisation that is not known."""
    batch = SignatoryImport.objects.create(target="signatures", actor=actor)
    batch.letters.set([letter])
    batch.stage(batch.edition, [(1, {"name": name, "country": "KE"})], ["name", "country"])
    analysis.analyse(batch)
    batch.decide_all(batch.edition, batch.rows.get().verdict, "new")
    assert batch.commit(actor=actor, edition=batch.edition)
    return batch


@pytest.mark.parametrize("both_signed", [True, False])
def test_an_import_is_undone_wholly_after_a_merge_that_was_taken_apart(
    desk: Client, mona: User, both_signed: bool
) -> None:
    letter = make_letter()
    kept = make_organization("Water Watch")
    if both_signed:
        make_signature(letter, kept)
    before = set(Signature.objects.values_list("pk", flat=True))
    batch = imported(letter, "Zeta", mona)

    merge(desk, kept, Organization.objects.get(official_name="Zeta"))
    undo_merge(desk)
    batch.undo(actor=mona)

    assert list(Organization.objects.all()) == [kept]
    assert set(Signature.objects.values_list("pk", flat=True)) == before


def test_an_import_of_an_organisation_that_was_merged_away_is_undone(
    desk: Client, mona: User
) -> None:
    letter = make_letter()
    kept = make_organization("Water Watch")
    batch = imported(letter, "Zeta", mona)

    merge(desk, kept, Organization.objects.get(official_name="Zeta"))
    batch.undo(actor=mona)

    assert list(Organization.objects.all()) == [kept]
    assert not Signature.objects.exists()


def test_a_row_that_means_a_merged_organisation_means_the_kept_one(
    desk: Client, mona: User
) -> None:
    kept, removed = make_organization("Water Watch"), make_organization("Zeta", country="KE")
    batch = SignatoryImport.objects.create(target="signatures", actor=mona)
    batch.letters.set([make_letter()])
    batch.stage(batch.edition, [(1, {"name": "Zeta", "country": "KE"})], ["name", "country"])
    analysis.analyse(batch)
    assert batch.rows.get().organization == removed

    merge(desk, kept, removed)

    batch.refresh_from_db()
    [shown] = Preview(batch, QueryDict()).rows()
    assert [one.value for one in shown.choices if one.chosen] == [str(kept.pk)]
    assert batch.commit(actor=mona, edition=batch.edition)
    assert Signature.objects.get().organization == kept


def test_a_row_whose_organisation_is_gone_is_to_be_decided(mona: User) -> None:
    known = make_organization("Zeta", country="KE")
    batch = SignatoryImport.objects.create(target="signatures", actor=mona)
    batch.letters.set([make_letter()])
    batch.stage(batch.edition, [(1, {"name": "Zeta", "country": "KE"})], ["name", "country"])
    analysis.analyse(batch)
    gone = known.pk
    known.delete()
    [shown] = Preview(batch, QueryDict()).rows()
    assert shown.choices[0].value == ""
    with pytest.raises(NotAsShown):
        batch.decide(batch.edition, {shown.row.pk: (Decision.KNOWN, gone)})


def test_a_row_whose_organisation_goes_while_it_is_compared_is_compared_again(
    mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = make_organization("Zeta", country="KE")
    batch = SignatoryImport.objects.create(target="signatures", actor=mona)
    batch.letters.set([make_letter()])
    batch.stage(batch.edition, [(1, {"name": "Zeta", "country": "KE"})], ["name", "country"])
    settle = SignatoryImport.settle

    def removed_first(batch: SignatoryImport, rows: list[ImportRow]) -> None:
        Organization.objects.filter(pk=known.pk).delete()
        settle(batch, rows)

    monkeypatch.setattr(SignatoryImport, "settle", removed_first)
    analysis.analyse(batch, seconds=60)
    assert batch.rows.get().verdict == "new"
