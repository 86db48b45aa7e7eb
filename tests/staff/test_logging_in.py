"""Staff log in: a password, and something that only they have."""

import re
from base64 import b64decode

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from pytest_django import Settings

from openletters.staff import factors
from openletters.staff.models import App, StaffAct, seal_anew
from signatures import vault
from tests.factories import PASSWORD, make_sign_on
from tests.staff.steps import (
    ADD_APP,
    CONFIRM,
    INDEX,
    LOGIN,
    SECOND_STEP,
    SECURITY,
    app_of,
    code_of,
    give_app,
    give_password,
    log_in,
    offered,
)

pytestmark = pytest.mark.django_db

QUEUE = "/admin/signatures/signon/"


def kinds(user: User) -> list[str]:
    return list(StaffAct.objects.filter(actor=user).order_by("pk").values_list("kind", flat=True))


class TestWithNothingSetUp:
    def test_the_password_alone_leads_to_setting_up_a_second_step(
        self, client: Client, mona: User
    ) -> None:
        given = client.post(
            f"{LOGIN}?next={QUEUE}", {"username": "mona", "password": PASSWORD}, follow=True
        )
        assert given.request["PATH_INFO"] == ADD_APP
        html = given.content.decode()
        assert "<svg" in html
        assert "style=" not in html
        assert client.get(QUEUE).status_code == 302
        assert App.objects.count() == 0

    def test_the_first_code_sets_the_app_up_lets_in_and_shows_recovery_codes_once(
        self, client: Client, mona: User
    ) -> None:
        give_password(client, mona)
        before = client.session.session_key
        shown = offered(client.get(f"{ADD_APP}?next={QUEUE}").content.decode())
        app = app_of(shown["secret"])

        done = client.post(
            f"{ADD_APP}?next={QUEUE}",
            {"offer": shown["offer"], "code": code_of(app), "name": "My phone"},
        )

        codes = re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>", done.content.decode())
        assert len(set(codes)) == 10
        assert f'href="{QUEUE}"' in done.content.decode()
        assert client.session.session_key != before
        assert client.get(QUEUE).status_code == 200
        kind = StaffAct.Kind
        assert kinds(mona) == [
            kind.LOGGED_IN,
            kind.FACTOR_ADDED,
            kind.SECOND_STEP,
            kind.CODES_MADE,
        ]
        # At rest they are not there to be read.
        stored = "".join(StaticToken.objects.values_list("token", flat=True))
        assert not [code for code in codes if code.replace("-", "") in stored]

    @pytest.mark.parametrize("code", ["000000", "12345", "١٢٣٤٥٦", "abcdef", "", "9" * 41])
    def test_a_wrong_first_code_keeps_the_same_secret(
        self, client: Client, mona: User, code: str
    ) -> None:
        give_password(client, mona)
        shown = offered(client.get(ADD_APP).content.decode())
        refused = client.post(ADD_APP, {"offer": shown["offer"], "code": code, "name": "My phone"})
        assert refused.status_code == 400
        html = refused.content.decode()
        assert offered(html) == shown
        assert 'value="My phone"' in html
        assert not factors.has_any(mona)

    def test_an_offer_works_for_its_own_account_and_for_half_an_hour(
        self, client: Client, mona: User, ada: User
    ) -> None:
        give_password(client, mona)
        foreign = factors.offer_app(ada)
        for offer in (foreign, foreign[:-1], "nonsense"):
            refused = client.post(ADD_APP, {"offer": offer, "code": "123456", "name": "Phone"})
            assert refused.status_code == 400
            assert "scan the new picture" in refused.content.decode()
        assert not factors.has_any(mona)


class TestWithAnApp:
    def test_the_password_alone_opens_nothing(self, client: Client, ada: User) -> None:
        make_sign_on(name="Secret Garden")
        given = give_password(client, ada, follow=True)
        assert given.request["PATH_INFO"] == SECOND_STEP
        for address in (INDEX, QUEUE, SECURITY, "/admin/password_change/"):
            shown = client.get(address, follow=True)
            assert shown.request["PATH_INFO"] == SECOND_STEP
            assert "Secret Garden" not in shown.content.decode()

    def test_the_password_alone_sets_up_no_other_second_step(
        self, client: Client, ada: User
    ) -> None:
        give_password(client, ada)
        for address in (ADD_APP, "/admin/security/passkey/"):
            assert client.get(address).headers["Location"].startswith(SECOND_STEP)
        offer = factors.offer_app(ada)
        app = factors.read_offer(ada, offer)
        assert app
        client.post(ADD_APP, {"offer": offer, "code": code_of(app), "name": "Thief's"})
        assert [device.name for device in factors.of(ada)] == ["Phone"]
        begun = client.post("/admin/security/passkey/begin/", "{}", content_type="application/json")
        assert begun.status_code == 403

    def test_a_code_lets_in_under_a_new_session_key(self, client: Client, ada: User) -> None:
        give_password(client, ada)
        before = client.session.session_key
        done = client.post(SECOND_STEP, {"code": code_of(App.objects.get()), "next": QUEUE})
        assert done.headers["Location"] == QUEUE
        assert client.session.session_key != before
        assert client.get(QUEUE).status_code == 200

    def test_a_code_works_once(self, client: Client, ada: User) -> None:
        code = code_of(App.objects.get())
        give_password(client, ada)
        assert client.post(SECOND_STEP, {"code": code}).status_code == 302
        thief = Client()
        give_password(thief, ada)
        assert thief.post(SECOND_STEP, {"code": code}).status_code == 400
        assert thief.get(QUEUE).status_code == 302

    def test_guessing_codes_is_slowed(self, client: Client, ada: User) -> None:
        app = App.objects.get()
        with time_machine.travel("2026-11-23 12:00", tick=False) as clock:
            give_password(client, ada)
            looked_at = 0
            for _guess in range(600):
                wrong = f"{(int(code_of(app)) + 1) % 1_000_000:06d}"
                looked_at += client.post(SECOND_STEP, {"code": wrong}).status_code == 400
                clock.shift(1)
            assert looked_at <= 10
            held = client.post(SECOND_STEP, {"code": code_of(app)})
            assert held.status_code == 429
            assert "have to wait for" in held.content.decode()
        failed = StaffAct.objects.filter(kind=StaffAct.Kind.SECOND_STEP_FAILED)
        assert failed.count() == looked_at

    def test_a_recovery_code_works_once(self, client: Client, ada: User) -> None:
        code = factors.make_codes(ada)[3]
        give_password(client, ada)
        typed = f" {code.upper()} "
        assert client.post(SECOND_STEP, {"code": typed}).status_code == 302
        assert client.get(QUEUE).status_code == 200
        assert factors.codes_left(ada) == 9
        again = Client()
        give_password(again, ada)
        assert again.post(SECOND_STEP, {"code": code}).status_code == 400

    def test_it_leads_to_this_site_only(self, client: Client, ada: User) -> None:
        for target in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
            give_password(client, ada)
            App.objects.update(last_t=-1)
            code = code_of(App.objects.get())
            done = client.post(SECOND_STEP, {"code": code, "next": target})
            assert done.headers["Location"] == INDEX
            client.logout()


class TestOnesOwn:
    def test_a_second_app_is_added_and_the_first_removed(
        self, administrator: Client, ada: User
    ) -> None:
        shown = offered(administrator.get(ADD_APP).content.decode())
        app = app_of(shown["secret"])
        stated = {"offer": shown["offer"], "code": code_of(app), "name": "Tablet"}
        assert administrator.post(ADD_APP, stated).status_code == 200  # the recovery codes
        first, second = factors.of(ada)
        html = administrator.get(SECURITY).content.decode()
        assert "Phone" in html
        assert "Tablet" in html
        gone = administrator.post("/admin/security/remove/", {"device": first.persistent_id})
        # The session was let in by what is gone, and has to show the other one.
        assert gone.status_code == 302
        assert factors.of(ada) == [second]
        assert administrator.get(INDEX, follow=True).request["PATH_INFO"] == SECOND_STEP
        assert kinds(ada)[-1] == StaffAct.Kind.FACTOR_REMOVED

    def test_the_only_one_is_not_removed(self, administrator: Client, ada: User) -> None:
        [only] = factors.of(ada)
        told = administrator.post(
            "/admin/security/remove/", {"device": only.persistent_id}, follow=True
        )
        assert "Add another before" in told.content.decode()
        assert factors.has_any(ada)

    def test_nobody_removes_another_s(self, administrator: Client, mona: User) -> None:
        theirs = give_app(mona)
        administrator.post("/admin/security/remove/", {"device": theirs.persistent_id})
        assert factors.has_any(mona)

    def test_new_recovery_codes_replace_the_old_ones(
        self, administrator: Client, ada: User
    ) -> None:
        [old, *_others] = factors.make_codes(ada)
        assert administrator.post("/admin/security/codes/").status_code == 200
        assert factors.codes_left(ada) == 10
        assert factors.take_code(ada, old) is None


class TestInTheDemo:
    def test_a_password_is_enough_until_somebody_sets_up_more(
        self, client: Client, mona: User, settings: Settings
    ) -> None:
        settings.MFA_REQUIRED = False
        give_password(client, mona)
        assert client.get(QUEUE).status_code == 200
        give_app(mona)
        again = Client()
        give_password(again, mona)
        assert again.get(QUEUE, follow=True).request["PATH_INFO"] == SECOND_STEP

    def test_the_last_one_may_go_and_its_codes_with_it(
        self, client: Client, ada: User, settings: Settings
    ) -> None:
        settings.MFA_REQUIRED = False
        factors.make_codes(ada)
        log_in(client, ada)
        [only] = factors.of(ada)
        client.post("/admin/security/remove/", {"device": only.persistent_id})
        assert not factors.has_any(ada)
        assert factors.codes_left(ada) == 0
        assert client.get(CONFIRM).status_code == 200


class TestAtRest:
    """Who reads the database cannot make codes."""

    def test_the_secret_of_an_app_is_sealed(self, ada: User) -> None:
        [app] = App.objects.all()
        assert app.bin_key.hex() not in app.key
        assert app.bin_key not in b64decode(app.key)
        assert len(app.key) <= 80

    def test_it_is_sealed_anew_with_the_newest_key(self, ada: User, settings: Settings) -> None:
        before = App.objects.get()
        secret = before.bin_key
        settings.CONTACT_KEYS = ["n" * 43, *vault.secrets()]
        call_command("reseal")
        after = App.objects.get()
        assert after.key != before.key
        settings.CONTACT_KEYS = ["n" * 43]
        assert after.bin_key == secret
        assert seal_anew() == 0
