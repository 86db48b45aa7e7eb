"""The whole life of a letter: from a pasted text to the mail that tells what became of it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.utils.translation import gettext, override
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from openletters.staff import roles
from signatures.models import Letter
from tests.factories import PASSWORD, make_member
from tests.journey.steps import log_in

pytestmark = pytest.mark.django_db(transaction=True)

Visitor = Callable[..., Page]

TITLE = "Clean water for the lower Tana"
PUBLIC = "/letters/clean-water-for-the-lower-tana/"
DEMAND = "Publish the water levels of all three dams every week"
PASTED = f"""Nairobi, 12 November 2026

To: Ms Amina Wanjiru
Cabinet Secretary for Water
Ministry of Water and Irrigation
P.O. Box 49720
Nairobi, Kenya

Re: {TITLE}

Dear Ms Wanjiru,

Three dams have left the villages along the lower Tana without water since last year.

We urge you to:

1. {DEMAND};
2. Open the sluices in the months of draught.

We stand ready to meet you at any time.

Yours faithfully,
"""

FORUM, VALLEY, DELTA = "tana@forum.example.org", "vert@vallee.example.org", "dw@delta.example.org"


# What contacts do


def fill_in(page: Page, name: str, country: str, address: str, *, updates: bool) -> None:
    """Fill the form as the contact at an address would, and send it."""
    page.locator("#id_name").fill(name)
    page.locator("#id_country").select_option(country)
    page.locator("#id_contact_name").fill("Alice Achieng")
    page.locator("#id_contact_title").fill("Director")
    page.locator("#id_email").fill(address)
    page.locator("#id_updates").set_checked(updates)
    page.locator("#id_authorized").check()
    page.locator("form.form button.button").click()
    expect(page).to_have_url(re.compile("/sign/sent/$"))


def mails_to(address: str) -> list[EmailMessage]:
    """Send what is owed, and return all that has come to an address."""
    call_command("send_mail", once=True)
    return [message for message in mail.outbox if message.to == [address]]


def follow(page: Page, message: EmailMessage, kind: str) -> None:
    """Follow the link of a mail, and press the one button there."""
    [address] = re.findall(rf"http://\S+/{kind}/\S+", str(message.body))
    page.goto(address)
    page.locator("main form button.button").click()


def confirm(page: Page, address: str) -> None:
    """Follow the newest mail to the page that shows what will be listed, and confirm it."""
    follow(page, mails_to(address)[-1], "confirm")
    expect(page.get_by_role("status")).to_be_visible()


# What staff do


def press(page: Page, word: str, button: str) -> None:
    """Press a button that stands behind the word that opens it."""
    page.get_by_text(word, exact=True).click()
    page.get_by_role("button", name=button).click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def import_letter(editor: Page) -> str:
    """Paste the letter, correct a word of it, save; return the address of its page for staff."""
    editor.goto("/admin/signatures/letter/")
    editor.get_by_role("link", name="From a document…").click()
    editor.get_by_label("Text of the letter").fill(PASTED)
    editor.get_by_role("button", name="Read it").click()
    expect(editor.get_by_label("Title")).to_have_value(TITLE)
    expect(editor.get_by_label("Name", exact=True).first).to_have_value("Ms Amina Wanjiru")
    demands = editor.get_by_label("Demands", exact=True)
    expect(demands).to_have_value(f"{DEMAND}\nOpen the sluices in the months of draught.")
    assert not Letter.objects.exists()
    demands.fill(f"{DEMAND}\nOpen the sluices in the months of drought.")
    editor.get_by_role("button", name="Save as draft letters").click()
    expect(editor.locator(".messagelist")).to_contain_text("1 draft saved.")
    return editor.url


def make_secret_link(editor: Page) -> str:
    """Make a link for the initiators, and return it as it is copied from the page."""
    editor.get_by_role("link", name="Secret links").click()
    editor.get_by_label("For whom").fill("the initiators")
    editor.get_by_label("For initiators").check()
    editor.get_by_role("button", name="Make the link").click()
    return editor.get_by_label("Copy it from here").input_value()


def approve(moderator: Page, name: str) -> None:
    """Find it in the queue, and approve it."""
    moderator.goto("/admin/signatures/signon/")
    moderator.get_by_role("link", name=name).first.click()
    moderator.get_by_role("button", name="Approve", exact=True).click()
    moderator.wait_for_url("**/signon/")
    expect(moderator.locator(".messagelist")).to_contain_text(f"{name} is now listed")


def record_what_followed(editor: Page, desk: str) -> None:
    """Record a reply that everybody may read, and that a demand is met."""
    editor.goto(desk)
    editor.get_by_role("link", name="Responses and demands").click()
    editor.get_by_role("link", name="Record a response").click()
    editor.get_by_label("Replied", exact=True).check()
    editor.get_by_label("English").fill("The ministry will publish the levels.")
    editor.get_by_label("Everybody may read this").check()
    editor.get_by_role("button", name="Record it").click()
    expect(editor.locator(".messagelist")).to_contain_text("Recorded.")
    editor.get_by_role("link", name="Say where it stands").first.click()
    editor.get_by_label("Met", exact=True).check()
    editor.get_by_label("English").fill("They are published every Monday.")
    editor.get_by_label("Source").fill("https://water.example.org/levels")
    editor.get_by_role("button", name="Record it").click()
    expect(editor.locator(".messagelist")).to_contain_text("Recorded.")


def write_update(editor: Page) -> None:
    """Write an update, translate it, and try it out on oneself."""
    editor.goto("/admin/signatures/update/add/")
    editor.get_by_label("Letter", exact=False).first.select_option(label=TITLE)
    editor.get_by_label("Subject").fill("The water levels are public")
    editor.get_by_role("textbox", name="Text").fill("The ministry *publishes* them.")
    editor.get_by_role("button", name="Save and continue editing").click()
    editor.locator(".languages").get_by_role("link", name="French").click()
    editor.get_by_label("Subject").fill("Les niveaux sont publics")
    editor.get_by_role("textbox", name="Text").fill("Le ministère *les publie*.")
    editor.get_by_role("button", name="Save").click()
    expect(editor.locator(".messagelist .success")).to_be_visible()
    editor.get_by_role("link", name="Preview what is saved").click()
    editor.get_by_role("button", name="Send a test to myself").click()
    expect(editor.locator(".messagelist")).to_contain_text("A test is on its way")
    [test] = mails_to("edda@letters.example")
    assert "Les niveaux sont publics" in test.subject


def let_six_minutes_pass() -> None:
    """Let the passwords of all sessions be that old."""
    for stored in Session.objects.all():
        session = SessionStore(stored.session_key)
        session["confirmed_at"] -= 6 * 60
        session.save()


def send_update(moderator: Page, number: int) -> None:
    """Send it to as many as the page says, once the password was given again."""
    moderator.goto("/admin/signatures/update/")
    moderator.get_by_role("link", name="The water levels are public").click()
    moderator.get_by_role("link", name="Send it…").click()
    moderator.get_by_label("How many contacts get it?").fill(str(number))
    moderator.get_by_role("button", name=f"Send it to {number} contacts").click()
    moderator.get_by_label("Your password").fill(PASSWORD)
    moderator.get_by_role("button", name="Go on").click()
    expect(moderator.locator(".messagelist")).to_contain_text("It is being sent.")


# What the reader does


def verify(reader: Page, paper: Path, verdict: str) -> None:
    """Hand in a file at the page for anybody's files, and read what it is."""
    reader.goto("/verify/")
    reader.get_by_label("The file you were given").set_input_files(paper)
    reader.get_by_role("button", name="Verify").click()
    expect(reader.locator(".verdict")).to_contain_text(verdict)


def test_a_letter_travels_from_a_pasted_text_to_what_became_of_it(
    new_page: Visitor, live_server: LiveServer, tmp_path: Path
) -> None:
    editor, moderator, reader = new_page(), new_page(), new_page()
    log_in(editor, live_server, make_member("edda", roles.EDITOR))
    log_in(moderator, live_server, make_member("mona", roles.MODERATOR))

    # From a text to a draft, and to those who begin it; nobody else learns that it exists.
    desk = import_letter(editor)
    press(editor, "Collect privately…", "Collect privately now")
    secret = make_secret_link(editor)
    forum = new_page()
    forum.goto(secret)
    forum.locator(".ledger").get_by_role("link", name="Sign as an organisation").click()
    fill_in(forum, "Tana River Forum", "KE", FORUM, updates=False)
    confirm(forum, FORUM)
    approve(moderator, "Tana River Forum")
    forum.goto(secret)
    expect(forum.locator(".names li")).to_have_text([re.compile("Tana River Forum")])
    reader.goto("/")
    expect(reader.locator("body")).not_to_contain_text("Tana")
    hidden = reader.goto(PUBLIC)
    assert hidden
    assert hidden.status == 404

    # It is published, and others sign.
    editor.goto(desk)
    press(editor, "Publish…", "Publish it now")
    valley = new_page()
    valley.goto(f"/fr{PUBLIC}")
    valley.locator(".ledger a.button").click()
    fill_in(valley, "Vallée Verte", "CH", VALLEY, updates=True)
    confirm(valley, VALLEY)
    approve(moderator, "Vallée Verte")
    reader.goto(PUBLIC)
    expect(reader.locator(".count b")).to_have_text("2")
    expect(reader.locator(".names li")).to_have_count(2)

    # It is delivered, and whoever holds the paper can prove that it is what was delivered.
    editor.goto(desk)
    editor.get_by_role("link", name="Deliver…").click()
    editor.get_by_role("button", name="Deliver it now").click()
    editor.wait_for_url("**/edition/*/change/")
    expect(editor.locator(".messagelist")).to_contain_text("Delivered: edition 1.")
    reader.goto(PUBLIC)
    reader.locator("#signatories").get_by_role("link", name="edition 1").click()
    with reader.expect_download() as download:
        reader.get_by_role("link", name="PDF, English").click()
    paper = tmp_path / "letter.pdf"
    download.value.save_as(paper)
    verify(reader, paper, "This is edition 1, unchanged.")
    forged = bytearray(paper.read_bytes())
    forged[len(forged) // 2] ^= 1
    paper.write_bytes(forged)
    verify(reader, paper, "This belongs to no letter here, or it was changed.")

    # Somebody signs afterwards: the letter says so, and the edition stays as it was.
    delta = new_page()
    delta.goto(f"{PUBLIC}sign/")
    fill_in(delta, "Delta Watch", "NL", DELTA, updates=True)
    confirm(delta, DELTA)
    approve(moderator, "Delta Watch")
    reader.goto(PUBLIC)
    expect(reader.locator(".count b")).to_have_text("3")
    marked = reader.locator(".names li", has_text="after delivery")
    expect(marked).to_have_text([re.compile("Delta Watch")])
    reader.goto(f"{PUBLIC}editions/1/")
    expect(reader.get_by_role("heading", name="2 signatories")).to_be_visible()
    expect(reader.locator("main")).not_to_contain_text("Delta Watch")

    # There is a reply, and a demand is met: everybody can follow it.
    record_what_followed(editor, desk)
    reader.goto(PUBLIC)
    expect(reader.locator("#timeline .event-title b")).to_have_text(
        ["Published", "Delivered with 2 signatories", "Replied", "Demand 1: met"]
    )
    expect(reader.locator(".demands li").first).to_contain_text("They are published every Monday.")

    # Those who wished to be told are told, each in their language; one click ends it.
    write_update(editor)
    let_six_minutes_pass()
    send_update(moderator, 2)
    [in_french] = [one for one in mails_to(VALLEY) if "Les niveaux sont publics" in one.subject]
    assert "Le ministère" in in_french.body
    assert "The water levels are public" in mails_to(DELTA)[-1].subject
    assert not any("levels" in one.subject for one in mails_to(FORUM))
    follow(valley, in_french, "unsubscribe")
    with override("fr"):
        expect(valley.locator("h1")).to_have_text(gettext("You get no more updates"))
