"""What letters said before there were versions is their first one; signatories stand under it."""

from importlib import import_module

import pytest
from django.apps import apps
from pytest_django import DjangoAssertNumQueries

from signatures.models import Letter, Signature, SignOn, SignOnLetter, TextVersion
from signatures.models.versions import text_content
from tests.factories import make_letter, make_sign_on, make_signature

pytestmark = pytest.mark.django_db

freeze = import_module("signatures.migrations.0021_first_versions").freeze


def test_the_present_text_is_version_one_as_the_app_itself_would_have_it() -> None:
    letter = make_letter(demands=["Act.", "Now."], body="One.\r\n\r\nTwo.\r\n")
    letter.create_translation("fr", title="Eau", body="Nous écrivons.")
    letter.create_translation("ar", title="الماء", body="")  # not written yet
    letter.demands.get(order=1).create_translation("fr", text="Agissez.")
    freeze(apps, None)
    version = TextVersion.objects.get()
    assert (version.number, version.kind) == (1, "first")
    assert version.content == text_content(letter)
    assert TextVersion.objects.freeze(letter, kind=TextVersion.Kind.SUBSTANCE) == version
    letter.refresh_from_db()
    assert (letter.text_version, letter.substance_version) == (1, 1)


def test_who_has_signed_stands_under_it(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    letter = make_letter()
    for name in ("Water Watch", "River Watch"):
        make_signature(letter, name)
    make_sign_on([letter])
    with django_assert_num_queries(12):
        freeze(apps, None)
    assert set(Signature.objects.values_list("text_version", flat=True)) == {1}
    assert set(SignOnLetter.objects.values_list("text_version", flat=True)) == {1}


@pytest.mark.parametrize("signed", [True, False])
def test_a_draft_has_one_only_if_somebody_has_signed_it(signed: bool) -> None:
    letter = make_letter(status=Letter.Status.DRAFT)
    if signed:
        make_sign_on([letter], status=SignOn.Status.UNCONFIRMED)
    freeze(apps, None)
    assert TextVersion.objects.exists() == signed


def test_repeating_it_is_harmless() -> None:
    make_letter()
    freeze(apps, None)
    freeze(apps, None)
    assert TextVersion.objects.count() == 1
