"""An editor hands out secret links; who has one reads and signs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from signatures import emails, holdings
from signatures.models import Letter, SecretLink, SignOn
from signatures.models.secret_links import token_hash
from tests.factories import make_campaign, make_letter, make_link, make_signature, make_staff
from tests.private.steps import confirm, entered, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter() -> Letter:
    return make_letter(status=Letter.Status.PRIVATE, title="On water", demands=["Stop the leak."])


class TestReading:
    def test_the_letter_is_shown_as_it_will_look_and_says_what_it_is(
        self, client: Client, letter: Letter
    ) -> None:
        make_signature(letter, "Well Keepers", position=1)
        link = make_link(letter)
        html = client.get(f"/private/{link.token}/").content.decode()
        assert "On water" in html
        assert "Stop the leak." in html
        assert "Well Keepers" in html
        assert "Collected privately; not public" in html
        assert f'href="/private/{link.token}/sign/"' in html

    def test_so_does_its_form_until_it_is_public(self, client: Client, letter: Letter) -> None:
        address = f"/private/{make_link(letter).token}/sign/"
        said = "Collected privately; not public"
        assert said in client.get(address).content.decode()
        letter.publish()
        assert said not in client.post(address, {}).content.decode()
        assert said not in client.get("/letters/a-letter/sign/").content.decode()

    @pytest.mark.parametrize("page", ["", "sign/", "sign/sent/"])
    def test_nobody_keeps_finds_or_follows_its_pages(
        self, client: Client, letter: Letter, page: str
    ) -> None:
        link = make_link(letter)
        response = client.get(f"/private/{link.token}/{page}")
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "ETag" not in response
        assert not response.cookies
        html = response.content.decode()
        assert '<meta name="robots" content="noindex">' in html
        for public in ("og:", "hreflang", "canonical", "share.png", "count.json", "data-live"):
            assert public not in re.sub(r'<a [^>]*hreflang="\w+"', "<a ", html)
        assert "/letters/" not in html.replace(f"/private/{link.token}/letters/", "")

    def test_another_language_stays_inside(self, client: Client, letter: Letter) -> None:
        link = make_link(letter)
        html = client.get(f"/private/{link.token}/").content.decode()
        assert f'href="/ar/private/{link.token}/"' in html
        html = client.get(f"/ar/private/{link.token}/").content.decode()
        assert 'dir="rtl"' in html
        assert f'href="/ar/private/{link.token}/sign/"' in html

    def test_a_link_may_lead_to_several_letters(self, client: Client, letter: Letter) -> None:
        other = make_letter("other", status=Letter.Status.PRIVATE, title="To the Prosecutor")
        foreign = make_letter("foreign", status=Letter.Status.PRIVATE, title="Of somebody else")
        link = make_link(letter, other)
        first = client.get(f"/private/{link.token}/").content.decode()
        second = f"/private/{link.token}/letters/other/"
        assert "On water" in first
        assert second in first
        assert "To the Prosecutor</h1>" in client.get(second).content.decode()
        assert client.get(f"/private/{link.token}/letters/{foreign.slug}/").status_code == 404

    def test_it_takes_the_same_queries_however_many_have_signed(
        self, client: Client, letter: Letter
    ) -> None:
        address, taken = f"/private/{make_link(letter).token}/", []
        for number in range(3):
            make_signature(letter, f"Union {number}")
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            taken.append(len(queries))
        assert len(set(taken)) == 1


class TestDeadLinks:
    def test_forged_unknown_and_revoked_ones_are_one_and_the_same_404(
        self, client: Client, letter: Letter, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        revoked = make_link(letter)
        token = revoked.token
        assert revoked.revoke()
        draft = make_link(make_letter("draft", status=Letter.Status.DRAFT))
        answers = set()
        for one in (token, token[:-1], token.swapcase(), "x", "nothing-at-all" * 9, draft.token):
            for page in ("", "sign/", "sign/sent/", "letters/a-letter/"):
                response = client.get(f"/private/{one}/{page}")
                told = {name: value for name, value in response.items() if name != "X-Request-ID"}
                answers.add((response.status_code, response.content, str(sorted(told.items()))))
        assert len(answers) == 1
        assert next(iter(answers))[0] == 404
        for one in (token, "unknown"):
            with django_assert_num_queries(2):  # the other one is for the banner of all pages
                client.get(f"/private/{one}/")
            assert client.post(f"/private/{one}/sign/", entered(letter)).status_code == 404
        assert not SignOn.objects.exists()

    def test_a_draft_closes_them_and_the_private_phase_opens_them(
        self, client: Client, letter: Letter
    ) -> None:
        address = f"/private/{make_link(letter).token}/"
        assert letter.stop_collecting()
        assert not letter.stop_collecting()
        assert client.get(address).status_code == 404
        assert letter.collect_privately()
        assert not letter.collect_privately()
        assert client.get(address).status_code == 200

    def test_once_public_they_lead_to_the_letter(self, client: Client, letter: Letter) -> None:
        link = make_link(letter)
        letter.publish()
        for page, public in (("", ""), ("sign/", "sign/"), ("sign/sent/", "sign/sent/")):
            response = client.get(f"/ar/private/{link.token}/{page}")
            assert response.status_code == 302
            assert response["Location"] == f"/ar/letters/a-letter/{public}"
            assert response["Referrer-Policy"] == "no-referrer"

    def test_a_form_that_was_begun_before_it_was_public_is_still_taken(
        self, client: Client, letter: Letter
    ) -> None:
        link = make_link(letter)
        letter.publish()
        address = f"/private/{link.token}/sign/"
        again = client.post(address, entered(letter, email="nothing"))
        assert again.status_code == 400
        assert 'value="Water Watch"' in again.content.decode()
        assert 'href="/letters/a-letter/"' in again.content.decode()
        response = client.post(address, entered(letter), follow=True)
        assert response.redirect_chain[-1] == ("/letters/a-letter/sign/sent/", 302)
        assert SignOn.objects.get().link == link


class TestStoring:
    def test_the_token_is_sealed_and_found_by_its_hash(self, letter: Letter) -> None:
        link = make_link(letter)
        assert len(link.token) >= 32
        assert link.token != make_link(letter).token
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM signatures_secretlink")
            stored = repr(cursor.fetchall())
        assert link.token not in stored
        assert "the initiators" not in stored
        assert token_hash(link.token) in stored
        assert SecretLink.objects.opened_by(link.token) == link

    def test_a_revoked_one_has_no_token_any_more(self, letter: Letter) -> None:
        link = make_link(letter)
        assert link.revoke()
        assert not link.revoke()
        assert link.token == ""
        with pytest.raises(IntegrityError), transaction.atomic():
            SecretLink.objects.filter(pk=link.pk).update(token="again")


class TestSigning:
    def test_a_claim_remembers_its_link_and_can_be_confirmed(
        self, client: Client, letter: Letter
    ) -> None:
        link = make_link(letter)
        strict = Client(enforce_csrf_checks=True)
        sign_on = sign(strict, link, letter)
        assert sign_on.link == link
        assert sign_on.letters.get() == letter
        shown = client.get(emails.confirm_path(sign_on)).content.decode()
        assert "On water" in shown
        assert f"/private/{link.token}/letters/a-letter/" in shown
        private_page = confirm(client, sign_on)
        sign_on.refresh_from_db()
        assert sign_on.status == SignOn.Status.PENDING
        html = client.get(private_page).content.decode()
        assert "not public yet" in html
        assert 'href="/letters/' not in html

    def test_several_letters_are_signed_together(self, client: Client, letter: Letter) -> None:
        other = make_letter("other", status=Letter.Status.PRIVATE)
        link = make_link(letter, other)
        html = client.get(f"/private/{link.token}/sign/").content.decode()
        assert len(re.findall(r'name="letters"[^>]*checked', html)) == 2
        sign_on = sign(client, link, letter, other)
        assert sign_on.letters.count() == 2

    def test_a_mistake_is_shown_and_nothing_entered_is_lost(
        self, client: Client, letter: Letter
    ) -> None:
        link = make_link(letter)
        data = entered(letter, name="", contact_name="Alice Achieng")
        response = client.post(f"/private/{link.token}/sign/", data)
        assert response.status_code == 400
        html = response.content.decode()
        assert "Enter the name of your organisation." in html
        assert "Alice Achieng" in html
        assert not response.cookies

    def test_past_the_closing_time_nothing_is_taken(self, client: Client, letter: Letter) -> None:
        link = make_link(letter)
        sign_on = sign(client, link, letter)
        letter.closes_at = timezone.now() - timedelta(minutes=1)
        letter.save(update_fields=["closes_at"])
        response = client.post(f"/private/{link.token}/sign/", entered(letter))
        assert response.status_code == 409
        html = client.get(emails.confirm_path(sign_on)).content.decode()
        assert "Too late to sign" in html

    def test_what_is_held_tells_the_link_until_it_is_erased(
        self, client: Client, letter: Letter
    ) -> None:
        sign_on = sign(client, make_link(letter, name="Board of X"), letter)
        confirm(client, sign_on)
        held = holdings.held(SignOn.objects.get())
        assert held["sign_on"]["secret_link"] == "Board of X"
        assert held["letters"] == [{"title": "On water", "address": ""}]
        sign_on.refresh_from_db()
        sign_on.approve(actor=make_staff())
        SignOn.objects.all().erase()
        sign_on.refresh_from_db()
        assert sign_on.link is None


class TestInitiators:
    def approve(self, client: Client, link: SecretLink, letter: Letter, name: str) -> Any:
        sign_on = sign(
            client, link, letter, name=name, email=f"a@{name.split()[0].lower()}.example"
        )
        confirm(client, sign_on)
        sign_on.refresh_from_db()
        actor = make_staff(name.split()[0])
        [signature] = sign_on.approve(actor=actor)
        return signature

    def test_they_are_listed_behind_one_another(self, client: Client, letter: Letter) -> None:
        make_signature(letter, "First of all", position=4)
        make_signature(letter, "Nobody in particular")
        link = make_link(letter)
        assert self.approve(client, link, letter, "Zebra Watch").position == 5
        assert self.approve(client, link, letter, "Ant Watch").position == 6

    def test_through_another_link_one_is_listed_as_everybody(
        self, client: Client, letter: Letter
    ) -> None:
        link = make_link(letter, for_initiators=False)
        assert self.approve(client, link, letter, "Ant Watch").position is None

    def test_each_letter_has_places_of_its_own(self, client: Client, letter: Letter) -> None:
        other = make_letter("other", status=Letter.Status.PRIVATE)
        make_signature(other, "First of all", position=1)
        link = make_link(letter, other)
        sign_on = sign(client, link, letter, other)
        confirm(client, sign_on)
        sign_on.refresh_from_db()
        brought = sign_on.approve(actor=make_staff())
        assert [one.position for one in brought] == [1, 2]


class TestTheDesk:
    @pytest.fixture
    def editor(self) -> Client:
        client = Client()
        client.force_login(make_staff("edda", permissions=["view_letter", "change_letter"]))
        return client

    def page(self, letter: Letter) -> str:
        return f"/admin/signatures/letter/{letter.pk}/links/"

    def test_an_editor_makes_copies_and_revokes_one(self, editor: Client, letter: Letter) -> None:
        data = {"name": "Board of X", "letters": [letter.pk], "for_initiators": "on"}
        response = editor.post(self.page(letter), data, follow=True)
        html = response.content.decode()
        link = SecretLink.objects.get()
        assert link.for_initiators
        assert list(link.letters.all()) == [letter]
        assert link.made_by.username == "edda"
        assert f'value="{settings.SITE_URL}/private/{link.token}/"' in html
        assert "Board of X" in html
        token = link.token
        html = editor.post(self.page(letter), {"revoke": link.pk}, follow=True).content.decode()
        link.refresh_from_db()
        assert link.revoked_at
        assert token not in html
        assert Client().get(f"/private/{token}/").status_code == 404

    def test_all_letters_of_the_campaign_that_are_not_public_are_offered(
        self, editor: Client
    ) -> None:
        campaign = make_campaign()
        letters = {
            status: make_letter(status, status=status, campaign=campaign, title=f"A {status} one")
            for status in Letter.Status.values
        }
        make_letter("foreign", status=Letter.Status.PRIVATE, title="Of another campaign")
        html = editor.get(self.page(letters["draft"])).content.decode()
        assert "A private one" in html
        assert html.count('name="letters"') == html.count(" checked") == 2
        wrong = {"name": "us", "letters": [letters["draft"].pk, letters["open"].pk]}
        assert editor.post(self.page(letters["draft"]), wrong).status_code == 400

    def test_a_form_without_a_name_is_shown_again(self, editor: Client, letter: Letter) -> None:
        response = editor.post(self.page(letter), {"letters": [letter.pk]})
        assert response.status_code == 400
        assert "Say for whom it is" in response.content.decode()

    @pytest.mark.parametrize("key", ["", "x", "9" * 30, "-1"])
    def test_nonsense_revokes_nothing(self, editor: Client, letter: Letter, key: str) -> None:
        link = make_link(letter)
        assert editor.post(self.page(letter), {"revoke": key}).status_code == 302
        link.refresh_from_db()
        assert link.revoked_at is None

    def test_who_may_only_look_sees_no_link(self, letter: Letter) -> None:
        client = Client()
        client.force_login(make_staff("vera", permissions=["view_letter"]))
        assert client.get(self.page(letter)).status_code == 403

    def test_a_moderator_sees_where_a_claim_came_from(self, letter: Letter) -> None:
        sign_on = sign(Client(), make_link(letter, name="Board of X"), letter)
        confirm(Client(), sign_on)
        desk = Client()
        desk.force_login(make_staff("mona"))
        html = desk.get(f"/admin/signatures/signon/{sign_on.pk}/change/").content.decode()
        assert "through the secret link for <bdi>Board of X</bdi>" in html
        assert "link for initiators" in html

    def test_the_steps_lead_into_the_private_phase_and_out_of_it(self, editor: Client) -> None:
        letter = make_letter(status=Letter.Status.DRAFT)
        for step, status in (
            ("collect_privately", "private"),
            ("stop_collecting", "draft"),
            ("collect_privately", "private"),
            ("publish", "open"),
        ):
            page = editor.get(f"/admin/signatures/letter/{letter.pk}/change/").content.decode()
            assert f"/{step}/" in page
            editor.post(f"/admin/signatures/letter/{letter.pk}/{step}/")
            letter.refresh_from_db()
            assert letter.status == status

    def test_a_letter_that_lacks_something_is_shown_to_nobody(self, editor: Client) -> None:
        letter = make_letter(status=Letter.Status.DRAFT, addressee="")
        response = editor.post(
            f"/admin/signatures/letter/{letter.pk}/collect_privately/", follow=True
        )
        assert "The letter still needs: an addressee." in response.content.decode()
        letter.refresh_from_db()
        assert letter.status == "draft"
