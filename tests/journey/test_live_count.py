"""A reader leaves a letter open while organisations sign."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from signatures.mirror import Mirror
from signatures.models import Letter
from tests.factories import make_letter, make_signature, make_staff
from tests.journey.steps import log_in

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
        self.answered = 0
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("requestfinished", self.count_answer)
        page.on("requestfailed", self.count_answer)

    def count_answer(self, _request: Request) -> None:
        self.answered += 1

    @property
    def looks(self) -> int:
        return len([address for address in self.addresses if address.endswith("count.json")])

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is on its way, for which the page's time had better stand still."""
        return self.answered < len(self.addresses)


def pass_time_until(page: Page, asked: Asked, looks: int) -> int:
    """Let time pass until the page has asked so often; return how many seconds that took."""
    for seconds in range(0, 400, 2):
        if asked.looks == looks:
            return seconds
        page.clock.fast_forward(2000)
        page.wait_for_timeout(10)
        while asked.is_waiting:
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


def read_the_list_while_another_signs(page: Page, letter: Letter) -> None:
    """Have the list in view when the count follows."""
    page.clock.install()
    page.goto(LETTER)
    page.locator("#signatories").scroll_into_view_if_needed()
    make_signature(letter, "Beit")
    page.clock.fast_forward(A_LOOK)
    expect(page.locator(".ledger .count b")).to_have_text("2")


def test_who_reads_the_list_is_not_disturbed(page: Page, letter: Letter) -> None:
    read_the_list_while_another_signs(page, letter)
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


def test_a_page_from_an_older_cache_is_not_taken_for_the_new_one(
    page: Page, letter: Letter
) -> None:
    """A cache may know the new figures and, for a second, still have a page of before."""
    changed_in_another_second(letter)
    page.clock.install()
    answer = page.goto(LETTER)
    assert answer
    before, old = answer.text(), False
    page.route(
        f"**{LETTER}", lambda route: route.fulfill(body=before) if old else route.continue_()
    )
    count = page.locator(".ledger .count b")
    make_signature(letter, "Beit")
    page.clock.fast_forward(A_LOOK)
    expect(count).to_have_text("2")
    old = True
    make_signature(letter, "Cairo")
    asked = Asked(page)
    pass_time_until(page, asked, looks=2)
    assert [address for address in asked.addresses if address.endswith(LETTER)]
    expect(count).to_have_text("2")
    old = False
    pass_time_until(page, asked, looks=3)
    expect(count).to_have_text("3")


def test_an_answer_from_before_changes_nothing(page: Page, letter: Letter) -> None:
    """As an edge gives it that the app has not answered for a while."""
    page.clock.install()
    page.goto(LETTER)
    stale = {"count": 0, "as_of": "2020-01-01T00:00:00Z"}
    page.route("**/count.json", lambda route: route.fulfill(json=stale))
    asked = Asked(page)
    pass_time_until(page, asked, looks=3)
    assert not [address for address in asked.addresses if address.endswith(LETTER)]
    expect(page.locator(".ledger .count b")).to_have_text("1")


def changed_in_another_second(letter: Letter) -> None:
    """Let what comes be told apart from the present state, which is known to the second."""
    Letter.objects.filter(pk=letter.pk).update(revised_at=letter.revised_at - timedelta(seconds=5))


def test_the_list_follows_when_its_reader_has_left_it(page: Page, letter: Letter) -> None:
    read_the_list_while_another_signs(page, letter)
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.clock.fast_forward(A_LOOK)
    expect(page.locator("#signatories li")).to_have_text(["Amal", "Beit"])


def test_coming_back_to_the_page_does_not_shorten_what_the_server_asked_for(
    page: Page, letter: Letter, complaints: list[str]
) -> None:
    page.clock.install()
    page.goto(LETTER)
    busy = {"status": 503, "headers": {"Retry-After": "1200"}}
    page.route("**/count.json", lambda route: route.fulfill(**busy))
    asked = Asked(page)
    with page.expect_response("**/count.json"):
        page.clock.fast_forward(A_LOOK)
    for _turn in range(5):
        hide(page, hidden=True)
        hide(page, hidden=False)
        page.clock.run_for(200_000)
    assert asked.looks == 1
    complaints.clear()  # of the browser, about the answer 503


def test_turning_to_and_fro_asks_no_more_than_staying(page: Page, letter: Letter) -> None:
    page.clock.install()
    page.goto(LETTER)
    asked = Asked(page)
    for _turn in range(9):
        hide(page, hidden=True)
        hide(page, hidden=False)
        page.clock.run_for(2_000)
    assert asked.looks == 0


def test_after_an_outage_it_looks_as_often_as_before(
    page: Page, letter: Letter, complaints: list[str]
) -> None:
    page.clock.install()
    page.goto(LETTER)
    failing = True
    page.route(
        "**/count.json",
        lambda route: route.fulfill(status=503) if failing else route.continue_(),
    )
    asked = Asked(page)
    waited = [pass_time_until(page, asked, looks) for looks in (1, 2, 3)]
    assert waited == sorted(waited)
    assert waited[-1] > 2 * waited[0]
    failing = False
    pass_time_until(page, asked, looks=4)
    assert pass_time_until(page, asked, looks=5) < 60
    failing = True
    pass_time_until(page, asked, looks=6)
    assert pass_time_until(page, asked, looks=7) < 100
    complaints.clear()  # of the browser, about the answers 503


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves(new_page: Any, letter: Letter, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 844})
    page.clock.install()
    page.add_init_script(
        """window.moved = [];
        new PerformanceObserver(seen => moved.push(...seen.getEntries().map(one => one.value)))
            .observe({type: "layout-shift", buffered: true});"""
    )
    # So that the page is seen before the script comes.
    page.route("**/live.js", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.goto(LETTER)
    make_signature(letter, "Beit")
    page.clock.fast_forward(A_LOOK)
    expect(page.locator(".ledger .count b")).to_have_text("2")
    expect(page.get_by_role("button", name="Stop updating")).to_be_visible()
    assert page.evaluate("moved") == []


def test_a_preview_is_left_alone(page: Page, letter: Letter, live_server: LiveServer) -> None:
    log_in(page, live_server, make_staff("edda", is_superuser=True))
    page.goto(f"/admin/signatures/letter/{letter.pk}/preview/")
    expect(page.locator(".ledger .count b")).to_have_text("1")
    expect(page.get_by_role("button", name="Stop updating")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_can_be_stopped(new_page: Any, letter: Letter, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 844})
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


def test_a_copy_on_a_disk_asks_nothing(browser: Browser, letter: Letter, tmp_path: Path) -> None:
    """There the browser refuses every request, and complains of each."""
    Mirror(tmp_path / "copy").update()
    with browser.new_page() as page:
        page.clock.install()
        page.goto((tmp_path / "copy/letters/a-letter/index.html").as_uri())
        expect(page.locator(".ledger .count")).to_have_text("1 organisation has signed")
        asked = Asked(page)
        page.clock.fast_forward(A_LOOK)
        expect(page.locator(".live-stop")).to_be_hidden()
        assert asked.looks == 0


def test_without_javascript_nothing_of_it_is_there(new_page: Any, letter: Letter) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(LETTER)
    expect(page.locator(".ledger .count b")).to_have_text("1")
    expect(page.get_by_role("button")).to_have_count(0)
