"""Editors translate side by side, and see what is missing or older than the original."""

import re
from html import unescape
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from signatures.admin.translating import Meanwhile
from signatures.models import Addressee, Campaign, Letter
from signatures.models.translating import Sheet, lock, sheet, trust, with_texts
from tests.desk.steps import TO_MINISTER, letter_form, letter_page, rows, said
from tests.factories import make_campaign, make_letter, make_staff

pytestmark = pytest.mark.django_db


def address(about: Letter | Campaign, language: str = "ar") -> str:
    kind = about._meta.model_name
    return reverse(f"admin:signatures_{kind}_translate", args=[about.pk, language])


def beside(about: Letter | Campaign, language: str = "ar") -> Sheet:
    return sheet(with_texts(type(about)._default_manager.filter(pk=about.pk)).get(), language)


def names(about: Letter | Campaign) -> dict[str, str]:
    """Return the names of the form's fields by that of the column, demands by their order."""
    found = {}
    for pair in beside(about).pairs:
        order = getattr(pair.row, "order", "") if pair.column.name == "text" else ""
        found[f"{pair.column.name}{order}"] = pair.name
    return found


def opened(browser: Client, about: Letter | Campaign, language: str = "ar") -> dict[str, str]:
    """Open the page and return what its form would send."""
    form = browser.get(address(about, language)).context["form"]
    return {name: form[name].value() or "" for name in form.fields if "right-" not in name}


def save(browser: Client, about: Letter | Campaign, sent: dict[str, str]) -> Any:
    return browser.post(address(about), sent)


def went(response: Any) -> str:
    """Return where an answer sends on to."""
    return str(response.headers["Location"])


def change_original(letter: Letter, **texts: str) -> None:
    letter.translations.filter(language_code="en").update(**texts)


def standing(about: Letter | Campaign) -> tuple[int, int]:
    """Return how many fields are missing, and how many older."""
    found = beside(about).standing
    return found.missing, found.older


def translated(browser: Client, letter: Letter, **texts: str) -> None:
    """Store a translation by the page."""
    name = names(letter)
    sent = opened(browser, letter)
    response = save(browser, letter, sent | {name[one]: text for one, text in texts.items()})
    assert response.status_code == 302


def test_a_letter_is_translated_in_one_form(editor: Client) -> None:
    letter = make_letter(demands=["Open the taps", "Mend the pipes"], salutation="Dear President,")
    name = names(letter)
    page = unescape(editor.get(address(letter)).content.decode())
    assert '<div class="words" lang="en" dir="ltr">Open the taps</div>' in page
    field = re.search(rf'<textarea name="{name["title"]}"[^>]*>', page)
    assert field
    assert 'lang="ar" dir="rtl"' in field[0]
    # The original has no summary: there is nothing to translate.
    assert name["summary"] not in page
    assert standing(letter) == (6, 0)

    sent = opened(editor, letter) | {
        name["title"]: "عن الماء\r\n",
        name["body"]: "نكتب عن *الماء*.\r\n\r\nينفد.",
        name["position"]: "رئيس",
        name["text2"]: "أصلحوا الأنابيب",
        "demand-999-text": "none of ours",
    }
    response = save(editor, letter, sent)

    assert response.url == address(letter)
    assert "Saved." in said(response)
    letter.refresh_from_db()
    assert letter.revision == 1
    text = letter.translations.get(language_code="ar")
    assert (text.title, text.body) == ("عن الماء", "نكتب عن *الماء*.\n\nينفد.")
    assert "<em>الماء</em>" in text.body_html
    assert letter.addressees.get().translations.get(language_code="ar").position == "رئيس"
    one, two = letter.demands.all()
    assert not one.translations.filter(language_code="ar").exists()
    assert two.translations.get(language_code="ar").text == "أصلحوا الأنابيب"
    assert standing(letter) == (2, 0)
    assert LogEntry.objects.get().change_message == "Translated into Arabic."

    page = editor.get(letter_page(letter)).content.decode()
    assert "2 missing" in page
    assert address(letter) in page
    assert "not begun" in page  # in French
    assert "2 missing" in editor.get("/admin/signatures/letter/").content.decode()

    # What is the same again changes nothing, whatever ends the browser gives its lines.
    response = save(editor, letter, opened(editor, letter))
    assert "Nothing was changed." in said(response)
    letter.refresh_from_db()
    assert letter.revision == 1


def test_a_changed_original_is_shown_until_somebody_says_it_is_still_right(editor: Client) -> None:
    letter = make_letter(title="On the water of Gaza")
    translated(editor, letter, title="عن الماء", body="نص", position="رئيس")
    assert standing(letter) == (0, 0)
    assert "complete" in editor.get(letter_page(letter)).content.decode()
    change_original(letter, title="On the clean water of Gaza")
    name = names(letter)["title"]

    page = editor.get(address(letter)).content.decode()
    assert standing(letter) == (0, 1)
    assert "On the<ins> clean</ins> water of Gaza" in page
    assert "1 older than the original" in page

    # Saving without a word about it leaves it marked.
    save(editor, letter, opened(editor, letter))
    assert standing(letter) == (0, 1)
    response = save(editor, letter, opened(editor, letter) | {f"right-{name}": "on"})
    assert response.status_code == 302
    assert standing(letter) == (0, 0)
    assert letter.translations.get(language_code="ar").title == "عن الماء"

    # So does another wording of it.
    change_original(letter, title="On dirty water")
    save(editor, letter, opened(editor, letter) | {name: "عن الماء الملوث"})
    assert standing(letter) == (0, 0)

    # And what the original dropped is shown as well.
    change_original(letter, title="")
    assert "says nothing here any more" in editor.get(address(letter)).content.decode()
    save(editor, letter, opened(editor, letter) | {name: ""})
    assert standing(letter) == (0, 0)
    letter.refresh_from_db()
    assert letter.revision == 4


def test_who_saves_second_is_told_and_loses_nothing(editor: Client) -> None:
    letter = make_letter(demands=["Act"])
    name = names(letter)
    mine = opened(editor, letter) | {name["title"]: "mine", name["text1"]: "my demand"}
    translated(editor, letter, title="theirs", body="their text")
    change_original(letter, title="Another title")
    letter.demands.get().delete()

    response = save(editor, letter, mine)

    page = response.content.decode()
    form = response.context["form"]
    assert response.status_code == 200
    assert "somebody else has changed texts meanwhile" in page
    assert form.meanwhile[name["title"]].text
    assert form.meanwhile[name["title"]].source
    assert form[name["title"]].value() == "mine"
    assert '<div class="words" lang="ar" dir="auto">theirs</div>' in page
    # What only they have written is taken over, and what belongs nowhere is shown.
    assert form[name["body"]].value() == "their text"
    assert form.lost == ["my demand"]
    assert letter.translations.get(language_code="ar").title == "theirs"
    letter.refresh_from_db()
    assert letter.revision == 1

    again = {one: form[one].value() or "" for one in form.fields if "right-" not in one}
    assert save(editor, letter, again).status_code == 302
    text = letter.translations.get(language_code="ar")
    assert (text.title, text.body) == ("mine", "their text")
    assert text.made_from["title"] == "Another title"


def test_what_was_entered_is_given_back_once_the_text_is_the_authoritative_one(
    editor: Client,
) -> None:
    letter = make_letter()
    translated(editor, letter, title="theirs", body="their text")
    unchanged = opened(editor, letter)
    mine = unchanged | {names(letter)["title"]: "mine <b>"}
    Letter.objects.update(language="ar")

    page = save(editor, letter, mine).content.decode()
    assert "Nothing was saved: this text is the authoritative one now." in page
    assert '<div class="words" lang="ar" dir="auto">mine &lt;b&gt;</div>' in page
    assert "their text" not in page
    assert letter.translations.get(language_code="ar").title == "theirs"
    # Who has entered nothing has nothing to keep.
    assert went(save(editor, letter, unchanged)) == letter_page(letter)


@pytest.mark.parametrize("make", [make_letter, make_campaign])
def test_what_was_deleted_at_this_moment_is_not_found(
    editor: Client, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = make()
    sent = opened(editor, about)

    def too_late(one: Letter | Campaign) -> None:
        type(one)._default_manager.filter(pk=one.pk).delete()
        lock(one)

    monkeypatch.setattr("signatures.admin.translating.lock", too_late)
    assert save(editor, about, sent).status_code == 404


def test_only_who_looked_at_a_changed_original_has_to_look_again(editor: Client) -> None:
    letter = make_letter(title="On water", body="Text")
    translated(editor, letter, title="عن الماء", body="نص")
    name = names(letter)
    change_original(letter, title="On clean water", body="Longer text")
    seen = opened(editor, letter)
    change_original(letter, title="On dirty water", body="Longest text")

    # What one says to be right was another wording.
    response = save(editor, letter, seen | {f"right-{name['title']}": "on"})
    form = response.context["form"]
    assert form.meanwhile == {name["title"]: Meanwhile(text=False, source=True)}
    assert not form[f"right-{name['title']}"].value()
    assert standing(letter) == (1, 2)
    # The text that nobody has touched stops nobody, and stays marked.
    assert save(editor, letter, seen | {name["position"]: "رئيس"}).status_code == 302
    assert standing(letter) == (0, 2)


@pytest.mark.parametrize("seen", ["", "nonsense", "[1]", '{"a": 1}', "[" * 50_000])
def test_a_form_that_does_not_say_what_it_has_seen_overwrites_nothing(
    editor: Client, seen: str
) -> None:
    letter = make_letter()
    translated(editor, letter, title="theirs")
    response = save(editor, letter, {"seen": seen, names(letter)["title"]: "mine"})
    assert response.status_code == 200
    assert letter.translations.get(language_code="ar").title == "theirs"


def test_a_refused_field_keeps_everything_that_was_entered(editor: Client) -> None:
    letter = make_letter()
    name = names(letter)
    sent = opened(editor, letter) | {name["title"]: "م" * 251, name["body"]: "نص"}
    response = save(editor, letter, sent)
    page = response.content.decode()
    assert list(response.context["form"].errors) == [name["title"]]
    assert f'<a href="#id_{name["title"]}">Title: ' in page
    assert "م" * 251 in page
    assert ">\nنص</textarea>" in page
    assert not letter.translations.filter(language_code="ar").exists()
    letter.refresh_from_db()
    assert letter.revision == 0


def test_emptying_every_field_leaves_nothing_behind(editor: Client) -> None:
    letter = make_letter()
    translated(editor, letter, title="عن الماء", body="نص")
    name = names(letter)
    save(editor, letter, opened(editor, letter) | {name["title"]: "", name["body"]: " "})
    assert not letter.translations.filter(language_code="ar").exists()


def test_a_translation_is_deleted_after_asking_and_the_original_never(editor: Client) -> None:
    letter = make_letter(demands=["Act"])
    translated(editor, letter, title="عن الماء", text1="افعلوا")
    delete = f"{letter_page(letter)}delete-translation/"
    page = editor.get(f"{delete}ar/").content.decode()
    assert "see the original instead, at once" in page
    assert "عن الماء" in page
    assert "<h2></h2>" not in page
    assert re.findall(r"<h1>(.*?)</h1>", page) == ["Delete the translation into Arabic?"]
    assert editor.get(f"{delete}fr/").status_code == 404

    assert went(editor.post(f"{delete}en/")) == letter_page(letter)
    editor.post(f"{delete}ar/")

    assert [text.language_code for text in letter.translations.all()] == ["en"]
    assert not letter.demands.get().translations.filter(language_code="ar").exists()
    letter.refresh_from_db()
    assert letter.revision == 2


def test_only_who_may_change_the_letter_translates_it(client: Client) -> None:
    letter = make_letter()
    assert client.get(address(letter)).status_code == 302
    client.force_login(make_staff("vera", permissions=["view_letter"]))
    assert client.get(address(letter)).status_code == 403
    sent = {"seen": "{}", names(letter)["title"]: "mine"}
    assert save(client, letter, sent).status_code == 403
    assert not letter.translations.filter(language_code="ar").exists()
    page = client.get(letter_page(letter)).content.decode()
    assert "not begun" in page
    assert address(letter) not in page


def test_an_institution_of_two_lines_keeps_them(editor: Client) -> None:
    letter = make_letter()
    Addressee.objects.create(letter=letter, institution="Office of the Prosecutor\nThe Court")
    for page in (letter_page(letter), address(letter)):
        html = editor.get(page).content.decode()
        assert re.search(r"<textarea [^>]*institution", html), page
    assert (
        "Office of the Prosecutor\nThe Court</textarea>"
        in editor.get(letter_page(letter)).content.decode()
    )
    name = names(letter)
    sent = {name["institution"]: "المكتب\r\nالمحكمة", name["title"]: "عن\r\nالماء"}
    save(editor, letter, opened(editor, letter) | sent)
    addressee = letter.addressees.latest("pk")
    assert addressee.translations.get(language_code="ar").institution == "المكتب\nالمحكمة"
    assert letter.translations.get(language_code="ar").title == "عن الماء"
    # Who has typed the same meanwhile hinders nobody.
    late = opened(editor, letter) | {name["body"]: "نص"}
    translated(editor, letter, body="نص")
    assert save(editor, letter, late).status_code == 302


def test_there_is_a_page_for_every_other_language_of_the_site(editor: Client) -> None:
    letter = make_letter()
    assert editor.get(address(letter, "xx")).status_code == 404
    assert went(editor.get(address(letter, "en"))) == letter_page(letter)
    assert went(editor.get(f"{letter_page(letter)}?language=ar")) == address(letter)
    assert editor.put(address(letter)).status_code == 405
    # And for one that the site has given up, as long as there is a text in it.
    assert editor.get(address(letter, "de")).status_code == 404
    letter.create_translation("de", title="Vom Wasser", body="Text")
    assert "Vom Wasser" in editor.get(address(letter, "de")).content.decode()


def test_copies_come_behind_the_addressees() -> None:
    letter = make_letter()
    letter.addressees.update(order=2)
    copy = letter.addressees.create(kind="copy", order=1, position="Registrar")
    rows = [part.row for part in beside(letter).parts]
    assert rows == [letter, letter.addressees.get(kind="to"), copy]


def test_a_long_letter_asks_the_database_no_more_often(
    editor: Client, django_assert_max_num_queries: Any
) -> None:
    letter = make_letter(demands=[f"Demand {number}" for number in range(30)])
    sent = opened(editor, letter)
    with django_assert_max_num_queries(16):
        assert editor.get(address(letter)).status_code == 200
    with django_assert_max_num_queries(26):
        save(editor, letter, sent | {names(letter)["title"]: "عن الماء"})


def test_a_draft_has_no_readers_who_would_miss_its_translation(editor: Client) -> None:
    campaign = make_campaign()
    make_letter("sibling", campaign=campaign)
    draft = make_letter(campaign=campaign, status="draft")
    translated(editor, draft, title="عن الماء")
    page = editor.get(f"{letter_page(draft)}delete-translation/ar/").content.decode()
    assert "cannot be brought back" in page
    assert "at once" not in page


def test_another_title_becomes_that_of_a_campaign(editor: Client) -> None:
    campaign = make_campaign()
    save(editor, campaign, opened(editor, campaign) | {names(campaign)["title"]: "حملة"})
    page = reverse("admin:signatures_campaign_change", args=[campaign.pk])
    data = {"title": "A campaign", "slug": campaign.slug, "language": "ar"}
    assert editor.post(page, data).status_code == 302
    campaign = Campaign.objects.get()
    assert campaign.language == "ar"
    assert beside(campaign, "en").standing.is_complete


def test_a_campaign_is_translated_alike(editor: Client) -> None:
    campaign = make_campaign(summary="Two letters.")
    letter = make_letter(campaign=campaign)
    name = names(campaign)
    response = save(editor, campaign, opened(editor, campaign) | {name["title"]: "حملة"})
    assert response.url == address(campaign)
    assert standing(campaign) == (1, 0)
    letter.refresh_from_db()
    assert letter.revision == 1
    page = editor.get(reverse("admin:signatures_campaign_change", args=[campaign.pk]))
    assert "1 missing" in page.content.decode()
    assert "1 missing" in editor.get("/admin/signatures/campaign/").content.decode()


class TestOriginals:
    ADD = "/admin/signatures/letter/add/"

    def test_a_new_letter_is_written_in_the_language_that_was_chosen(self, editor: Client) -> None:
        page = editor.get(f"{self.ADD}?language=ar").content.decode()
        for name in ("title", "body", "demands-0-text"):
            field = re.search(rf'<(input|textarea)[^>]* name="{name}"[^>]*>', page)
            assert field
            assert 'lang="ar" dir="rtl"' in field[0]
        data = letter_form(
            title="عن الماء",
            language="ar",
            **rows("addressees", TO_MINISTER),
            **rows("demands", {"order": 1, "text": "افعلوا"}),
        )
        assert editor.post(f"{self.ADD}?language=ar", data).status_code == 302
        letter = Letter.objects.get()
        assert letter.language == "ar"
        assert letter.translations.get().language_code == "ar"
        assert letter.demands.get().translations.get().language_code == "ar"
        page = editor.get(letter_page(letter)).content.decode()
        assert "عن الماء" in page
        assert address(letter, "en") in page

    def test_the_page_of_a_letter_is_about_its_original(self, editor: Client) -> None:
        letter = make_letter()
        translated(editor, letter, title="عن الماء")
        data = letter_form(title="Otherwise", slug=letter.slug)
        assert editor.post(letter_page(letter), data).status_code == 302
        assert letter.translations.get(language_code="ar").title == "عن الماء"
        # A page that was opened for another text than the original is now is not saved over it.
        response = editor.post(f"{letter_page(letter)}?language=fr", data | {"title": "Autre"})
        assert "about the text in another language now" in response.content.decode()
        assert 'value="Autre"' in response.content.decode()
        assert letter.translations.get(language_code="en").title == "Otherwise"

    def test_another_text_becomes_the_original_only_when_it_is_there(self, editor: Client) -> None:
        letter = make_letter(title="On water", body="Text")
        data = letter_form(title="On water", body="Text", place="", salutation="", language="ar")
        data["slug"] = letter.slug
        response = editor.post(letter_page(letter), data)
        assert "language" in response.context["adminform"].form.errors
        letter.create_translation("ar", title="عن الماء", body=" ")
        response = editor.post(letter_page(letter), data)
        assert "language" in response.context["adminform"].form.errors
        letter.create_translation("fr", title="De l'eau", body="Texte")
        translated(editor, letter, title="عن الماء", body="نص")
        french = letter.translations.get(language_code="fr")
        french.made_from["title"] = "On rivers"
        french.save()
        trust(with_texts(Letter.objects.all()).get())
        letter.translations.filter(language_code="en").update(body="Newer text")

        response = editor.post(letter_page(letter), data | {"body": "Newer text"})

        assert response.status_code == 302
        letter = Letter.objects.get()
        assert letter.language == "ar"
        # What fitted the old original fits the new one; what did not has to be compared.
        for language, states in (("en", ("done", "older")), ("fr", ("older", "older"))):
            found = {one.column.name: one.state for one in beside(letter, language).pairs}
            assert (found["title"], found["body"]) == states


def test_what_was_translated_before_counts_as_made_from_the_present_original() -> None:
    migration = import_module("signatures.migrations.0014_translations_beside")
    letter = make_letter(demands=["Act"])
    letter.create_translation("ar", title="عن الماء", body="نص")
    letter.demands.get().create_translation("ar", text="افعلوا")
    assert standing(letter) == (1, 3)
    migration.trust(apps, None)
    assert standing(letter) == (1, 0)
