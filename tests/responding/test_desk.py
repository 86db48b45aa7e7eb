"""Editors record responses and demands from the letter's page, look first, and correct."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openletters.staff import roles
from signatures.models import DemandNote, Letter, Response, ResponseFile
from tests.factories import make_letter, make_member
from tests.responding.steps import days_ago, old_letter, respond, say
from tests.staff.steps import give_app, log_in

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\nDear all\n%%EOF\n"


@pytest.fixture
def letter() -> Letter:
    letter = old_letter(demands=["Stop the leak.", "Pay for it."])
    letter.create_translation("ar", title="رسالة", body="نص")
    return letter


def browser(role: str) -> Client:
    member = make_member(role.lower(), role)
    give_app(member)
    client = Client()
    log_in(client, member)
    return client


@pytest.fixture
def editor() -> Client:
    return browser(roles.EDITOR)


def ledger(letter: Letter) -> str:
    return f"/admin/signatures/letter/{letter.pk}/responses/"


def stated(letter: Letter, **more: Any) -> dict[str, Any]:
    return {
        "kind": "replied",
        "addressees": [one.pk for one in letter.addressees.all()],
        "dated": f"{days_ago(3):%Y-%m-%d}",
        "text_en": "Thank you for your letter.",
        **more,
    }


def test_the_letters_page_leads_there(editor: Client, letter: Letter) -> None:
    page = editor.get(f"/admin/signatures/letter/{letter.pk}/change/").content.decode()
    assert f'href="{ledger(letter)}"' in page
    page = editor.get(ledger(letter)).content.decode()
    assert "Nothing is recorded yet." in page
    assert page.count("Say where it stands") == 2


def test_an_entry_is_recorded_as_internal_and_can_be_made_public(
    editor: Client, letter: Letter
) -> None:
    sent: Any = editor.post(f"{ledger(letter)}add/", stated(letter), follow=True)
    made = Response.objects.get()
    assert sent.redirect_chain == [(ledger(letter), 302)]
    assert "Recorded." in sent.content.decode()
    assert not made.public
    assert made.recorded_by == User.objects.get(username="editor")
    address = f"{ledger(letter)}{made.entry}/"
    page = editor.get(address).content.decode()
    assert "How it would look, if it were public" in page
    assert "Thank you" not in Client().get("/letters/a-letter/").content.decode()
    editor.post(address, stated(letter, seen=made.pk, public="on"))
    assert "Thank you" in Client().get("/letters/a-letter/").content.decode()
    assert LogEntry.objects.count() == 2


def test_one_looks_before_anything_is_stored(editor: Client, letter: Letter) -> None:
    data = stated(letter, text_ar="شكرا لكم", preview="1")
    page = editor.post(f"{ledger(letter)}add/", data).content.decode()
    assert "nothing is saved yet" in page
    looks = page[page.index('id="looks-title"') : page.index("</section>")]
    assert '<ol class="events">' in looks
    assert '<ol class="events" lang="ar" dir="rtl">' in looks
    assert "<p>Thank you for your letter.</p>" in looks
    assert "<p>شكرا لكم</p>" in looks
    assert page.count("شكرا لكم") == 2  # and in the form
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"dated": f"{days_ago(-1):%Y-%m-%d}"}, "This day is still to come"),
        ({"dated": f"{days_ago(200):%Y-%m-%d}"}, "before the date of the letter"),
        ({"text_en": ""}, "A reply needs its text"),
        ({"source": "http://news.example.org/"}, "URL"),
        ({"source": "https://10.0.0.1/"}, "a page that everybody can open"),
        ({"addressees": []}, "This field is required"),
        ({"kind": "bribed"}, "bribed"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_lost(
    editor: Client, letter: Letter, wrong: dict[str, Any], told: str
) -> None:
    data = (
        stated(letter, text_ar="شكرا لكم", public="on", **wrong)
        if "text_en" not in wrong
        else ({**stated(letter, public="on"), **wrong})
    )
    page = editor.post(f"{ledger(letter)}add/", data).content.decode()
    assert "Something is missing or not right yet" in page
    assert told in page
    assert 'name="public" id="id_record_public" checked' in page.replace(
        'aria-describedby="id_record_public_helptext" ', ""
    )
    assert not Response.objects.exists()


def test_the_addressee_of_another_letter_is_refused(editor: Client, letter: Letter) -> None:
    other = make_letter("other").addressees.get()
    editor.post(f"{ledger(letter)}add/", stated(letter, addressees=[other.pk]))
    assert not Response.objects.exists()


class TestFile:
    def send(self, editor: Client, letter: Letter, content: bytes, **more: Any) -> Any:
        upload = SimpleUploadedFile("reply from her.exe", content)
        data = stated(letter, text_en="", upload=upload, **more)
        return editor.post(f"{ledger(letter)}add/", data)

    def test_a_reply_may_be_a_file(self, editor: Client, letter: Letter) -> None:
        self.send(editor, letter, PDF)
        made = Response.objects.get()
        assert made.file.endswith(".pdf")
        got = editor.get(f"{ledger(letter)}{made.entry}/{made.file}")
        assert got.content == PDF
        assert got["Content-Disposition"] == 'attachment; filename="response.pdf"'
        assert got["Content-Security-Policy"].endswith("; sandbox")
        assert got["Cache-Control"] == "no-store"
        assert Client().get(made.file_address).status_code == 404

    def test_what_could_run_is_refused(self, editor: Client, letter: Letter) -> None:
        page = self.send(editor, letter, b"MZ\x00\x00").content.decode()
        assert "This kind of file cannot be used" in page
        assert not ResponseFile.objects.exists()

    def test_it_can_be_deleted_for_good(self, editor: Client, letter: Letter) -> None:
        self.send(editor, letter, PDF)
        made = Response.objects.get()
        address = f"{ledger(letter)}{made.entry}/"
        editor.post(address, stated(letter, seen=made.pk, no_file="on"))
        assert not ResponseFile.objects.exists()
        assert editor.get(f"{address}{made.file}").status_code == 404

    def test_who_must_look_again_is_told_to_choose_it_again(
        self, editor: Client, letter: Letter
    ) -> None:
        page = self.send(editor, letter, PDF, dated="2001-01-01").content.decode()
        assert "Please choose the file again" in page


def test_a_form_sent_twice_records_once(editor: Client, letter: Letter) -> None:
    page = editor.get(f"{ledger(letter)}add/").content.decode()
    entry = page.partition('name="entry" value="')[2].partition('"')[0]
    for _time in range(2):
        assert editor.post(f"{ledger(letter)}add/", stated(letter, entry=entry)).status_code == 302
    assert Response.objects.count() == 1


def test_who_corrects_what_was_corrected_meanwhile_is_told(editor: Client, letter: Letter) -> None:
    first = respond(letter)
    address = f"{ledger(letter)}{first.entry}/"
    editor.post(address, stated(letter, seen=first.pk, text_en="One"))
    page = editor.post(address, stated(letter, seen=first.pk, text_en="Two")).content.decode()
    assert "somebody else has corrected this meanwhile" in page
    assert ">\nTwo</textarea>" in page
    present = Response.objects.current().get()
    assert present.texts == {"en": "One"}
    assert f'name="seen" value="{present.pk}"' in page
    editor.post(address, stated(letter, seen=present.pk, text_en="Two"))
    assert Response.objects.current().get().texts == {"en": "Two"}


def test_what_was_entered_by_mistake_is_retracted(editor: Client, letter: Letter) -> None:
    made, note = respond(letter), say(letter.demands.all()[0])
    for entry in (made.entry, f"notes/{note.entry}"):
        address = f"{ledger(letter)}{entry}/"
        seen = made.pk if entry == made.entry else note.pk
        for _time in range(2):
            editor.post(address, {"retract": "1", "seen": seen})
        page = editor.get(address).content.decode()
        assert "retracted" in page
        assert "Save the correction" not in page
    assert not Response.objects.current().exists()
    assert not DemandNote.objects.current().exists()


def test_editors_say_where_a_demand_stands(editor: Client, letter: Letter) -> None:
    second = letter.demands.all()[1]
    address = f"{ledger(letter)}demands/{second.pk}/"
    data = {"status": "partly_met", "dated": f"{days_ago(2):%Y-%m-%d}", "text_en": "Half is paid."}
    page = editor.post(address, {**data, "preview": "1"}).content.decode()
    assert "Demand 2: partly met" in page
    assert 'lang="ar"' in page
    sent: Any = editor.post(address, data)
    note = DemandNote.objects.get()
    assert sent.url == ledger(letter)
    assert "Half is paid." in Client().get("/letters/a-letter/").content.decode()
    address = f"{ledger(letter)}notes/{note.entry}/"
    editor.post(address, {**data, "seen": note.pk, "text_en": "Half of it is paid."})
    assert "Half of it is paid." in Client().get("/letters/a-letter/").content.decode()


def test_moderators_read_and_change_nothing(letter: Letter) -> None:
    made, note = respond(letter, public=False), say(letter.demands.all()[0])
    moderator = browser(roles.MODERATOR)
    page = moderator.get(ledger(letter)).content.decode()
    assert "Record a response" not in page
    assert "Say where it stands" not in page
    for entry in (made.entry, f"notes/{note.entry}"):
        page = moderator.get(f"{ledger(letter)}{entry}/").content.decode()
        assert "<form" not in page.partition('id="content"')[2]
        assert moderator.post(f"{ledger(letter)}{entry}/", {"retract": "1"}).status_code == 403
    assert moderator.get(f"{ledger(letter)}add/").status_code == 403
    assert moderator.post(f"{ledger(letter)}add/", stated(letter)).status_code == 403
