"""A reader leaves a letter open while organisations sign."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from signatures.models import Letter
from tests.factories import make_letter, make_signature

pytestmark = pytest.mark.django_db(transaction=True)

LETTER = "/letters/a-letter/"
A_LOOK = 31_000  # milliseconds, after which the first look has been


@pytest.fixture
def letter() -> Letter:
    """A letter with a long text, so that its list is out of view at first."""
    letter = make_letter(body="\n\n".join(["We write to you about water."] * 120))
    make_signature(letter, "Amal")
    return letter


class Asked:
    """What the page asks for, from now on."""

    def __init__(self, page: Page) -> None:
        self.addresses: list[str] = []
        page.on("request", lambda request: self.addresses.append(request.url))

    @property
    def looks(self) -> int:
        return len([address for address in self.addresses if address.endswith("count.json")])


def pass_time_until(page: Page, asked: Asked, looks: int) -> int:
    """Let time pass until the page has asked so often; return how many seconds that took."""
    for seconds in range(0, 400, 2):
        if asked.looks == looks:
            return seconds
        page.clock.fast_forward(2000)
        page.wait_for_timeout(10)
    raise AssertionError(asked.addresses)


def test_the_count_the_words_and_the_list_follow(page: Page, letter: Letter) -> None:
    page.clock.install()
    page.goto(LETTER)
    count, status = page.locator(".ledger .count"), page.locator(".ledger [role=status]")
    expect(count).to_have_text("1 organisation has signed")
    expect(status).to_have_text("")
    make_signature(letter, "Beit")
    page.clock.fast_forward(A_LOOK)
    expect(count).to_have_text("2 organisations have signed")
    expect(status).to_have_text("2 organisations have signed")
    expect(page.locator("#signatories li")).to_have_text(["Amal", "Beit"])
    letter.signatures.get(name="Amal").withdraw()
    page.clock.fast_forward(A_LOOK)
    expect(count).to_have_text("1 organisation has signed")
    expect(page.locator("#signatories li")).to_have_text(["Beit"])


def test_who_reads_the_list_is_not_disturbed(page: Page, letter: Letter) -> None:
    page.clock.install()
    page.goto(LETTER)
    page.locator("#signatories").scroll_into_view_if_needed()
    make_signature(letter, "Beit")
    page.clock.fast_forward(A_LOOK)
    expect(page.locator(".ledger .count b")).to_have_text("2")
    expect(page.locator("#signatories li")).to_have_text(["Amal"])
    page.evaluate("scrollTo(0, 0)")
    make_signature(letter, "Cairo")
    page.clock.fast_forward(A_LOOK)
    expect(page.locator("#signatories li")).to_have_text(["Amal", "Beit", "Cairo"])


def test_while_nothing_changes_little_is_asked(page: Page, letter: Letter) -> None:
    page.clock.install()
    page.goto(LETTER)
    asked = Asked(page)
    for looks in range(1, 6):
        pass_time_until(page, asked, looks)
    assert not [address for address in asked.addresses if address.endswith(LETTER)]


def test_a_page_in_the_background_asks_nothing(page: Page, letter: Letter) -> None:
    page.clock.install()
    page.goto(LETTER)
    asked = Asked(page)
    hide(page, hidden=True)
    page.clock.run_for(20 * A_LOOK)
    assert asked.looks == 0
    hide(page, hidden=False)
    with page.expect_response("**/count.json"):
        page.clock.fast_forward(2_000)


def hide(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_after_failures_it_asks_less_and_then_goes_on(
    page: Page, letter: Letter, complaints: list[str]
) -> None:
    page.clock.install()
    page.goto(LETTER)
    failing = True

    def fail(route: Any) -> None:
        if failing:
            route.fulfill(status=503, headers={"Retry-After": "120"})
        else:
            route.continue_()

    page.route("**/count.json", fail)
    asked = Asked(page)
    pass_time_until(page, asked, looks=1)
    failing = False
    make_signature(letter, "Beit")
    assert pass_time_until(page, asked, looks=2) >= 120  # as Retry-After says
    expect(page.locator(".ledger .count b")).to_have_text("2")
    complaints.clear()  # of the browser, about the answer 503


def test_it_can_be_stopped(page: Page, letter: Letter) -> None:
    page.clock.install()
    page.goto(LETTER)
    page.get_by_role("button", name="Stop updating").click()
    make_signature(letter, "Beit")
    asked = Asked(page)
    page.clock.run_for(5 * A_LOOK)
    assert asked.looks == 0
    page.get_by_role("button", name="Update again").click()
    page.clock.run_for(1000)
    expect(page.locator(".ledger .count b")).to_have_text("2")


def test_without_javascript_nothing_of_it_is_there(new_page: Any, letter: Letter) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(LETTER)
    expect(page.locator(".ledger .count b")).to_have_text("1")
    expect(page.get_by_role("button")).to_have_count(0)
