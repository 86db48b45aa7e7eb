"""Browsers end lines otherwise than files do: a text is kept in one form, however it came in."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Value
from django.test import Client
from django.utils import timezone

from signatures import canonical
from signatures.models import Demand, Letter, TextVersion, extending
from tests.desk.steps import TO_MINISTER, letter_form, letter_page, rows
from tests.factories import make_letter, make_staff, make_update
from tests.responding.steps import old_letter, respond, say

pytestmark = pytest.mark.django_db

TYPED, KEPT = "One.\r\n\r\nTwo.\rThree.", "One.\n\nTwo.\nThree."


def test_what_is_typed_into_a_letters_form_is_handed_out_as_files_have_it(client: Client) -> None:
    letter = make_letter("on-water", addressee="")
    staff = make_staff("edda")
    staff.user_permissions.set(Permission.objects.all())
    client.force_login(staff)
    data = letter_form(
        body=TYPED,
        **rows("addressees", {**TO_MINISTER, "postal_address": TYPED}),
        **rows("demands", {"order": 1, "text": TYPED}),
    )
    assert client.post(letter_page(letter), data).status_code == 302
    told = client.get("/api/v1/letters/on-water").json()
    assert told["texts"]["en"]["body"] == KEPT
    assert told["addressees"][0]["texts"]["en"]["postal_address"] == KEPT
    assert told["demands"][0]["texts"]["en"]["text"] == KEPT


def test_so_is_what_is_recorded_announced_and_written_to_signatories() -> None:
    letter = old_letter(demands=["Act."])
    texts = {"en": TYPED}
    assert respond(letter, texts=texts).text == KEPT
    assert say(Demand.objects.get(), texts=texts).text == KEPT
    TextVersion.objects.freeze(letter, kind=TextVersion.Kind.FIRST)
    letter.title = "Open letter on wells"
    letter.save()
    version = TextVersion.objects.freeze(letter, kind=TextVersion.Kind.CORRECTION, note=TYPED)
    assert version.note == KEPT
    until = timezone.now() + timedelta(days=9)
    Letter.objects.filter(pk=letter.pk).update(closes_at=timezone.now() + timedelta(days=1))
    extension = extending.extend(letter, until, note=texts, actor=make_staff("ed"))
    assert extension
    assert extension.note == {"en": KEPT}
    assert make_update(letter, body=TYPED).body == KEPT


def test_a_frozen_text_stays_to_the_bit_when_its_letter_is_put_into_that_form() -> None:
    letter = make_letter(status=Letter.Status.DRAFT)
    letter.translations.update(body=Value(TYPED))  # as it was stored before there was one form
    letter = Letter.objects.get()
    assert letter.body == TYPED
    letter.publish()
    before = TextVersion.objects.get()
    letter.translations.get().save()
    assert Letter.objects.get().body == KEPT
    after = TextVersion.objects.freeze(letter, kind=TextVersion.Kind.CORRECTION)
    assert (after.pk, after.sha256) == (before.pk, canonical.fingerprint(before.content))
