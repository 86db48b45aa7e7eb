"""Somebody takes everything public along as a folder of files."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from signatures import mirror
from signatures.logos import draw
from signatures.mirror import Mirror, Rewriting
from signatures.models import Letter, Logo
from signatures.pages import listing
from tests.drawn import picture
from tests.factories import make_campaign, make_letter, make_signature

pytestmark = pytest.mark.django_db

SITE = "https://letters.example.org"


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "copy"


@pytest.fixture
def letter() -> Letter:
    """One of two letters of a campaign, with a list of three parts."""
    campaign = make_campaign()
    letter = make_letter(campaign=campaign)
    make_letter(slug="sibling", campaign=campaign, status=Letter.Status.CLOSED)
    make_letter(slug="draft", status=Letter.Status.DRAFT)
    for number in range(11):
        make_signature(letter, f"Organisation {number:02}")
    return letter


@pytest.fixture(autouse=True)
def five_to_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "NAMES_PER_PART", 5)


class Links(HTMLParser):
    """Collects where a page leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src", "action"} and value is not None:
                self.found.append((tag, value))


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_holds_every_public_page_in_every_language(folder: Path, letter: Letter) -> None:
    Mirror(folder).update()
    pages = {
        "index.html",
        "feed.atom",
        "privacy/index.html",
        "guide/index.html",
        "campaigns/a-campaign/index.html",
        "letters/a-letter/index.html",
        "letters/a-letter/signatories/index.html",
        "letters/a-letter/signatories/6/index.html",
        "letters/a-letter/signatories/11/index.html",
        "letters/a-letter/signatories.csv",
        "letters/a-letter/letter.pdf",
        "letters/a-letter/letter.docx",
        "letters/a-letter/count.json",
        "letters/a-letter/share.png",
        "letters/a-letter/badge.svg",
        "letters/a-letter/qr.svg",
        "letters/a-letter/feed.atom",
        "letters/a-letter/versions/index.html",
        "letters/sibling/index.html",
        "letters/sibling/signatories/index.html",
        "letters/sibling/signatories.csv",
        "letters/sibling/letter.pdf",
        "letters/sibling/letter.docx",
        "letters/sibling/count.json",
        "letters/sibling/share.png",
        "letters/sibling/badge.svg",
        "letters/sibling/qr.svg",
        "letters/sibling/feed.atom",
        "letters/sibling/versions/index.html",
    }
    everywhere = {prefix + page for prefix in ("", "ar/", "es/", "fr/") for page in pages}
    assets = {"static/signatures/site.css", "static/signatures/icon.svg"}
    found = files(folder)
    assert everywhere | assets | {mirror.RECORD} <= found
    assert {name for name in found if not name.startswith("static/")} == {
        *everywhere,
        mirror.RECORD,
    }


def test_a_campaigns_colours_and_logo_and_the_typefaces_come_along(
    folder: Path, letter: Letter
) -> None:
    campaign = letter.campaign
    assert campaign
    campaign.colour, campaign.logo_alt = "#7a2048", "A drop"
    campaign.save()
    Logo.objects.give(campaign, draw(picture()))
    Letter.objects.naming(letter).raise_revision()
    Mirror(folder).update()
    page = folder / "letters/a-letter/index.html"
    for kind in ("colours", "logos"):
        found = re.search(rf'"((?:\.\./)+{kind}/[^"]+)"', page.read_text(encoding="utf-8"))
        assert found
        assert (page.parent / found[1]).resolve().is_file()
    assert (folder / "static/signatures/fonts/amiri-arabic.woff2").is_file()
    Logo.objects.give(campaign, None)
    Letter.objects.naming(letter).raise_revision()
    Mirror(folder).update()
    assert not (folder / "logos").exists()


def test_it_holds_letters_in_languages_that_the_interface_does_not_speak(
    folder: Path, settings: Settings
) -> None:
    settings.LETTER_LANGUAGES = [*settings.LANGUAGES, ("fa", "Persian")]
    make_letter().create_translation("fa", title="آب", body="یکم.")
    Mirror(folder).update()
    page = (folder / "fa/letters/a-letter/index.html").read_text(encoding="utf-8")
    assert "یکم." in page
    assert 'href="signatories/index.html"' in page
    assert 'href="../../../letters/a-letter/index.html" lang="en"' in page


def test_every_link_leads_to_a_file_or_to_the_site_itself(folder: Path, letter: Letter) -> None:
    Mirror(folder).update()
    led_to_site = set()
    for page in folder.rglob("*.html"):
        for tag, link in Links(page.read_text(encoding="utf-8")).found:
            parts = urlsplit(link)
            if parts.scheme:
                assert link.startswith((SITE, "mailto:")), link
                if tag in {"a", "form"}:
                    led_to_site.add(parts.path)
            elif parts.path:
                assert not link.startswith("/")
                assert (page.parent / parts.path).resolve().is_file(), (page, link)
    assert led_to_site == {
        "",
        "/api/v1/docs",
        *(
            f"{prefix}/{path}"
            for prefix in ("", "/ar", "/es", "/fr")
            for path in (
                "verify/",
                "letters/a-letter/sign/",
                "letters/a-letter/signatories/",
                "letters/sibling/signatories/",
            )
        ),
    }


def test_its_pages_are_those_of_the_site_but_for_links_and_a_note(
    client: Client, folder: Path, letter: Letter
) -> None:
    Mirror(folder).update()
    copied = (folder / "letters/a-letter/index.html").read_text(encoding="utf-8")
    note = re.search(r'<p class="copy-note".*?</p>\n', copied)
    assert note
    assert f'<a href="{SITE}">{SITE}</a>' in note[0]
    link = re.compile(r'(href|src|data-[\w-]+)="[^"]*"')
    online = client.get("/letters/a-letter/").content.decode()
    assert link.sub("", copied.replace(note[0], "")) == link.sub("", online)
    count = json.loads((folder / "letters/a-letter/count.json").read_text())
    assert count["count"] == 11
    assert (folder / "letters/a-letter/signatories.csv").read_bytes() == client.get(
        "/letters/a-letter/signatories.csv"
    ).content


def test_the_parts_of_a_list_follow_each_other(folder: Path, letter: Letter) -> None:
    Mirror(folder).update()
    address, names = "letters/a-letter/signatories/index.html", []
    while address:
        html = (folder / address).read_text(encoding="utf-8")
        names += re.findall(r"<li><bdi>(.*?)</bdi>", html)
        following = re.search(r'rel="next" href="([^"]*)"', html)
        address = urljoin(address, following[1]) if following else ""
    assert names == [f"Organisation {number:02}" for number in range(11)]


def test_what_has_not_changed_is_not_made_again(
    folder: Path, letter: Letter, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first = Mirror(folder).update()
    assert (first.unchanged, first.removed) == (0, 0)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.html")}
    asked = 4 * (7 + 29)  # in each language: seven for the addresses, one a page
    with django_assert_max_num_queries(asked):
        again = Mirror(folder).update()
    assert (again.written, again.removed) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.html")} == before


def test_a_withdrawn_name_leaves_the_copy(folder: Path, letter: Letter) -> None:
    other = make_letter(slug="other")
    make_signature(other, "Stays")
    Mirror(folder).update()
    letter.signatures.get(name="Organisation 10").withdraw()
    done = Mirror(folder).update()
    assert done.removed == 4  # the third part of the list, in four languages
    assert not (folder / "letters/a-letter/signatories/11").exists()
    for path in folder.rglob("*"):
        assert path.is_dir() or b"Organisation 10" not in path.read_bytes()
    assert done.unchanged >= 16  # the other letter


def test_a_letter_that_is_public_no_more_leaves_the_copy(folder: Path, letter: Letter) -> None:
    Mirror(folder).update()
    letter.unpublish()
    Mirror(folder).update()
    assert not (folder / "letters/a-letter").exists()
    assert not (folder / "ar/letters/a-letter").exists()
    assert (folder / "letters/sibling/index.html").exists()
    assert "a-letter" not in (folder / "index.html").read_text(encoding="utf-8")


def test_a_file_that_was_lost_is_written_again(folder: Path, letter: Letter) -> None:
    Mirror(folder).update()
    (folder / "letters/a-letter/index.html").unlink()
    (folder / "static/signatures/site.css").write_text("spoilt")
    assert Mirror(folder).update().written == 2
    assert (folder / "letters/a-letter/index.html").exists()


def test_a_folder_with_other_files_is_left_alone(folder: Path, letter: Letter) -> None:
    folder.mkdir()
    (folder / "diary.txt").write_text("mine")
    with pytest.raises(CommandError, match="Name an empty folder"):
        call_command("export_mirror", folder)
    assert files(folder) == {"diary.txt"}


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, letter: Letter) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="file cannot be written: Not a directory"):
        call_command("export_mirror", tmp_path / "file")
    with pytest.raises(CommandError, match="cannot be written: Not a directory"):
        call_command("export_mirror", tmp_path / "file/copy")


def test_an_update_that_is_cut_short_is_finished_by_the_next(
    folder: Path, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it wrote is ours all the same: a name that was withdrawn meanwhile goes, too."""

    def cut_short(self: Mirror, name: str, body: bytes) -> None:
        if "signatories/11/" in name:
            part = self.folder / "letters/a-letter/signatories/11/.index.html.new"
            write(self, name, body)
            part.write_bytes(body)
            raise KeyboardInterrupt
        write(self, name, body)

    write = Mirror._write
    monkeypatch.setattr(Mirror, "_write", cut_short)
    with pytest.raises(KeyboardInterrupt):
        Mirror(folder).update()
    monkeypatch.undo()
    assert "letters/a-letter/signatories/11/index.html" in files(folder)
    monkeypatch.setattr("signatures.pages.listing.NAMES_PER_PART", 5)
    letter.signatures.get(name="Organisation 10").withdraw()
    Mirror(folder).update()
    for path in folder.rglob("*"):
        assert path.is_dir() or b"Organisation 10" not in path.read_bytes()
    assert not (folder / "letters/a-letter/signatories/11").exists()
    assert mirror.BEGUN not in files(folder)


@pytest.mark.parametrize(
    "target", ["/static/none.css", "/static/", "/letters/a-letter/signatories/?from=x", "?from=x"]
)
def test_a_text_may_lead_nowhere(folder: Path, letter: Letter, target: str) -> None:
    letter.body = f"[x]({target})"
    letter.save()
    Letter.objects.all().raise_revision()
    Mirror(folder).update()
    html = (folder / "letters/a-letter/index.html").read_text(encoding="utf-8")
    assert f'<a href="{SITE}{urljoin("/letters/a-letter/", target)}" rel=' in html


def test_the_command_tells_what_it_did(
    folder: Path, letter: Letter, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("export_mirror", folder)
    assert re.fullmatch(r"\d+ written, 0 unchanged, 0 removed\n", capsys.readouterr().out)


def test_text_that_looks_like_a_link_is_left_as_it_is(letter: Letter) -> None:
    html = (
        '<!doctype html><!-- href="/" -->\n<p title="a &quot; b">\u2028\x85\x0b\r '
        'Write href="/letters/a-letter/" '
        '&amp; &lt;a href="/"&gt; é</p>\n<script src="https://x.example/"></script>'
        '<a href="/letters/a-letter/?a=1&amp;b=2#x">x</a> <a href="#x">y</a><A HREF="/">z</A>'
    )
    page = Rewriting("/letters/a-letter/", "")
    assert page.rewrite(html) == html.replace(
        '<a href="/letters/a-letter/?a=1&amp;b=2#x">',
        f'<a href="{SITE}/letters/a-letter/?a=1&amp;b=2#x">',
    )
