"""Whoever signs while a text changes in substance is shown the new one first."""

import re
from typing import Any

import pytest
from django.test import Client

from signatures import emails
from signatures.models import (
    Letter,
    SignOn,
)
from tests.factories import claim, make_sign_on
from tests.reaffirming.steps import CORRECTION, change

pytestmark = pytest.mark.django_db


class TestSigning:
    """The form and the mailed link sign what was shown, and nothing else."""

    def send(self, client: Client, letter: Letter, texts: str | None) -> Any:
        data = {**claim(), "letters": [letter.pk], "authorized": "on"}
        if texts is not None:
            data["texts"] = texts
        return client.post(f"/letters/{letter.slug}/sign/", data)

    def hidden(self, response: Any) -> str:
        return str(response.context["form"]["texts"].value())

    def test_the_form_remembers_what_it_showed(self, client: Client, letter: Letter) -> None:
        shown = client.get(f"/letters/{letter.slug}/sign/")
        change(letter, "Of water", CORRECTION)
        assert self.send(client, letter, self.hidden(shown)).status_code == 302
        assert SignOn.objects.get().letter_rows.get().text_version == 1

    def test_a_change_of_substance_meanwhile_is_told_and_nothing_is_lost(
        self, client: Client, letter: Letter
    ) -> None:
        shown = client.get(f"/letters/{letter.slug}/sign/")
        change(letter)
        response = self.send(client, letter, self.hidden(shown))
        page = response.content.decode()
        assert response.status_code == 400
        assert "was changed after you opened this form" in page
        assert f'<a href="/letters/{letter.slug}/" target="_blank">read it again</a>' in page
        assert 'value="Water Watch"' in page
        assert not SignOn.objects.exists()
        assert self.send(client, letter, self.hidden(response)).status_code == 302
        assert SignOn.objects.get().letter_rows.get().text_version == 2

    @pytest.mark.parametrize("texts", ['{"1":1e999}', '{"%s":2}' % ("9" * 40)])
    def test_nonsense_with_the_mailed_link_changes_nothing(
        self, client: Client, letter: Letter, texts: str
    ) -> None:
        sign_on = make_sign_on([letter], status=SignOn.Status.UNCONFIRMED)
        change(letter)
        sent = {"texts": texts}
        assert client.post(emails.confirm_path(sign_on), sent).status_code == 302
        sign_on.refresh_from_db()
        assert sign_on.status == SignOn.Status.UNCONFIRMED

    @pytest.mark.parametrize("texts", [None, "", "x", '{"1": 99}', "[1]", "[" * 9999])
    def test_what_says_nothing_signs_the_present_text(
        self, client: Client, letter: Letter, texts: str | None
    ) -> None:
        change(letter)
        assert self.send(client, letter, texts).status_code == 302
        assert SignOn.objects.get().letter_rows.get().text_version == 2

    def test_the_mailed_link_shows_what_has_changed_since_and_signs_that(
        self, client: Client, letter: Letter
    ) -> None:
        sign_on = make_sign_on([letter], status=SignOn.Status.UNCONFIRMED)
        address = emails.confirm_path(sign_on)
        before = client.get(address).content.decode()
        assert "Changed since you filled in the form" not in before
        change(letter)
        [old] = re.findall(r'name="texts" value="([^"]+)"', before)
        client.post(address, {"texts": old.replace("&quot;", '"')})
        assert SignOn.objects.get().status == SignOn.Status.UNCONFIRMED
        client.post(address)
        assert SignOn.objects.get().status == SignOn.Status.UNCONFIRMED
        now = client.get(address).content.decode()
        assert "Changed since you filled in the form" in now
        assert "<del>water</del><ins>wells</ins>" in now
        [texts] = re.findall(r'name="texts" value="([^"]+)"', now)
        client.post(address, {"texts": texts.replace("&quot;", '"')})
        sign_on.refresh_from_db()
        assert sign_on.status == SignOn.Status.PENDING
        assert sign_on.letter_rows.get().text_version == 2
