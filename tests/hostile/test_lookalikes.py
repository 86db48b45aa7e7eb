"""Names dressed up as others, and the names of organisations that there are: the form takes all."""

import json
from typing import Any

import pytest
from django.test import Client

from signatures import demo
from signatures.forms import SignOnForm
from signatures.models import Letter
from tests.factories import claim, make_letter, make_sign_on, make_staff
from tests.matching.test_lookalikes import SPOOFS

LISTED: list[dict[str, Any]] = json.loads(demo.FIXTURE.read_text(encoding="utf-8"))["organizations"]
NAMES = [one["name"] for one in LISTED]


def asked(**stated: Any) -> SignOnForm:
    """Return the public form as sent for a letter."""
    letter = Letter(pk=7)
    data = claim(**stated) | {"authorized": "on", "letters": ["7"]}
    return SignOnForm(data, letters=[letter])


def test_there_are_as_many_as_are_promised() -> None:
    assert len(NAMES) == 198
    assert len(SPOOFS) >= 30


def test_the_public_form_takes_each_as_it_is() -> None:
    refused = []
    for name in [*NAMES, *(spoof for spoof, _genuine in SPOOFS)]:
        form = asked(name=name)
        if form.errors or form.cleaned_data["name"] != name:
            refused.append((name, form.errors))
    assert refused == []


@pytest.mark.django_db
def test_moderators_see_every_disguise_and_no_other(client: Client) -> None:
    client.force_login(make_staff())
    letter, marked = make_letter(), set()
    for name in [*(spoof for spoof, _genuine in SPOOFS), *NAMES[::20]]:
        sign_on = make_sign_on([letter], name=name)
        page = client.get(f"/admin/signatures/signon/{sign_on.pk}/change/").content.decode()
        assert "<dt>Alphabet</dt>" in page
        if "no look-alike letters" not in page:
            marked.add(name)
    assert marked == {spoof for spoof, _genuine in SPOOFS}
