"""An editor writes a letter, looks at it, and publishes it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from signatures.admin.letters import LetterForm
from signatures.models import Letter
from signatures.models.versions import TextVersion
from tests.desk.steps import (
    TO_MINISTER,
    letter_form,
    letter_page,
    press,
    preview,
    rows,
    said,
)
from tests.editions.steps import delivered
from tests.factories import (
    make_campaign,
    make_letter,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db


STEPS = ("publish", "close", "reopen", "unpublish")


class TestEditing:
    ADD = "/admin/signatures/letter/add/"

    def test_letter_addressees_and_demands_are_made_on_one_page(self, editor: Client) -> None:
        data = letter_form(
            **rows("addressees", TO_MINISTER),
            **rows("demands", {"order": 2, "text": "Second"}, {"order": 1, "text": "First"}),
        )

        response = editor.post(self.ADD, data)

        assert response.status_code == 302
        letter = Letter.objects.get()
        assert letter.status == Letter.Status.DRAFT
        assert letter.dated == date(2026, 11, 23)
        assert letter.body_html == "<p>We write about <em>water</em>.</p>\n"
        assert [str(one) for one in letter.addressees.all()] == ["Minister of Water"]
        assert [str(one) for one in letter.demands.all()] == ["First", "Second"]

    def test_a_change_on_the_page_raises_the_revision_once(self, editor: Client) -> None:
        letter = make_letter(demands=["One", "Two"], revision=7)
        addressee, (one, two) = letter.addressees.get(), letter.demands.all()
        data = letter_form(
            title="Otherwise",
            **rows("addressees", {**TO_MINISTER, "id": addressee.pk}, initial=1),
            **rows(
                "demands",
                {"id": one.pk, "order": 2, "text": "One"},
                {"id": two.pk, "order": 1, "text": "Two, changed"},
                {"id": "", "order": 3, "text": "Three"},
                initial=2,
            ),
        )

        response = editor.post(letter_page(letter), data)

        assert response.status_code == 302
        letter = Letter.objects.get()
        assert letter.revision == 8
        assert letter.title == "Otherwise"
        assert str(letter.addressees.get()) == "Minister of Water"
        assert [str(demand) for demand in letter.demands.all()] == ["Two, changed", "One", "Three"]

    def test_a_new_title_changes_the_pages_that_link_to_it(self, editor: Client) -> None:
        campaign = make_campaign()
        letter = make_letter("one", campaign=campaign)
        sibling = make_letter("two", campaign=campaign)
        stranger = make_letter("three")

        editor.post(letter_page(letter), letter_form(campaign=campaign.pk, title="Otherwise"))

        def revision(which: Letter) -> int:
            return int(Letter.objects.get(pk=which.pk).revision)

        assert [revision(one) for one in (letter, sibling, stranger)] == [1, 1, 0]

    def test_saving_touches_neither_status_nor_a_revision_raised_meanwhile(
        self, editor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letter = make_letter(
            "on-water",
            status=Letter.Status.DRAFT,
            title="On water",
            body="We write about *water*.",
            place="Nairobi",
            salutation="Dear Minister,",
            dated=date(2026, 11, 23),
            addressee="",
        )
        from signatures.admin.letters import LetterForm

        clean = LetterForm.clean

        def published_meanwhile(form: Any) -> Any:
            Letter.objects.get(pk=letter.pk).publish()
            return clean(form)

        monkeypatch.setattr(LetterForm, "clean", published_meanwhile)
        editor.post(letter_page(letter), letter_form(status="closed", summary="In short."))

        letter.refresh_from_db()
        assert (letter.status, letter.revision) == (Letter.Status.OPEN, 2)

    def test_a_mistyped_closing_time_does_not_erase_contacts(self, editor: Client) -> None:
        letter = make_letter()
        data = letter_form(closes_at_0="2016-11-23", closes_at_1="12:00")
        assert editor.post(letter_page(letter), data).status_code == 302
        make_sign_on([letter])
        data = letter_form(closes_at_0="2015-11-23", closes_at_1="12:00")
        response = editor.post(letter_page(letter), data)
        [told] = response.context["adminform"].form.errors["closes_at"]
        assert "would be erased at once" in told

    def test_it_closes_after_it_opens(self, editor: Client) -> None:
        data = letter_form(
            opens_at_0="2026-11-23",
            opens_at_1="12:00",
            closes_at_0="2026-11-23",
            closes_at_1="11:00",
        )
        response = editor.post(self.ADD, data)
        assert response.context["adminform"].form.errors == {
            "closes_at": ["The closing time must be after the opening time."]
        }
        assert not Letter.objects.exists()

    def test_an_address_is_given_once(self, editor: Client) -> None:
        make_letter("on-water")
        response = editor.post(self.ADD, letter_form())
        assert "slug" in response.context["adminform"].form.errors

    def test_a_letter_that_the_public_knows_cannot_be_deleted(self, editor: Client) -> None:
        letter, draft = make_letter("open"), make_letter("draft", status="draft")
        for one, status in ((letter, 403), (draft, 302)):
            address = reverse("admin:signatures_letter_delete", args=[one.pk])
            assert editor.post(address, {"post": "yes"}).status_code == status
        assert list(Letter.objects.all()) == [letter]

    def test_its_page_shows_the_count_and_the_way_to_the_lists(self, editor: Client) -> None:
        letter = make_letter()
        make_signature(letter)
        html = editor.get(letter_page(letter)).content.decode()
        assert "<b>1</b> signatory" in html
        assert letter.get_absolute_url() in html
        assert f"/admin/signatures/signature/?letter={letter.pk}" in html

    def test_the_list_of_letters_does_not_query_for_each(
        self, editor: Client, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(20):
            make_letter(f"letter-{number}", campaign=make_campaign(f"campaign-{number}"))
        with django_assert_max_num_queries(12):
            assert editor.get("/admin/signatures/letter/").status_code == 200

    def test_a_campaign_that_loses_a_translation_changes_them_too(self, editor: Client) -> None:
        campaign = make_campaign()
        make_letter(campaign=campaign)
        address = reverse("admin:signatures_campaign_change", args=[campaign.pk])
        campaign.create_translation("ar", title="حملة")
        Letter.objects.all().raise_revision()
        page = f"/ar/campaigns/{campaign.slug}/"
        assert "حملة" in editor.get(page).content.decode()
        editor.post(f"{address}delete-translation/ar/", {"post": "yes"})
        assert "حملة" not in editor.get(page).content.decode()

    def test_a_campaign_renamed_changes_the_pages_of_its_letters(self, editor: Client) -> None:
        campaign = make_campaign()
        letter = make_letter(campaign=campaign)
        address = reverse("admin:signatures_campaign_change", args=[campaign.pk])
        editor.post(address, {"title": "Renamed", "slug": "renamed", "language": "en"})
        letter.refresh_from_db()
        assert letter.revision == 1


class TestPreview:
    def test_staff_see_a_draft_as_the_public_will(self, editor: Client) -> None:
        letter = make_letter(status="draft", title="On water", demands=["Open the taps"])
        response = editor.get(preview(letter))
        html = response.content.decode()
        assert response.status_code == 200
        assert "signatures/letter.html" in [template.name for template in response.templates]
        assert "Preview: not published" in html
        assert "Open the taps" in html
        assert "no-store" in response["Cache-Control"]

    def test_it_speaks_the_language_of_the_text(self, editor: Client, settings: Settings) -> None:
        settings.LETTER_LANGUAGES = [*settings.LANGUAGES, ("fa", "Persian")]
        letter = make_letter(status="draft")
        letter.create_translation("fa", title="آب", body="یکم.")
        for asked, spoken in (("fa", "en"), ("ar", "ar"), ("tlh", "en"), ("", "en")):
            html = editor.get(f"{preview(letter)}?language={asked}").content.decode()
            assert f'<html lang="{spoken}"' in html
            assert ("یکم." in html) == (asked == "fa")
            # The way to the authoritative text stays among the previews.
            assert ('<a href="?language=en" hreflang="en">' in html) == (asked == "fa")

    def test_nobody_else_sees_it(self, client: Client) -> None:
        letter = make_letter(status="draft")
        assert client.get(letter.get_absolute_url()).status_code == 404
        assert client.get(preview(letter)).status_code == 302
        client.force_login(make_staff("ned", permissions=["view_signon"]))
        assert client.get(preview(letter)).status_code == 403
        client.force_login(User.objects.create_user("reader"))
        assert client.get(preview(letter)).status_code == 302

    def test_it_offers_to_publish_only_to_who_may(self, editor: Client) -> None:
        letter = make_letter(status="draft")
        publish = reverse("admin:signatures_letter_publish", args=[letter.pk])
        assert publish in editor.get(preview(letter)).content.decode()
        editor.force_login(make_staff("vera", permissions=["view_letter"]))
        assert publish not in editor.get(preview(letter)).content.decode()

    def test_it_changes_nothing(self, editor: Client) -> None:
        letter = make_letter(status="draft")
        editor.get(preview(letter))
        assert editor.post(preview(letter)).status_code == 405
        letter.refresh_from_db()
        assert (letter.status, letter.revision) == ("draft", 0)


class TestStatus:
    def test_a_letter_goes_through_its_life_by_buttons(
        self, editor: Client, client: Client, edda: User
    ) -> None:
        letter = make_letter(status="draft")
        life = [
            ("publish", "open", 200),
            ("close", "closed", 200),
            ("reopen", "open", 200),
            ("unpublish", "draft", 404),
        ]
        for revision, (step, status, public) in enumerate(life, start=1):
            assert press(editor, letter, step).url == letter_page(letter)
            letter.refresh_from_db()
            assert (letter.status, letter.revision) == (status, revision)
            assert Client().get(letter.get_absolute_url()).status_code == public
        logged = LogEntry.objects.filter(object_id=str(letter.pk), user=edda)
        assert str(logged.order_by("pk")[0]).endswith("Published.")
        assert logged.count() == len(life)

    def test_delivering_promises_its_page_no_longer_than_the_letter(
        self, editor: Client, edda: User
    ) -> None:
        letter = make_letter("letter")
        edda.user_permissions.add(Permission.objects.get(codename="add_edition"))
        page = editor.get(f"/admin/signatures/letter/{letter.pk}/deliver/").content.decode()
        assert "Its page is public as long as the letter is." in page
        assert "for ever" not in page

    def test_what_unpublishing_costs_is_said_once_it_was_delivered(self, editor: Client) -> None:
        letter = make_letter()
        told = "the addresses that are printed on its papers lead nowhere"
        assert told not in editor.get(letter_page(letter)).content.decode()
        delivered(letter)
        assert told in editor.get(letter_page(letter)).content.decode()

    def test_a_step_that_does_not_apply_says_so(self, editor: Client) -> None:
        letter = make_letter(status="open")
        response = press(editor, letter, "publish")
        assert "Nothing was done: the letter is open." in said(response)
        assert not LogEntry.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "lacks"),
        [
            ({"addressee": ""}, "an addressee"),
            ({"title": " "}, "a title"),
            ({"body": ""}, "a text"),
            ({"language": "ar"}, "a title in its authoritative language"),
        ],
    )
    def test_an_unfinished_letter_is_not_published(
        self, editor: Client, fields: dict[str, Any], lacks: str
    ) -> None:
        letter = make_letter(status="draft", **fields)
        response = press(editor, letter, "publish")
        letter.refresh_from_db()
        assert letter.status == "draft"
        assert lacks in said(response)

    def test_publishing_changes_the_pages_that_now_link_to_it(self, editor: Client) -> None:
        campaign = make_campaign()
        sibling = make_letter("one", campaign=campaign)
        press(editor, make_letter("two", campaign=campaign, status="draft"), "publish")
        sibling.refresh_from_db()
        assert sibling.revision == 1

    def test_a_letter_that_opens_later_says_when(self, editor: Client) -> None:
        letter = make_letter(status="draft", opens_at=timezone.now() + timedelta(days=2))
        assert "The public sees it from" in said(press(editor, letter, "publish"))

    @pytest.mark.parametrize("step", STEPS)
    def test_a_step_is_never_a_link(self, editor: Client, step: str) -> None:
        letter = make_letter(status="draft")
        address = reverse(f"admin:signatures_letter_{step}", args=[letter.pk])
        assert editor.get(address).status_code == 405

    @pytest.mark.parametrize("step", STEPS)
    def test_who_may_only_look_cannot_take_it(self, client: Client, step: str) -> None:
        client.force_login(make_staff("vera", permissions=["view_letter"]))
        letter = make_letter(status="draft")
        assert press(client, letter, step).status_code == 403
        letter.refresh_from_db()
        assert letter.status == "draft"

    def test_it_needs_the_csrf_token(self, edda: User) -> None:
        careless = Client(enforce_csrf_checks=True)
        careless.force_login(edda)
        letter = make_letter(status="draft")
        assert press(careless, letter, "publish").status_code == 403


def test_the_address_of_a_letter_that_was_shown_stays() -> None:
    """Programs, other sites and deliveries name it so."""
    letter = make_letter()
    TextVersion.objects.freeze(letter, kind=TextVersion.Kind.FIRST)
    letter.refresh_from_db()
    form = LetterForm({"slug": "renamed"}, instance=letter)
    form.is_valid()
    assert form.cleaned_data["slug"] == "a-letter"
    assert not LetterForm(instance=make_letter("draft")).fields["slug"].disabled
