"""Somebody takes a letter along as it is now: as a PDF to print, or as Word to paste."""

import io
import threading
from typing import Any

import docx as python_docx
import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from signatures import logos
from signatures.models import Letter, TextVersion
from signatures.models.logos import Logo
from signatures.models.withheld import WithheldSignature
from signatures.pages import kept, papers, states
from signatures.pages.kept import Page
from signatures.typesetting import Busy
from tests.drawn import picture
from tests.factories import make_campaign, make_letter, make_signature
from tests.papers.test_pdf import read, words

pytestmark = pytest.mark.django_db

PDF, WORD = "/letters/a-letter/letter.pdf", "/letters/a-letter/letter.docx"


def said(client: Client, path: str) -> str:
    """Return all that a paper says."""
    content = client.get(path).content
    if path.endswith("pdf"):
        return words(content)
    document = python_docx.Document(io.BytesIO(content))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


@pytest.mark.parametrize("path", [PDF, WORD])
def test_a_letter_can_be_taken_along(client: Client, path: str, settings: Settings) -> None:
    settings.SITE_URL = "https://letters.example.org"
    campaign = make_campaign(title="Rivers and wells")
    letter = make_letter(title="Water for all", campaign=campaign, demands=["Open the wells"])
    make_signature(letter, "Kanari")
    make_signature(letter, "Zebra", position=1)
    told = said(client, path)
    for one in ("Rivers and wells", "Water for all", "President of the Assembly", "2 signatories"):
        assert one in told
    for one in ("Open the wells", "As of", "https://letters.example.org/letters/a-letter/"):
        assert one in told
    assert told.index("Initiators") < told.index("Zebra") < told.index("Kanari")


@pytest.mark.parametrize("path", [PDF, WORD])
def test_who_signed_an_earlier_text_is_marked_as_on_the_page(client: Client, path: str) -> None:
    letter = make_letter(status=Letter.Status.DRAFT)
    letter.publish()
    make_signature(letter, "Kanari")
    for title, kind in (("Water for everybody", "substance"), ("Water for everyone", "correction")):
        letter.title = title
        letter.save()
        TextVersion.objects.freeze(letter, kind=TextVersion.Kind(kind))
        make_signature(letter, f"Signed {title}")
    Letter.objects.filter(pk=letter.pk).raise_revision()
    told = " ".join(said(client, path).split())
    assert "Kanari (signed version 1)" in told
    assert told.count("(signed version") == 1


@pytest.mark.parametrize("path", [PDF, WORD])
def test_it_is_kept_until_the_letter_changes(
    client: Client, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make_campaign()
    Logo.objects.give(campaign, logos.draw(picture()))
    letter = make_letter(campaign=campaign, demands=["One", "Two"])
    for number in range(3):
        make_signature(letter, f"Organisation {number}")
    with django_assert_num_queries(9):
        response = client.get(path)
    assert response["Content-Disposition"].startswith('attachment; filename="a-letter-en.')
    assert "Content-Encoding" not in client.get(path, headers={"accept-encoding": "br"})
    with django_assert_num_queries(1):
        again = client.get(path, headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    make_signature(letter, "One more")
    assert "One more" in said(client, path)


@pytest.mark.parametrize("path", [PDF, WORD])
def test_it_comes_in_the_language_of_its_address(client: Client, path: str) -> None:
    letter = make_letter(title="Water for all")
    letter.create_translation("ar", title="المياه للجميع", body="نكتب إليكم بشأن المياه.")
    Letter.objects.filter(pk=letter.pk).raise_revision()
    assert "Water for all" in said(client, path)
    assert "نكتب" in said(client, f"/ar{path}")
    # A language in which it is not written gets it in its own.
    assert "Water for all" in said(client, f"/fr{path}")


@pytest.mark.parametrize("path", [PDF, WORD])
def test_a_withheld_name_is_counted_and_not_printed(client: Client, path: str) -> None:
    letter = make_letter()
    make_signature(letter, "Zebra")
    WithheldSignature.objects.create(letter=letter)
    Letter.objects.filter(pk=letter.pk).raise_revision()
    told = said(client, path)
    assert "including 1 whose name is withheld for its safety" in told
    make_signature(letter, "Kanari").withdraw()
    assert "Kanari" not in said(client, path)


@pytest.mark.parametrize("path", [PDF, WORD])
def test_what_is_not_published_cannot_be_taken_along(client: Client, path: str) -> None:
    letter = make_letter()
    assert client.get(path).status_code == 200
    letter.unpublish()
    assert client.get(path).status_code == 404
    assert client.get(path.replace("a-letter", "no-letter")).status_code == 404
    assert client.post(path).status_code == 405


def test_of_a_very_long_list_the_rest_is_told(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "PRINTED", 2)
    letter = make_letter()
    for name in ("Aleph", "Beth", "Gimel"):
        make_signature(letter, name)
    for path in (PDF, WORD):
        told = said(client, path)
        assert "Beth" in told
        assert "Gimel" not in told
        assert "3 signatories" in told
        assert "1 more name is not printed here." in told


def test_a_letter_without_signatories_says_so(client: Client) -> None:
    make_letter()
    assert "No organisation is listed yet." in said(client, PDF)
    assert len(read(client.get(PDF).content).pages) == 1


def test_readers_in_line_get_what_was_made_meanwhile() -> None:
    """Whoever waits has the paper made only if nobody has made it for them."""
    made: list[int] = []
    letter = make_letter()
    state = states.of_letter(letter.slug)
    started, go_on = threading.Event(), threading.Event()

    def make(_state: Any) -> Page:
        made.append(1)
        started.set()
        assert go_on.wait(10)
        return Page(b"%PDF", "application/pdf")

    def ask() -> None:
        request = RequestFactory().get(PDF)
        kept.answer(request, lambda: state, make, turn=papers.turn)

    readers = [threading.Thread(target=ask) for _reader in range(papers.IN_LINE)]
    for reader in readers:
        reader.start()
    assert started.wait(10)
    while papers._line._value:
        threading.Event().wait(0.01)
    with pytest.raises(Busy), papers.turn():
        pass
    go_on.set()
    for reader in readers:
        reader.join()
    assert made == [1]


def test_whoever_finds_too_many_in_line_is_asked_to_come_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_letter()

    def busy() -> Any:
        raise Busy

    monkeypatch.setattr(papers, "turn", busy)
    response = client.get(PDF)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert response["Cache-Control"] == "no-store"


def test_the_letter_links_to_its_papers(client: Client) -> None:
    make_letter()
    html = client.get("/ar/letters/a-letter/").content.decode()
    for name in ("letter-pdf", "letter-docx"):
        assert f'href="/ar{reverse(name, args=["a-letter"])}"' in html
