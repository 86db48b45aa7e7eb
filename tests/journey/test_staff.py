"""A new moderator gets in: an app, a passkey, recovery codes, and a phone that is lost."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from openletters.staff import factors, roles
from openletters.staff.models import App
from signatures.models import Export
from tests.factories import PASSWORD, make_member, make_sign_on
from tests.journey.accessible import assert_accessible
from tests.staff.steps import app_of, code_of, give_app

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "/admin/signatures/signon/"


@pytest.fixture(autouse=True)
def production(settings: Settings, live_server: LiveServer) -> None:
    settings.MFA_REQUIRED = True
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = [live_server.url]


@pytest.fixture
def mona() -> User:
    return make_member("mona", roles.MODERATOR)


def with_authenticator(page: Page) -> Page:
    """Put a security key into the browser's machine, and a finger on it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return page


def give_password(page: Page, username: str = "mona") -> None:
    page.goto(QUEUE)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def promote(user: User) -> None:
    """Make somebody an administrator."""
    user.groups.set([Group.objects.get(name=roles.ADMINISTRATOR)])


def let_six_minutes_pass() -> None:
    """Let the password of the one session be that old."""
    session = SessionStore(Session.objects.get().session_key)
    session["confirmed_at"] -= 6 * 60
    session.save()


def the_picture_is_black_on_white(page: Page) -> bool:
    colours = page.evaluate(
        """() => {
            const svg = document.querySelector('svg.qr');
            const path = getComputedStyle(svg.querySelector('path'));
            return [path.stroke, getComputedStyle(svg.parentElement).backgroundColor,
                    svg.getBoundingClientRect().width > 150];
        }"""
    )
    return bool(colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)", True])


@pytest.mark.parametrize("scripts", [True, False])
def test_an_app_is_set_up_without_a_script_as_well(
    new_page: Callable[..., Page], mona: User, scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts, color_scheme="dark")
    give_password(page)
    expect(page.get_by_role("heading", name="Set up the second step")).to_be_visible()
    if scripts:
        assert the_picture_is_black_on_white(page)
    page.get_by_text("It cannot be scanned?").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    app = app_of(secret)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_text("That is not its present code")).to_be_visible()
    page.get_by_label("Code").fill(code_of(app))
    page.get_by_role("button", name="Set it up").click()

    expect(page.locator(".codes code")).to_have_count(10)
    codes = page.locator(".codes code").all_inner_texts()
    page.get_by_role("link", name="I have put them away").click()
    expect(page).to_have_url(re.compile(f"{QUEUE}$"))

    page.get_by_role("button", name="Log out").click()
    give_password(page)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(re.compile(f"{QUEUE}$"))


def test_a_passkey_is_made_lets_in_and_confirms(new_page: Callable[..., Page], mona: User) -> None:
    make_sign_on(email="alice@waterwatch.example")
    promote(mona)
    page = with_authenticator(new_page())
    give_password(page)
    page.get_by_role("link", name="Use a passkey or a security key instead").click()
    page.get_by_label("Name it").fill("Laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".codes code")).to_have_count(10)
    assert [device.name for device in factors.of(mona)] == ["Laptop"]
    page.get_by_role("link", name="I have put them away").click()
    page.get_by_role("button", name="Log out").click()

    give_password(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile(f"{QUEUE}$"))

    # Later, contacts are exported: the passkey confirms, and what was entered is kept.
    page.goto("/admin/signatures/export/add/")
    page.get_by_label("sign-ons with their contacts").check()
    let_six_minutes_pass()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("button", name="Use a passkey").click()
    assert "alice@waterwatch.example" in download.value.path().read_text()
    assert Export.objects.get().kind == "contacts"


def test_a_passkey_that_fails_is_said(new_page: Callable[..., Page], mona: User) -> None:
    page = new_page()
    give_app(mona)
    give_password(page)
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    page.get_by_label("Code").fill(code_of(App.objects.get()))
    page.get_by_role("button", name="Go on").click()
    page.goto("/admin/security/passkey/")
    refuse = "() => { navigator.credentials.create = () => Promise.reject(new Error('no')); }"
    page.evaluate(refuse)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("It did not work, or was cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Make the passkey")).to_be_enabled()
    assert [device.name for device in factors.of(mona)] == ["Phone"]


def test_what_a_moderator_was_writing_outlives_the_session(
    new_page: Callable[..., Page], mona: User, complaints: list[str]
) -> None:
    sign_on = make_sign_on()
    app = give_app(mona)
    page = new_page()
    give_password(page)
    page.get_by_label("Code").fill(code_of(app))
    page.get_by_role("button", name="Go on").click()
    page.goto(f"{QUEUE}{sign_on.pk}/change/")
    page.keyboard.press("r")
    page.get_by_label("Reason", exact=False).first.fill("Not theirs: I called them")
    Session.objects.all().delete()
    page.get_by_role("button", name="Reject", exact=False).last.click()

    page.get_by_label("Username").fill("mona")
    assert [complaint[:4] for complaint in complaints] == ["302:"]  # on to the login
    complaints.clear()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    App.objects.update(last_t=-1)
    page.get_by_label("Code").fill(code_of(app))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Reason", exact=False).first).to_have_value(
        "Not theirs: I called them"
    )
    sign_on.refresh_from_db()
    assert sign_on.status == "pending"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_accessible(new_page: Callable[..., Page], mona: User, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 900})
    promote(mona)
    app = give_app(mona)

    def check(address: str) -> None:
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address

    for address in ("/admin/login/", "/admin/forgotten/", "/admin/set-password/x/y/"):
        check(address)
    give_password(page)
    check("/admin/second-step/")
    page.get_by_label("Code").fill(code_of(app))
    page.get_by_role("button", name="Go on").click()
    for address in (
        "/admin/security/",
        "/admin/security/app/",
        "/admin/security/passkey/",
        "/admin/confirm/",
        f"/admin/auth/user/{make_member('omar', roles.EDITOR).pk}/reset/",
    ):
        check(address)
