"""An editor who changes a text that people were asked to sign says what kind of change it is."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from signatures.models import Letter, OutgoingMail, SignOn, TextVersion
from tests.desk.steps import TO_MINISTER, letter_form, letter_page, rows
from tests.factories import make_letter, make_sign_on, make_signature, make_staff

pytestmark = pytest.mark.django_db

CORRECTION, SUBSTANCE = TextVersion.Kind.CORRECTION, TextVersion.Kind.SUBSTANCE


@pytest.fixture
def letter() -> Letter:
    """A public letter that the page's form says word for word."""
    made = make_letter(
        "on-water",
        status=Letter.Status.DRAFT,
        title="On water",
        body="We write about *water*.",
        place="Nairobi",
        salutation="Dear Minister,",
        dated="2026-11-23",
        addressee="",
        demands=["Publish the figures.", "Pay for the repair."],
    )
    made.addressees.create(order=1, kind="to", country="KE", position="Minister of Water")
    made.publish()
    return made


def sent(letter: Letter, **fields: Any) -> dict[str, Any]:
    """Return what the page sends when somebody presses its button."""
    one, two = letter.demands.all()
    stated = {
        **rows("addressees", {**TO_MINISTER, "id": letter.addressees.get().pk}, initial=1),
        **rows(
            "demands",
            {"id": one.pk, "order": 1, "text": "Publish the figures."},
            {"id": two.pk, "order": 2, "text": "Pay for the repair."},
            initial=2,
        ),
    }
    return letter_form(**{**stated, **fields})


def marking(shown: Any, kind: str, **fields: Any) -> dict[str, Any]:
    until = timezone.localtime(timezone.now() + timedelta(days=10))
    return {
        "marking-seen": shown.context["marking"]["seen"].value(),
        "marking-kind": kind,
        "marking-note": "A clearer title.",
        "marking-reaffirm_by_0": until.date().isoformat(),
        "marking-reaffirm_by_1": "18:00",
        **fields,
    }


def mark(editor: Client, letter: Letter, data: dict[str, Any], kind: str, **fields: Any) -> Any:
    """Send a change, and then what kind it is."""
    shown = editor.post(letter_page(letter), data)
    assert shown.status_code == 200
    return editor.post(letter_page(letter), {**data, **marking(shown, kind, **fields)})


def test_a_letter_that_nobody_was_asked_to_sign_needs_none(editor: Client) -> None:
    letter = make_letter(status=Letter.Status.DRAFT)
    assert editor.post(letter_page(letter), letter_form(title="Otherwise")).status_code == 302
    assert not TextVersion.objects.exists()


def test_saving_the_same_text_needs_none(editor: Client, letter: Letter) -> None:
    data = sent(letter, contact_email="press@water.example", summary="In short.")
    assert editor.post(letter_page(letter), data).status_code == 302
    assert TextVersion.objects.count() == 1


def test_a_change_is_shown_before_it_is_saved_and_nothing_entered_is_lost(
    editor: Client, letter: Letter
) -> None:
    response = editor.post(letter_page(letter), sent(letter, title="On clean water"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "<ins>clean </ins>" in page
    assert "Say above what kind of change this is" in page
    assert 'value="On clean water"' in page
    assert Letter.objects.get().title == "On water"
    assert TextVersion.objects.count() == 1


def test_a_correction_is_a_version_and_asks_nobody(editor: Client, letter: Letter) -> None:
    make_sign_on([letter])
    before = Letter.objects.get().revision
    response = mark(editor, letter, sent(letter, title="On clean water"), CORRECTION)
    assert response.status_code == 302
    version = TextVersion.objects.get(number=2)
    assert (version.kind, version.note) == (CORRECTION, "A clearer title.")
    assert version.reaffirm_by is None
    letter.refresh_from_db()
    assert (letter.title, letter.text_version, letter.substance_version) == ("On clean water", 2, 1)
    assert letter.revision == before + 1
    assert not OutgoingMail.objects.exists()


def test_a_change_of_substance_asks_every_contact(
    editor: Client, letter: Letter, mona: Any
) -> None:
    pending = make_sign_on([letter])
    approved = make_sign_on([letter], name="River Watch", email="b@river.example")
    approved.approve(actor=mona)
    gone = make_sign_on([letter], name="Lake Watch", email="c@lake.example")
    gone.withdraw()
    unconfirmed = SignOn.Status.UNCONFIRMED
    make_sign_on([letter], name="Sea Watch", email="d@sea.example", status=unconfirmed)
    make_sign_on([make_letter("other")], name="Pond Watch", email="e@pond.example")
    response = mark(editor, letter, sent(letter, title="On all waters"), SUBSTANCE)
    assert response.status_code == 302
    version = TextVersion.objects.get(letter=letter, number=2)
    assert version.kind == SUBSTANCE
    assert version.reaffirm_by is not None
    mails = OutgoingMail.objects.filter(kind=OutgoingMail.Kind.REAFFIRM)
    assert {mail.sign_on_id for mail in mails} == {pending.pk, approved.pk}


def saying(response: Any) -> list[str]:
    return [str(one) for one in get_messages(response.wsgi_request)]


def test_whoever_saves_it_is_told_how_many_are_asked_and_until_when(
    editor: Client, letter: Letter
) -> None:
    make_sign_on([letter])
    make_sign_on([letter], name="River Watch", email="b@river.example")
    make_sign_on([make_letter("other")], name="Pond Watch", email="e@pond.example")
    data = sent(letter, title="On all waters", time_zone="Africa/Nairobi")
    said = saying(mark(editor, letter, data, SUBSTANCE))
    [told] = [one for one in said if "stand by the new text" in one]
    assert "2 organisations are asked by mail" in told
    assert told.endswith("18:00 (Nairobi time).")


def test_whoever_saves_it_is_told_that_nobody_could_be_asked(
    editor: Client, letter: Letter
) -> None:
    said = saying(mark(editor, letter, sent(letter, title="On all waters"), SUBSTANCE))
    assert "No organisation is asked by mail whether it stands by the new text." in said


def test_of_a_correction_nobody_is_told_such_a_thing(editor: Client, letter: Letter) -> None:
    make_sign_on([letter])
    said = saying(mark(editor, letter, sent(letter, title="On clean water"), CORRECTION))
    assert not any("asked" in one for one in said)


class TestStanding:
    """The letter's page says who stands under which of its texts."""

    TITLE = "Who stands under which text"

    def test_it_says_nothing_while_there_is_but_one(self, editor: Client, letter: Letter) -> None:
        make_signature(letter)
        assert mark(editor, letter, sent(letter, title="On clean water"), CORRECTION)
        assert self.TITLE not in editor.get(letter_page(letter)).content.decode()

    def test_each_text_leads_to_who_stands_under_it(self, editor: Client, letter: Letter) -> None:
        for name in ("River Watch", "Lake Watch"):
            make_signature(letter, name)
        make_signature(letter, "Sea Watch").withdraw()
        data = sent(letter, title="On all waters", time_zone="Africa/Nairobi")
        mark(editor, letter, data, SUBSTANCE)
        letter.refresh_from_db()
        make_signature(letter, "Pond Watch")
        Letter.objects.filter(pk=letter.pk).raise_revision()
        page = editor.get(letter_page(letter)).content.decode()
        panel = page.partition(self.TITLE)[2].partition("</section>")[0]
        first, last = panel.partition("Version 2")[2].split("Version 1")
        assert "1 signatory" in first
        assert "2 have not answered" in first
        assert "18:00 (Nairobi time)" in first
        assert "2 signatories" in last
        assert "answered" not in last
        [address] = re.findall(r'href="([^"]*text=1)"', panel)
        found = editor.get(address.replace("&amp;", "&")).content.decode()
        assert "River Watch" in found
        assert "Lake Watch" in found
        assert "Pond Watch" not in found
        assert "Sea Watch" not in found

    def test_texts_are_offered_of_a_chosen_letter_alone(
        self, editor: Client, letter: Letter
    ) -> None:
        make_signature(letter)
        mark(editor, letter, sent(letter, title="On all waters"), SUBSTANCE)
        every = "/admin/signatures/signature/"
        for query in ("?text=2", "?text=2&letter=x", f"?text=9&letter={letter.pk}"):
            assert "Water Watch" in editor.get(every + query).content.decode()
        assert "text=2" not in editor.get(every).content.decode()
        assert "text=2" in editor.get(f"{every}?letter={letter.pk}").content.decode()


def test_the_time_to_answer_is_typed_and_told_in_the_letters_own_zone(
    editor: Client, letter: Letter
) -> None:
    data = sent(letter, title="On all waters", time_zone="Africa/Nairobi")
    page = editor.post(letter_page(letter), data).content.decode()
    assert "To be re-affirmed by (Nairobi time)" in page
    assert 'name="marking-reaffirm_by_1" value="18:00:00"' in page
    assert mark(editor, letter, data, SUBSTANCE).status_code == 302
    until = TextVersion.objects.get(number=2).reaffirm_by
    assert until
    assert until.hour == 15
    Letter.objects.filter(pk=letter.pk).raise_revision()
    assert (
        "18:00 (Nairobi time)" in editor.get(f"/letters/{letter.slug}/versions/").content.decode()
    )


@pytest.mark.parametrize("change", ["addressee", "demand", "order"])
def test_whom_it_goes_to_and_what_it_asks_is_no_correction(
    editor: Client, letter: Letter, change: str
) -> None:
    one, two = letter.demands.all()
    president = {**TO_MINISTER, "order": 2, "position": "President"}
    minister = {**TO_MINISTER, "id": letter.addressees.get().pk}
    first, second = (
        {"id": row.pk, "order": order, "text": row.text}
        for order, row in enumerate((one, two), start=1)
    )
    changes = {
        "addressee": rows("addressees", minister, president, initial=1),
        "demand": rows("demands", first, second, {"order": 3, "text": "Resign."}, initial=2),
        "order": rows("demands", {**first, "order": 2}, {**second, "order": 1}, initial=2),
    }
    data = sent(letter, **changes[change])
    response = mark(editor, letter, data, CORRECTION)
    assert response.status_code == 200
    [told] = response.context["marking"].errors["kind"]
    assert "a signature covers to whom the letter goes" in told
    assert TextVersion.objects.count() == 1
    assert mark(editor, letter, data, SUBSTANCE).status_code == 302
    assert TextVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("marking-kind", "", "Say what kind of change this is."),
        ("marking-note", "", "Tell readers what has changed."),
        ("marking-reaffirm_by_0", "2026-11-01", "at least 3 days"),
        ("marking-reaffirm_by_0", "", "Enter a valid date."),
    ],
)
def test_what_is_missing_is_told_beside_the_field(
    editor: Client, letter: Letter, field: str, value: str, told: str
) -> None:
    data = sent(letter, title="On clean water")
    response = mark(editor, letter, data, SUBSTANCE, **{field: value})
    assert response.status_code == 200
    errors = response.context["marking"].errors
    assert told in str(errors)
    assert Letter.objects.get().title == "On water"


def test_what_was_changed_once_more_is_shown_once_more(editor: Client, letter: Letter) -> None:
    shown = editor.post(letter_page(letter), sent(letter, title="On clean water"))
    said = marking(shown, CORRECTION)
    again = editor.post(letter_page(letter), {**sent(letter, title="On dirty water"), **said})
    assert again.status_code == 200
    assert "<ins>dirty </ins>" in again.content.decode()
    assert "A clearer title." in again.content.decode()
    assert TextVersion.objects.count() == 1


def test_translations_are_versions_without_being_asked_about(
    editor: Client, letter: Letter
) -> None:
    page = f"{letter_page(letter).removesuffix('change/')}translate/fr/"
    name = f"letter-{letter.pk}"
    data = {f"{name}-title": "Sur l'eau", f"{name}-body": "Nous écrivons.", "note": "Now in French"}
    assert editor.post(page, data).status_code == 302
    version = TextVersion.objects.get(number=2)
    assert (version.kind, version.note) == (TextVersion.Kind.TRANSLATION, "Now in French")
    assert version.content["texts"]["fr"]["title"] == "Sur l'eau"
    assert Letter.objects.get().substance_version == 1
    editor.post(f"{letter_page(letter)}delete-translation/fr/")
    assert TextVersion.objects.get(number=3).kind == TextVersion.Kind.TRANSLATION


def test_another_binding_language_has_to_be_marked(editor: Client, letter: Letter) -> None:
    letter.create_translation("fr", title="Sur l'eau", body="Nous écrivons.")
    for row in (letter.addressees.get(), *letter.demands.all()):
        row.create_translation("fr", **{"text": "x"} if hasattr(row, "text") else {})
    TextVersion.objects.freeze(letter, kind=TextVersion.Kind.TRANSLATION)
    response = editor.post(letter_page(letter), sent(letter, language="fr"))
    assert response.status_code == 200
    assert Letter.objects.get().language == "en"
    assert "marking" in response.context


def test_who_may_only_look_changes_nothing(client: Client, letter: Letter) -> None:
    client.force_login(make_staff("viola", permissions=["view_letter"]))
    assert client.post(letter_page(letter), sent(letter, title="On fire")).status_code == 403
