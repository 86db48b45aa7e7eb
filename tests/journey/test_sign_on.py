"""The whole story: a sign-on travels from the letter to the public list, and back."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect

from signatures import demo
from signatures.models import Letter
from tests.factories import make_letter, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

LETTERS = ("asp-president", "icc-prosecutor")
PASSWORD = "correct horse battery staple"
Visitor = Callable[..., Page]


def says(language: str, words: str) -> str:
    """Return the words as the interface says them in a language."""
    with override(language):
        return gettext(words)


def fill_in(page: Page, **other: str) -> None:
    """Fill the form as Alice would, with a local name and an acronym."""
    entries = {
        "name": "Association pour l’eau",
        "local_name": "جمعية المياه",
        "acronym": "APE",
        "website": "eau.example.org",
        "contact_name": "Alice Achieng",
        "contact_title": "Directrice",
        "email": "alice@eau.example.org",
    } | other
    for name, value in entries.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_country").select_option("FR")
    page.locator("#id_authorized").check()


def newest_mail(count: int) -> str:
    """Send what is owed; return the text of the newest of `count` mails."""
    call_command("send_mail", once=True)
    assert len(mail.outbox) == count
    return str(mail.outbox[-1].body)


def link(text: str, page: str) -> str:
    [address] = re.findall(rf"http://\S+/{page}/\S+", text)
    return str(address)


def expect_count(page: Page, client: Client, count: int, *, listed: bool) -> None:
    """See one count on both letters, in the JSON and in the table."""
    for slug in LETTERS:
        page.goto(f"/letters/{slug}/")
        expect(page.locator(".count b")).to_have_text(str(count))
        expect(page.locator(".names li")).to_have_count(count)
        name = page.locator(".names li", has_text="Association pour l’eau (APE)")
        expect(name).to_have_count(int(listed))
        assert client.get(f"/letters/{slug}/count.json").json()["count"] == count
        table = client.get(f"/letters/{slug}/signatories.csv").content.decode()
        assert len(list(csv.reader(io.StringIO(table)))) == count + 1
        assert ("Association pour l’eau (APE)" in table) is listed


def test_a_sign_on_travels_from_the_letter_to_the_public_list(
    new_page: Visitor, client: Client
) -> None:
    demo.load()
    make_staff("mona", password=PASSWORD, is_superuser=True)
    contact, moderator, reader = new_page(), new_page(), new_page()
    expect_count(reader, client, 198, listed=False)

    # The contact reads, and signs both letters with one form.
    contact.goto("/")
    contact.get_by_role("link", name="Open letter to the Prosecutor").click()
    contact.locator(".ledger").get_by_role("link", name="Sign as an organisation").click()
    for number in range(2):
        expect(contact.get_by_role("checkbox", name="Open letter").nth(number)).to_be_checked()
    fill_in(contact)
    expect(contact.locator(".listing-preview")).to_contain_text("Association pour l’eau (APE)")
    contact.get_by_role("button", name="Sign").click()
    expect(contact.get_by_role("heading", name="Check your mail")).to_be_visible()
    expect_count(reader, client, 198, listed=False)

    # The mailed link shows what will be listed; nothing happens before the button.
    contact.goto(link(newest_mail(1), "confirm"))
    expect(contact.locator(".listing")).to_have_text(re.compile("Association pour l’eau .APE."))
    for addressee in ("Silvia Fernández de Gurmendi", "Karim A. A. Khan"):
        expect(contact.locator(".claim-letters")).to_contain_text(addressee)
    contact.get_by_role("button", name="Confirm").click()
    expect(contact.get_by_role("status")).to_contain_text("confirmed")
    received = newest_mail(2)
    expect_count(reader, client, 198, listed=False)

    # A moderator finds it in the queue, and approves.
    moderator.goto("/admin/")
    moderator.get_by_label("Username").fill("mona")
    moderator.get_by_label("Password").fill(PASSWORD)
    moderator.get_by_role("button", name="Log in").click()
    moderator.goto("/admin/signatures/signon/")
    moderator.get_by_role("link", name="Association pour l’eau").first.click()
    expect(moderator.locator("body")).to_contain_text("same as the website")
    moderator.get_by_role("button", name="Approve", exact=True).click()
    expect(moderator.locator(".messagelist")).to_contain_text("listed under 2 letters")
    expect_count(reader, client, 199, listed=True)
    assert "is listed now" in newest_mail(3)

    # The contact changes their mind.
    contact.goto(link(received, "sign-on"))
    expect(contact.locator(".state")).to_contain_text("Listed")
    contact.get_by_text("Withdraw", exact=True).click()
    contact.get_by_role("button", name="Withdraw our sign-on").click()
    expect(contact.get_by_role("status")).to_contain_text("withdrawn")
    expect_count(reader, client, 198, listed=False)
    assert "taken back" in newest_mail(4)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_journey_in_each_direction_with_and_without_javascript(
    new_page: Visitor, language: str, scripts: bool
) -> None:
    make_letter()
    page = new_page(java_script_enabled=scripts)

    def button(words: str) -> Locator:
        return page.get_by_role("button", name=says(language, words), exact=True)

    def in_language() -> None:
        direction = {"en": "ltr", "ar": "rtl"}[language]
        expect(page.locator(f"html[lang={language}][dir={direction}]")).to_have_count(1)

    page.goto("/letters/a-letter/" if language == "en" else f"/{language}/letters/a-letter/")
    page.locator(".ledger a.button").click()
    in_language()

    # A mistake is shown first, at its field, and costs nothing.
    fill_in(page, email="alice", acronym="A" * 90)
    button("Sign, and confirm by e-mail").click()
    in_language()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    mistake = says(language, "Enter an e-mail address such as name@example.org.")
    summary.get_by_role("link", name=mistake).click()
    expect(page.locator("#id_email")).to_have_accessible_description(re.compile(re.escape(mistake)))
    expect(page.locator("#id_local_name")).to_have_value("جمعية المياه")
    expect(page.locator("#id_name")).to_have_value("Association pour l’eau")
    page.locator("#id_email").fill("alice@eau.example.org")
    page.locator("#id_acronym").fill("APE")
    button("Sign, and confirm by e-mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(says(language, "Check your mail"))
    in_language()

    # Mails and what they lead to speak the language in which the organisation signed.
    page.goto(link(newest_mail(1), "confirm"))
    in_language()
    expect(page.locator(".listing")).to_have_text(re.compile("Association pour l’eau .APE."))
    expect(page.locator(".listing bdi").first).to_have_text("Association pour l’eau (APE)")
    button("Confirm: we sign").click()
    in_language()
    expect(page.get_by_role("status")).to_be_visible()
    page.goto(link(newest_mail(2), "sign-on"))
    in_language()
    page.locator("summary", has_text=says(language, "Withdraw")).last.click()
    button("Withdraw our sign-on").click()
    in_language()
    expect(page.locator(".state-withdrawn")).to_be_visible()
    assert Letter.objects.get().sign_ons.get().status == "withdrawn"
    for message in mail.outbox:
        assert message.extra_headers["Content-Language"] == language


def test_a_mistake_is_shown_first_and_costs_nothing(page: Page) -> None:
    make_letter()
    page.goto("/letters/a-letter/sign/")
    fill_in(page, email="alice", name="...")
    page.get_by_role("button", name="Sign").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Enter an e-mail address").click()
    expect(page.locator("#id_email")).to_be_focused()
    expect(page.locator("#id_email")).to_have_value("alice")
    expect(page.locator("#id_local_name")).to_have_value("جمعية المياه")
    expect(page.get_by_label("I am authorised to sign")).to_be_checked()
    page.locator("#id_email").fill("alice@eau.example.org")
    page.locator("#id_name").fill("350.org")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()


def test_the_phone_keeps_the_button_in_reach(new_page: Visitor) -> None:
    make_letter(body="A line.\n\n" * 60)
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto("/letters/a-letter/")
    page.mouse.wheel(0, 2000)
    bar = page.locator(".bar")
    expect(bar.get_by_role("link", name="Sign as an organisation")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_form_fits_a_narrow_phone(new_page: Visitor) -> None:
    make_letter()
    page = new_page(viewport={"width": 320, "height": 640})
    for path in (
        "/",
        "/letters/a-letter/",
        "/letters/a-letter/sign/",
        "/letters/a-letter/signatories/",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_a_page_left_open_confirms_nothing(page: Page) -> None:
    make_letter()
    page.goto("/letters/a-letter/sign/")
    fill_in(page)
    page.get_by_role("button", name="Sign").click()
    page.goto(link(newest_mail(1), "confirm"))
    for _ in range(5):
        page.reload()
    page.wait_for_load_state("networkidle")
    assert Letter.objects.get().sign_ons.get().status == "unconfirmed"
