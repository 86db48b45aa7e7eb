"""Editors: letters on one page, preview, publishing, organisations and their signatures."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from signatures.models import Addressee, Demand, Letter, Organization, OrganizationName, Signature
from tests.factories import (
    make_campaign,
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db

EDITING = (
    *(
        f"{verb}_{noun}"
        for verb in ("view", "add", "change", "delete")
        for noun in (
            "campaign",
            "letter",
            "addressee",
            "demand",
            "organization",
            "organizationname",
        )
    ),
    "view_signature",
    "change_signature",
)
STEPS = ("publish", "close", "reopen", "unpublish")


@pytest.fixture
def edda() -> User:
    return make_staff("edda", permissions=EDITING)


@pytest.fixture
def editor(client: Client, edda: User) -> Client:
    """A browser in which Edda is logged in."""
    client.force_login(edda)
    return client


def page(letter: Letter) -> str:
    return reverse("admin:signatures_letter_change", args=[letter.pk])


def preview(letter: Letter) -> str:
    return reverse("admin:signatures_letter_preview", args=[letter.pk])


def press(client: Client, letter: Letter, step: str) -> Any:
    return client.post(reverse(f"admin:signatures_letter_{step}", args=[letter.pk]))


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def rows(prefix: str, *forms: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """Return the fields of an inline's rows, as the page sends them."""
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(forms),
        f"{prefix}-INITIAL_FORMS": initial,
    }
    for index, form in enumerate(forms):
        data |= {f"{prefix}-{index}-{name}": value for name, value in form.items()}
    return data


def letter_form(**fields: Any) -> dict[str, Any]:
    """Return what the letter's page sends, without addressees and demands."""
    return {
        "title": "On water",
        "slug": "on-water",
        "campaign": "",
        "summary": "",
        "place": "Nairobi",
        "dated": "2026-11-23",
        "salutation": "Dear Minister,",
        "body": "We write about *water*.",
        "demands_intro": "",
        "closing": "",
        "opens_at_0": "",
        "opens_at_1": "",
        "closes_at_0": "",
        "closes_at_1": "",
        "contact_email": "",
        "language": "en",
        **rows("addressees"),
        **rows("demands"),
        **fields,
    }


TO_MINISTER = {
    "order": 1,
    "kind": "to",
    "country": "KE",
    "name": "",
    "position": "Minister of Water",
    "institution": "",
    "postal_address": "",
}


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

        response = editor.post(page(letter), data)

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

        editor.post(page(letter), letter_form(campaign=campaign.pk, title="Otherwise"))

        def revision(which: Letter) -> int:
            return int(Letter.objects.get(pk=which.pk).revision)

        assert [revision(one) for one in (letter, sibling, stranger)] == [1, 1, 0]

    def test_saving_touches_neither_status_nor_a_revision_raised_meanwhile(
        self, editor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letter = make_letter(status=Letter.Status.DRAFT)
        from signatures.admin.letters import LetterForm

        clean = LetterForm.clean

        def published_meanwhile(form: Any) -> Any:
            Letter.objects.get(pk=letter.pk).publish()
            return clean(form)

        monkeypatch.setattr(LetterForm, "clean", published_meanwhile)
        editor.post(page(letter), letter_form(status="closed"))

        letter.refresh_from_db()
        assert (letter.status, letter.revision) == (Letter.Status.OPEN, 2)

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

    def test_a_translation_has_a_page_of_its_own(self, editor: Client) -> None:
        letter = make_letter()
        data = letter_form(title="عن الماء", slug=letter.slug)
        assert editor.post(f"{page(letter)}?language=ar", data).status_code == 302
        with translation.override("ar"):
            assert Letter.objects.get().title == "عن الماء"
        assert Letter.objects.get().title == "Open letter on water"

    def test_a_translation_can_be_dropped_and_the_binding_text_cannot(self, editor: Client) -> None:
        letter = make_letter()
        editor.post(f"{page(letter)}?language=ar", letter_form(slug=letter.slug))
        revision = Letter.objects.get().revision

        for language in ("en", "ar"):
            editor.post(f"{page(letter)}delete-translation/{language}/", {"post": "yes"})

        letter = Letter.objects.get()
        assert [text.language_code for text in letter.translations.all()] == ["en"]
        assert letter.revision == revision + 1

    def test_a_letter_that_the_public_knows_cannot_be_deleted(self, editor: Client) -> None:
        letter, draft = make_letter("open"), make_letter("draft", status="draft")
        for one, status in ((letter, 403), (draft, 302)):
            address = reverse("admin:signatures_letter_delete", args=[one.pk])
            assert editor.post(address, {"post": "yes"}).status_code == status
        assert list(Letter.objects.all()) == [letter]

    def test_its_page_shows_the_count_and_the_way_to_the_lists(self, editor: Client) -> None:
        letter = make_letter()
        make_signature(letter)
        html = editor.get(page(letter)).content.decode()
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

    def test_a_campaign_renamed_changes_the_pages_of_its_letters(self, editor: Client) -> None:
        campaign = make_campaign()
        letter = make_letter(campaign=campaign)
        address = reverse("admin:signatures_campaign_change", args=[campaign.pk])
        editor.post(address, {"title": "Renamed", "slug": "renamed", "summary": ""})
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
            assert press(editor, letter, step).url == page(letter)
            letter.refresh_from_db()
            assert (letter.status, letter.revision) == (status, revision)
            assert Client().get(letter.get_absolute_url()).status_code == public
        logged = LogEntry.objects.filter(object_id=str(letter.pk), user=edda)
        assert str(logged.order_by("pk")[0]).endswith("Published.")
        assert logged.count() == len(life)

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


class TestOrganizations:
    LIST = "/admin/signatures/organization/"

    def form(self, **fields: Any) -> dict[str, Any]:
        return {
            "official_name": "Water Watch",
            "local_name": "",
            "acronym": "",
            "country": "KE",
            "website": "",
            "parent": "",
            **rows("names"),
            **fields,
        }

    def names(self, organization: Organization) -> list[str]:
        return [str(name) for name in organization.names.order_by("pk")]

    def test_a_new_one_is_known_by_its_own_names(self, editor: Client) -> None:
        data = self.form(acronym="WW", **rows("names", {"name": "Waterwatchers", "kind": "former"}))
        assert editor.post(f"{self.LIST}add/", data).status_code == 302
        organization = Organization.objects.get()
        assert self.names(organization) == ["Waterwatchers", "Water Watch", "WW"]

    def test_any_name_finds_it_whatever_the_accents(self, editor: Client) -> None:
        organization = make_organization("Réseau de l'Eau", country="FR")
        organization.remember("Water Network", OrganizationName.Kind.TRANSLATION)
        make_organization("Something else")
        for query in ("RESEAU eau", "network water", "The Water"):
            found = editor.get(self.LIST, {"q": query}).context["cl"].queryset
            assert list(found) == [organization]

    def test_moderators_look_it_up_with_its_country(self, client: Client) -> None:
        client.force_login(make_staff("mona"))
        organization = make_organization("Réseau de l'Eau", country="FR")
        fields = {"app_label": "signatures", "model_name": "signon", "field_name": "organization"}
        answer = client.get(f"{self.LIST}find/", {"term": "reseau", **fields}).json()
        expected = {"id": str(organization.pk), "text": "Réseau de l'Eau (France)"}
        assert answer["results"] == [expected]
        client.force_login(make_staff("ned", permissions=["view_letter"]))
        assert client.get(f"{self.LIST}find/", {"term": "x", **fields}).status_code == 403

    def test_the_same_name_twice_is_refused_in_words(self, editor: Client) -> None:
        names = rows("names", {"name": "Same", "kind": "alias"}, {"name": "SAME!", "kind": "alias"})
        response = editor.post(f"{self.LIST}add/", self.form(**names))
        assert response.status_code == 200
        assert b"This name is already on record." in response.content
        make_organization("Water Watch", country="KE")
        response = editor.post(f"{self.LIST}add/", self.form(official_name="water watch"))
        assert b"is already known in this country" in response.content

    def test_a_new_acronym_is_found_by_readers_at_once(self, editor: Client) -> None:
        letter = make_letter()
        organization = make_organization("Water Watch")
        make_signature(letter, organization)
        revision = Letter.objects.get().revision
        own = organization.names.get()
        data = self.form(
            acronym="WWK",
            **rows("names", {"id": own.pk, "name": own.name, "kind": own.kind}, initial=1),
        )

        address = reverse("admin:signatures_organization_change", args=[organization.pk])
        assert editor.post(address, data).status_code == 302

        assert Signature.objects.search("wwk").count() == 1
        assert Letter.objects.get().revision == revision + 1
        assert self.names(organization) == ["Water Watch", "WWK"]

    def test_one_that_signed_cannot_be_deleted(self, editor: Client) -> None:
        make_signature(make_letter(), "Water Watch")
        idle = make_organization("Idle")
        for organization in Organization.objects.all():
            address = reverse("admin:signatures_organization_delete", args=[organization.pk])
            editor.post(address, {"post": "yes"})
        assert [str(one) for one in Organization.objects.all()] == ["Water Watch"]
        assert not OrganizationName.objects.filter(organization_id=idle.pk).exists()


class TestSignatures:
    LIST = "/admin/signatures/signature/"

    def page(self, signature: Signature) -> str:
        return reverse("admin:signatures_signature_change", args=[signature.pk])

    def test_a_listing_is_reworded_and_the_letter_is_another(self, editor: Client) -> None:
        letter = make_letter()
        signature = make_signature(letter)
        first = make_signature(letter, "Aardvark Aid")
        revision = Letter.objects.get().revision
        data = {"name": "Water Watch e.V.", "local_name": "", "position": "1", "source": "form"}

        assert editor.post(self.page(signature), data).status_code == 302

        listed = list(Signature.objects.in_list_order())
        assert [str(one) for one in listed] == ["Water Watch e.V.", str(first)]
        assert listed[0].is_initiator
        assert listed[0].source == Signature.Source.IMPORT
        assert Signature.objects.search("e.V.").count() == 1
        assert Letter.objects.get().revision == revision + 1

    def test_none_is_added_or_deleted_by_hand(self, client: Client) -> None:
        client.force_login(make_staff("root", is_superuser=True))
        signature = make_signature(make_letter())
        assert client.get(f"{self.LIST}add/").status_code == 403
        address = reverse("admin:signatures_signature_delete", args=[signature.pk])
        assert client.post(address, {"post": "yes"}).status_code == 403
        assert Signature.objects.exists()

    def test_an_imported_one_is_withdrawn_on_its_page(self, editor: Client) -> None:
        signature = make_signature(make_letter())
        address = reverse("admin:signatures_signature_withdraw", args=[signature.pk])
        assert editor.get(address).status_code == 405
        assert "is off the list" in said(editor.post(address))
        assert not Signature.objects.current().exists()
        assert LogEntry.objects.get().change_message == "Withdrawn."

    def test_one_with_a_sign_on_is_withdrawn_there(self, editor: Client, edda: User) -> None:
        sign_on = make_sign_on()
        [signature] = sign_on.approve(actor=edda)
        there = reverse("admin:signatures_signon_change", args=[sign_on.pk])
        assert there in editor.get(self.page(signature)).content.decode()
        editor.post(reverse("admin:signatures_signature_withdraw", args=[signature.pk]))
        assert Signature.objects.current().exists()

    def test_who_may_only_look_cannot_withdraw(self, client: Client) -> None:
        client.force_login(make_staff("vera", permissions=["view_signature"]))
        signature = make_signature(make_letter())
        address = reverse("admin:signatures_signature_withdraw", args=[signature.pk])
        assert client.get(self.page(signature)).status_code == 200
        assert client.post(address).status_code == 403

    def test_its_list_does_not_query_for_each(
        self, editor: Client, django_assert_max_num_queries: Any
    ) -> None:
        letter = make_letter()
        for number in range(20):
            make_signature(letter, f"Group {number}")
        with django_assert_max_num_queries(11):
            assert editor.get(self.LIST, {"q": "group"}).status_code == 200


def test_models_of_the_page_exist_as_rows(editor: Client) -> None:
    """Deleting rows on the letter's page deletes them."""
    letter = make_letter(demands=["One"])
    demand = letter.demands.get()
    gone = rows("demands", {"id": demand.pk, "order": 1, "text": "One", "DELETE": "on"}, initial=1)
    editor.post(page(letter), letter_form(slug=letter.slug, **gone))
    assert not Demand.objects.exists()
    assert Addressee.objects.count() == 1
