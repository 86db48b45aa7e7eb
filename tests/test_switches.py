"""Under attack, staff pause signing, hold mails and say something on every page."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from openletters.staff.models import StaffAct
from signatures.emails import confirm_path
from signatures.models import Letter, OutgoingMail, SignOn, Switches
from tests.factories import make_campaign, make_letter, make_sign_on, make_signature, make_staff
from tests.test_signing import entered

pytestmark = pytest.mark.django_db

FORM = "/letters/a-letter/sign/"
ADD = "/admin/signatures/switches/add/"


@pytest.fixture
def ada() -> User:
    """An administrator."""
    return make_staff("ada", permissions=["view_switches", "add_switches"])


@pytest.fixture
def desk(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def switch(ada: User, letter: Letter | None = None, **stated: Any) -> None:
    """Set the switches as the page would."""
    Switches.objects.create(letter=letter, actor=ada, **stated)


class TestSigningIsPaused:
    def test_the_letter_says_so_at_once_in_its_language(self, client: Client, ada: User) -> None:
        letter = make_letter()
        make_signature(letter)
        before = client.get("/letters/a-letter/")
        said = {"en": "We are under attack.", "fr": "Nous sommes attaqués."}
        switch(ada, signing_stopped=True, message=said)
        after = client.get("/letters/a-letter/", headers={"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert "Signing is paused." in after.content.decode()
        assert "We are under attack." in after.content.decode()
        assert FORM not in after.content.decode()
        assert "Nous sommes attaqués." in client.get("/fr/letters/a-letter/").content.decode()
        assert "We are under attack." in client.get("/es/letters/a-letter/").content.decode()
        switch(ada)
        assert client.get("/letters/a-letter/").content == before.content

    def test_the_form_is_not_offered(self, client: Client, ada: User) -> None:
        make_letter()
        switch(ada, signing_stopped=True, message={"en": "Back on Monday."})
        html = client.get(FORM).content.decode()
        assert "Back on Monday." in html
        assert "<form" not in html

    def test_what_was_entered_meanwhile_is_not_lost(self, client: Client, ada: User) -> None:
        make_letter()
        form = entered(contact_name="Zoë Zulu")
        switch(ada, signing_stopped=True, message={"en": "Back on Monday."})
        response = client.post(FORM, form)
        assert response.status_code == 409
        assert 'value="Zoë Zulu"' in response.content.decode()
        assert "Back on Monday." in response.content.decode()
        assert not SignOn.objects.exists()
        switch(ada)
        assert client.post(FORM, form).status_code == 302

    def test_one_letter_is_paused_and_the_others_of_its_campaign_go_on(
        self, client: Client, ada: User
    ) -> None:
        campaign = make_campaign()
        letter = make_letter(campaign=campaign)
        other = make_letter(slug="other", campaign=campaign, title="The other letter")
        switch(ada, letter, signing_stopped=True)
        html = client.get(FORM).content.decode()
        assert "Signing of the letter above is paused." in html
        assert "The other letter" in html
        refused = client.post(FORM, entered(letter, other))
        assert refused.status_code == 400
        assert "can no longer be signed" in refused.content.decode()
        assert client.post(FORM, entered(other)).status_code == 302
        assert "Signing is paused" not in client.get("/letters/other/").content.decode()
        for path in ("/", "/campaigns/a-campaign/"):
            assert client.get(path).content.decode().count("Signing is paused") == 1
        assert list(SignOn.objects.get().letters.all()) == [other]

    def test_mailed_links_go_on_working(self, client: Client, ada: User) -> None:
        letter = make_letter()
        sign_on = make_sign_on([letter], status=SignOn.Status.UNCONFIRMED)
        switch(ada, signing_stopped=True)
        assert client.post(confirm_path(sign_on)).status_code == 302
        sign_on.refresh_from_db()
        assert sign_on.status == SignOn.Status.PENDING


class TestMailIsHeld:
    @pytest.fixture(autouse=True)
    def known_domains(self, ada: User) -> None:
        switch(ada, domains=["known.example"])

    def test_known_domains_are_written_to_at_once(self, client: Client) -> None:
        make_letter()
        for address in ("a@known.example", "b@mail.known.example"):
            client.post(FORM, entered(email=address))
        assert OutgoingMail.objects.filter(kind="confirm").count() == 2

    @pytest.mark.parametrize("domain", ["other.example", "unknown.example", "known.example.org"])
    def test_others_see_the_same_page_and_wait(self, client: Client, domain: str) -> None:
        make_letter()
        known = client.post(FORM, entered(email="a@known.example"))
        other = client.post(FORM, entered(email=f"b@{domain}"))
        assert (known.status_code, known["Location"]) == (other.status_code, other["Location"])
        assert "at domains that we know" in client.get(other["Location"]).content.decode()
        assert "held" in SignOn.objects.latest("pk").flags
        assert OutgoingMail.objects.count() == 1

    def test_who_has_signed_already_is_not_told_so_either(self, client: Client) -> None:
        letter = make_letter()
        make_sign_on([letter], email="b@other.example")
        client.post(FORM, entered(email="b@other.example"))
        assert not OutgoingMail.objects.exists()

    def test_let_through_they_are_written_to_once(self, client: Client, ada: User) -> None:
        make_letter()
        client.post(FORM, entered(email="b@other.example"))
        held = SignOn.objects.get()
        assert SignOn.objects.let_through([held], actor=ada) == [held]
        assert SignOn.objects.let_through([held], actor=ada) == []
        held.refresh_from_db()
        assert "held" not in held.flags
        assert OutgoingMail.objects.get().kind == "confirm"
        assert held.events.get(kind="let_through").actor == ada
        assert client.post(confirm_path(held)).status_code == 302

    def test_no_more_than_three_of_one_address_are_let_through_a_day(
        self, client: Client, ada: User
    ) -> None:
        make_letter()
        for number in range(5):
            client.post(FORM, entered(email="b@other.example", name=f"Organisation {number}"))
        SignOn.objects.let_through(SignOn.objects.all(), actor=ada)
        assert OutgoingMail.objects.count() == 3

    def test_staff_let_them_through_at_the_desk(self, client: Client) -> None:
        make_letter()
        client.post(FORM, entered(email="b@other.example"))
        staff = Client()
        staff.force_login(make_staff())
        page = f"{reverse('admin:signatures_signon_changelist')}?status=unconfirmed"
        assert "let_through_selected" in staff.get(page).content.decode()
        ticked = {"action": "let_through_selected", "_selected_action": SignOn.objects.get().pk}
        assert staff.post(page, ticked).status_code == 302
        assert OutgoingMail.objects.get().kind == "confirm"

    def test_the_desk_says_how_many_wait_to_be_let_through(self, client: Client) -> None:
        letter = make_letter()
        make_sign_on([letter], status="unconfirmed")
        staff = Client()
        staff.force_login(make_staff())
        desk = reverse("admin:index")
        assert "held" not in staff.get(desk).content.decode()
        client.post(FORM, entered(email="b@other.example"))
        assert "<b>1</b> sign-on is held" in staff.get(desk).content.decode()
        sign_on = SignOn.objects.held().get()
        page = reverse("admin:signatures_signon_change", args=[sign_on.pk])
        html = staff.get(page).content.decode()
        assert "Write to the contact" in html
        form = re.search(r'action="([^"]+)">\s*<input[^>]+>\s*<input[^>]+value="let_through', html)
        assert form
        ticked = {"action": "let_through_selected", "_selected_action": sign_on.pk}
        staff.post(form[1], ticked)
        assert OutgoingMail.objects.get().kind == "confirm"
        assert "Write to the contact" not in staff.get(page).content.decode()
        assert "held:" not in staff.get(desk).content.decode()


class TestBanner:
    @pytest.mark.parametrize(
        "path",
        [
            *(
                "/",
                "/letters/a-letter/",
                "/letters/a-letter/signatories/",
                "/privacy/",
                "/campaigns/a-campaign/",
            ),
            *(FORM, f"{FORM}sent/", "/nowhere/", "/ar/letters/a-letter/"),
        ],
    )
    def test_every_page_has_it_at_once_and_none_afterwards(
        self, client: Client, ada: User, path: str
    ) -> None:
        make_letter(campaign=make_campaign())
        assert 'class="banner"' not in client.get(path).content.decode()
        switch(ada, banner={"en": "Slow: <b>attack</b>", "ar": "بطيء"})
        said = "بطيء" if path.startswith("/ar/") else "Slow: &lt;b&gt;attack&lt;/b&gt;"
        assert said in client.get(path).content.decode()
        switch(ada)
        assert 'class="banner"' not in client.get(path).content.decode()

    def test_the_first_page_has_it_where_there_are_no_letters(
        self, client: Client, ada: User
    ) -> None:
        client.get("/")
        switch(ada, banner={"en": "Soon."})
        assert "Soon." in client.get("/").content.decode()

    def test_a_page_that_is_kept_still_takes_one_query(
        self, client: Client, ada: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        make_letter()
        switch(ada, banner={"en": "Slow."}, signing_stopped=True)
        client.get("/letters/a-letter/")
        with django_assert_num_queries(1):
            assert "Slow." in client.get("/letters/a-letter/").content.decode()

    def test_it_belongs_to_the_site(self, ada: User) -> None:
        with transaction.atomic(), pytest.raises(IntegrityError):
            switch(ada, make_letter(), banner={"en": "Slow."})


class TestThePage:
    def form(self, **stated: Any) -> dict[str, Any]:
        return {"letter": "", "signing_stopped": "", "domains": ""} | stated

    def test_it_sets_them_and_notes_who_and_when(
        self, desk: Client, client: Client, ada: User
    ) -> None:
        make_letter()
        stated = self.form(signing_stopped="on", message_en="Wait.", banner_fr="Lent.")
        response = desk.post(ADD, stated | {"domains": "Known.example, bob@münchen.example"})
        assert response.status_code == 302
        now = Switches.objects.get()
        assert now.actor == ada
        act = StaffAct.objects.get(kind="switched")
        assert (act.kind, act.actor, act.about) == ("switched", ada, "the whole site")
        assert now.domains == ["known.example", "münchen.example"]
        assert (now.message, now.banner) == ({"en": "Wait."}, {"fr": "Lent."})
        assert client.get(FORM).content.decode().count("Wait.") == 1
        html = desk.get(response["Location"]).content.decode()
        assert "In force now" in html
        assert "known.example" in html

    def test_it_begins_with_what_is_in_force(self, desk: Client, ada: User) -> None:
        letter = make_letter()
        switch(ada, letter, signing_stopped=True, message={"ar": "انتظر"}, domains=["a.example"])
        html = desk.get(f"{ADD}?letter={letter.pk}").content.decode()
        assert "انتظر" in html
        assert "a.example" in html
        assert "checked" in html
        assert "انتظر" not in desk.get(ADD).content.decode()

    @pytest.mark.parametrize(
        ("stated", "told"),
        [
            ({"domains": "not a domain"}, "is not a domain"),
            ({"domains": "a.example\n-.example"}, "-.example is not a domain"),
            ({"message_en": "x" * 501}, "at most 500"),
        ],
    )
    def test_a_mistake_is_told_and_loses_nothing(
        self, desk: Client, stated: dict[str, str], told: str
    ) -> None:
        response = desk.post(ADD, self.form(banner_en="Kept words.") | stated)
        assert told in response.content.decode()
        assert "Kept words." in response.content.decode()
        assert not Switches.objects.exists()

    def test_a_banner_for_one_letter_is_a_mistake(self, desk: Client) -> None:
        letter = make_letter()
        response = desk.post(ADD, self.form(letter=letter.pk, banner_en="Slow."))
        assert "set it for the whole site" in response.content.decode()

    def test_moderators_without_the_right_see_nothing_of_it(self) -> None:
        client = Client()
        client.force_login(make_staff())
        assert client.get(ADD).status_code == 403
        assert client.post(ADD, self.form(signing_stopped="on")).status_code == 403
        assert client.get("/admin/signatures/switches/").status_code == 403
        assert not Switches.objects.exists()

    def test_what_was_switched_stays_on_record(self, desk: Client, ada: User) -> None:
        switch(ada, signing_stopped=True)
        one = Switches.objects.get()
        one.signing_stopped = False
        for change in (one.save, one.delete, Switches.objects.all().delete):
            with pytest.raises(TypeError):
                change()
        with pytest.raises(TypeError):
            Switches.objects.update(signing_stopped=False)
        assert desk.post(f"/admin/signatures/switches/{one.pk}/delete/").status_code == 403
        assert desk.post(f"/admin/signatures/switches/{one.pk}/change/").status_code == 403
        # Nor past the app.
        for statement in (
            "UPDATE signatures_switches SET domains = '[]'",
            "DELETE FROM signatures_switches",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        assert Switches.objects.get().signing_stopped
