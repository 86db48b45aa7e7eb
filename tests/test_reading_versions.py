"""Readers see what has changed in a letter's text, and who stands under which."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from signatures.models import Letter, Signature, TextVersion, reaffirming
from tests.factories import make_letter, make_signature

pytestmark = pytest.mark.django_db

KINDS = TextVersion.Kind
PAGE = "/letters/a-letter/"


@pytest.fixture
def letter() -> Letter:
    """A public letter under whose first text three organisations stand."""
    made = make_letter(status=Letter.Status.DRAFT, demands=["Open the wells."])
    made.publish()
    for name in ("River Watch", "Water Watch", "Lake Watch"):
        make_signature(made, name, position=1 if name == "Lake Watch" else None)
    return made


def change(letter: Letter, title: str, kind: str = KINDS.SUBSTANCE, **more: object) -> None:
    letter.title = title
    letter.save()
    until = timezone.now() + timedelta(days=9) if kind == KINDS.SUBSTANCE else None
    reaffirming.mark(letter, kind=KINDS(kind), note=f"Now: {title}.", reaffirm_by=until)
    Letter.objects.filter(pk=letter.pk).raise_revision()


def text(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_letter_that_never_changed_says_nothing_of_it(client: Client, letter: Letter) -> None:
    page = text(client)
    assert "versions/" not in page
    assert "signed version" not in page
    assert "present text" not in page


def test_a_correction_leaves_the_list_as_it_is(client: Client, letter: Letter) -> None:
    change(letter, "Open letter on wells", KINDS.CORRECTION)
    page = text(client)
    assert "signed version" not in page
    assert "present text" not in page
    assert f'href="{PAGE}versions/"' in page


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}signatories/"])
def test_who_signed_an_earlier_text_is_marked_in_words(
    client: Client, letter: Letter, address: str
) -> None:
    change(letter, "Open letter on wells")
    make_signature(letter, "Sea Watch")
    page = text(client, address)
    assert page.count("signed version 1") == 3
    assert '<li><bdi>Water Watch</bdi> <small class="version">signed version 1</small></li>' in page
    assert "<li><bdi>Sea Watch</bdi></li>" in page


def test_the_count_tells_how_many_signed_the_present_text(client: Client, letter: Letter) -> None:
    change(letter, "Open letter on wells")
    make_signature(letter, "Sea Watch")
    assert "1 of them the present text" in text(client)
    Signature.objects.update(text_version=2)
    Letter.objects.filter(pk=letter.pk).raise_revision()
    assert "present text" not in text(client)


def test_of_names_that_are_withheld_it_tells_no_version(client: Client, letter: Letter) -> None:
    change(letter, "Open letter on wells")
    letter.withheld_signatures.create()
    Letter.objects.filter(pk=letter.pk).raise_revision()
    page = text(client)
    assert "of those listed by name, 0 have signed the present text" in page


def test_the_table_tells_the_text_of_each(client: Client, letter: Letter) -> None:
    change(letter, "Open letter on wells")
    make_signature(letter, "Sea Watch")
    header, *rows = text(client, f"{PAGE}signatories.csv").splitlines()
    assert header.endswith(",text_version")
    assert {row.split(",")[1]: row.split(",")[-1] for row in rows} == {
        "Lake Watch": "1",
        "River Watch": "1",
        "Sea Watch": "2",
        "Water Watch": "1",
    }


class TestVersions:
    def test_every_version_is_told_with_what_has_changed(
        self, client: Client, letter: Letter
    ) -> None:
        change(letter, "Open letter on wells")
        change(letter, "Open letter on the wells", KINDS.CORRECTION)
        page = text(client, f"{PAGE}versions/")
        assert page.index("Version 3") < page.index("Version 2") < page.index("Version 1")
        assert "<del>water</del><ins>wells</ins>" in page
        assert "<ins>the </ins>" in page
        assert "Now: Open letter on the wells." in page
        for version in TextVersion.objects.all():
            assert version.sha256 in page

    def test_every_version_can_be_read_whole(self, client: Client, letter: Letter) -> None:
        change(letter, "Open letter on wells")
        page = text(client, f"{PAGE}versions/")
        for title in ("Open letter on wells", "Open letter on water"):
            assert f"<h3>{title}</h3>" in page
        assert page.count("<p>It is running out.</p>") == 2
        assert page.count("<li>Open the wells.</li>") == 2

    def test_each_can_be_taken_along_and_verified(self, client: Client, letter: Letter) -> None:
        change(letter, "Open letter on wells")
        for version in TextVersion.objects.all():
            response = client.get(f"{PAGE}versions/{version.number}.json")
            assert response["Content-Type"] == "application/json"
            assert hashlib.sha256(response.content).hexdigest() == version.sha256
            assert json.loads(response.content) == version.content

    @pytest.mark.parametrize("number", ["0", "3", "9" * 30])
    def test_what_there_is_not_is_not_found(
        self, client: Client, letter: Letter, number: str
    ) -> None:
        change(letter, "Open letter on wells")
        assert client.get(f"{PAGE}versions/{number}.json").status_code == 404

    def test_texts_of_the_private_phase_are_not_public(self, client: Client) -> None:
        letter = make_letter(status=Letter.Status.PRIVATE)
        TextVersion.objects.freeze(letter, kind=KINDS.FIRST)
        change(letter, "Secret draft")
        letter.title = "Open letter on wells"
        letter.save()
        reaffirming.mark(letter, kind=KINDS.CORRECTION, note="Said in private.")
        assert client.get(f"{PAGE}versions/").status_code == 404
        assert client.get(f"{PAGE}versions/3.json").status_code == 404
        letter.publish()
        page = text(client, f"{PAGE}versions/")
        assert "Secret draft" not in page
        assert "Said in private." not in page
        assert "Version 3" in page
        assert client.get(f"{PAGE}versions/2.json").status_code == 404
        assert client.get(f"{PAGE}versions/3.json").status_code == 200

    def test_an_unpublished_letter_takes_them_along(self, client: Client, letter: Letter) -> None:
        change(letter, "Open letter on wells")
        assert client.get(f"{PAGE}versions/2.json").status_code == 200
        letter.unpublish()
        for address in ("versions/", "versions/1.json", "versions/2.json"):
            assert client.get(PAGE + address).status_code == 404

    def test_translations_are_told_in_their_language(self, client: Client, letter: Letter) -> None:
        letter.create_translation("ar", title="ماء", body="نص عن الماء")
        reaffirming.mark(letter, kind=KINDS.TRANSLATION)
        Letter.objects.filter(pk=letter.pk).raise_revision()
        page = text(client, f"{PAGE}versions/")
        assert 'lang="ar" dir="rtl"><ins>ماء</ins>' in page
        assert "Arabic" in page

    def test_the_page_takes_the_same_queries_for_many(
        self, client: Client, letter: Letter, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(5):
            change(letter, f"Open letter on {number} wells")
        with django_assert_num_queries(5):
            client.get(f"{PAGE}versions/")
