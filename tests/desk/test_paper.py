"""Staff enter a sign-on that came on paper."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from signatures.models import (
    Letter,
    OutgoingMail,
    Signature,
    SignOn,
)
from tests.desk.steps import decide, sign_on_page
from tests.factories import (
    claim,
    make_letter,
)

pytestmark = pytest.mark.django_db


Status = SignOn.Status


class TestPaper:
    ADD = "/admin/signatures/signon/add/"

    def test_an_entry_waits_ready_to_be_approved(self, desk: Client, mona: User) -> None:
        letter = make_letter(status=Letter.Status.CLOSED)
        stated = claim(contact_name="", contact_title="", email="", website="waterwatch.example")
        data = {**stated, "letters": [letter.pk], "provenance": "Letter of 3 May"}

        response: Any = desk.post(self.ADD, data)

        sign_on = SignOn.objects.get()
        assert response.url == sign_on_page(sign_on)
        assert (sign_on.status, sign_on.source) == (Status.PENDING, "staff")
        assert sign_on.website == "https://waterwatch.example"
        event = sign_on.events.get()
        assert (event.actor, event.reason) == (mona, "")
        assert "Letter of 3 May" in desk.get(sign_on_page(sign_on)).content.decode()
        decide(desk, sign_on, "approve", organization="new")
        assert Signature.objects.get().source == "staff"
        assert not OutgoingMail.objects.exists()

    @pytest.mark.parametrize("missing", ["name", "country", "letters", "provenance"])
    def test_what_is_needed_is_asked_for(self, desk: Client, missing: str) -> None:
        data = {**claim(), "letters": [make_letter().pk], "provenance": "Fax"}
        del data[missing]
        response = desk.post(self.ADD, data)
        assert response.status_code == 400
        assert list(response.context["form"].errors) == [missing]
        assert not SignOn.objects.exists()

    def test_a_draft_cannot_be_signed_on_paper_either(self, desk: Client) -> None:
        draft = make_letter(status=Letter.Status.DRAFT)
        data = {**claim(), "letters": [draft.pk], "provenance": "Fax"}
        assert desk.post(self.ADD, data).status_code == 400
