"""Somebody reads how signing works; somebody of the staff, how to work with letters."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.http import Http404
from django.test import Client
from django.utils import timezone

from signatures import guide
from tests.factories import make_letter, make_staff

LANGUAGES = sorted(folder.name for folder in guide.FOLDER.iterdir() if folder.is_dir())
TOPICS = (guide.SIGNING, *guide.STAFF)
CATALOGS = settings.BASE_DIR / "signatures" / "locale"


def source(name: str, language: str) -> str:
    return (guide.FOLDER / language / f"{name}.md").read_text(encoding="utf-8")


def shape(text: str) -> list[str]:
    """Return what makes a page's structure, without its words."""
    marks = re.findall(r"^(#+ |!\[|\d+\. |- |\| )|/(\w+\.webp)\)", text, re.MULTILINE)
    return [mark or picture for mark, picture in marks]


def words(language: str) -> set[str]:
    """Return what stands on the pages of the interface."""
    english = language == "en"
    with (CATALOGS / ("fr" if english else language) / "LC_MESSAGES" / "django.po").open(
        encoding="utf-8"
    ) as file:
        catalog = read_po(file)
    every = [message.id if english else message.string for message in catalog]
    return {text for text in every if isinstance(text, str)}


@pytest.mark.parametrize("name", TOPICS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_the_same_in_every_language(name: str, language: str) -> None:
    assert shape(source(name, language)) == shape(source(name, "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_names_buttons_as_they_are_called(language: str) -> None:
    called = words(language)
    for name in TOPICS:
        prose = re.sub(r"`[^`\n]+`", "", source(name, language))
        for bold in re.findall(r"\*\*([^*]+)\*\*", prose):
            if not bold.endswith((".", "?")):
                assert bold in called, f"{name}: {bold}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_shown_and_every_shown_picture_is_there(language: str) -> None:
    folder = guide.STATIC_FILES / "signatures" / "guide" / language
    shown = {
        Path(found).name
        for name in TOPICS
        for found in re.findall(r"\]\((\S+\.webp)\)", source(name, language))
    }
    assert shown == {picture.name for picture in folder.iterdir()}
    [html] = [guide.topic(name, language).html for name in [guide.SIGNING]]
    assert re.search(r'<img src="[^"]+form\.webp" alt="[^"]+" loading="lazy" width="\d+" ', html)


def test_a_language_in_which_it_is_not_written_gets_the_site_s_own() -> None:
    assert guide.topic("letters", "tlh").language == "en"


def test_there_are_no_other_pages() -> None:
    with pytest.raises(Http404):
        guide.topic("../../README", "en")


@pytest.mark.django_db
def test_everybody_reads_how_signing_works(client: Client) -> None:
    page = client.get("/guide/")
    assert '<h1 class="page-title">How signing works</h1>' in page.content.decode()
    assert not page.cookies
    assert 'href="/guide/"' in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "topic"),
    [
        ("/admin/", ""),
        ("/admin/signatures/letter/", "letters/"),
        ("/admin/signatures/signon/", "moderation/"),
        ("/admin/signatures/signature/", "initiators/"),
        ("/admin/signatures/edition/", "delivering/"),
        ("/admin/signatures/update/", "updates/"),
        ("/admin/signatures/apikey/", "sharing/"),
        ("/admin/security/", ""),
    ],
)
def test_staff_find_help_where_they_stand(client: Client, page: str, topic: str) -> None:
    client.force_login(make_staff(is_superuser=True))
    address = f"/admin/guide/{topic}"
    assert f'href="{address}">Guide</a>' in client.get(page).content.decode()
    assert client.get(address).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "topic"),
    [
        ("change", "letters"),
        ("links", "private"),
        ("extend", "closing"),
        ("responses", "responses"),
    ],
)
def test_each_page_of_a_letter_has_its_own_help(client: Client, page: str, topic: str) -> None:
    letter = make_letter("wells", closes_at=timezone.now() + timedelta(days=7))
    client.force_login(make_staff(is_superuser=True))
    html = client.get(f"/admin/signatures/letter/{letter.pk}/{page}/").content.decode()
    assert f'href="/admin/guide/{topic}/">Guide</a>' in html


@pytest.mark.django_db
def test_the_guide_for_staff_leads_through_its_pages(client: Client) -> None:
    client.force_login(make_staff())
    html = client.get("/admin/guide/closing/").content.decode()
    assert "<h1>Close a letter</h1>" in html
    assert re.findall(r'<a href="/admin/guide/(\w+)/"(?: aria-current="(page)")?>', html) == [
        (name, "page" if name == "closing" else "") for name in guide.STAFF
    ]
    assert client.get("/admin/guide/nothing/").status_code == 404
