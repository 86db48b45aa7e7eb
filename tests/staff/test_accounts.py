"""An administrator looks after the accounts of staff."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory

from openletters.staff import factors, roles
from openletters.staff.models import StaffAct
from signatures.models.staff import moderators
from tests.factories import PASSWORD, make_member, make_staff
from tests.staff.steps import ADD_APP, INDEX, give_app, give_password, log_in

pytestmark = pytest.mark.django_db

ACCOUNTS = "/admin/auth/user/"
Kind = StaffAct.Kind


def page(user: User, step: str = "change") -> str:
    return f"{ACCOUNTS}{user.pk}/{step}/"


def role(name: str) -> int:
    return Group.objects.get(name=name).pk


def stated(**fields: Any) -> dict[str, Any]:
    return {
        "username": "eve",
        "first_name": "Eve",
        "last_name": "Okoro",
        "email": "eve@letters.example",
        "groups": [role(roles.MODERATOR)],
        **fields,
    }


class TestRoles:
    def test_migrating_makes_the_roles_and_keeps_them_as_the_table_says(self) -> None:
        editor = Group.objects.get(name=roles.EDITOR)
        editor.permissions.add(Permission.objects.get(codename="change_user"))
        Group.objects.get(name=roles.MODERATOR).delete()
        call_command("migrate", verbosity=0)
        for name, rights in roles.ROLES.items():
            held = Group.objects.get(name=name).permissions.values_list(
                "content_type__app_label", "codename"
            )
            assert {".".join(right) for right in held} == rights

    def test_moderators_are_those_who_are_reminded_of_the_queue(self) -> None:
        for name in roles.ROLES:
            make_member(name.lower(), name)
        assert [user.username for user in moderators()] == ["administrator", "moderator"]


class TestMakingOne:
    def test_the_owner_gets_a_link_sets_a_password_and_a_second_step(
        self,
        administrator: Client,
        ada: User,
        mailoutbox: list[EmailMultiAlternatives],
        send_mail: Callable[[], None],
    ) -> None:
        made = administrator.post(f"{ACCOUNTS}add/", stated())
        assert made.status_code == 302, made.content.decode()
        eve = User.objects.get(username="eve")
        assert eve.is_staff
        assert not eve.is_superuser
        assert not eve.has_usable_password()
        assert eve.has_perm("signatures.change_signon")
        acts = StaffAct.objects.filter(actor=ada, about="eve").order_by("pk")
        assert [(act.kind, act.reason) for act in acts] == [
            (Kind.ACCOUNT_MADE, "Moderator"),
            (Kind.INVITED, ""),
        ]

        send_mail()
        [message] = mailoutbox
        assert message.to == ["eve@letters.example"]
        found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", str(message.body))
        assert found
        owner = Client()
        there = owner.get(found[1]).headers["Location"]
        password = "my own new password"
        owner.post(there, {"new_password1": password, "new_password2": password})
        given = give_password(owner, eve, password, follow=True)
        assert given.request["PATH_INFO"] == ADD_APP

    def test_accounts_and_their_record_stand_together(self, administrator: Client) -> None:
        page = administrator.get("/admin/")
        [accounts] = [app for app in page.context["app_list"] if app["name"] == "Staff accounts"]
        assert [model["object_name"] for model in accounts["models"]] == ["User", "StaffAct"]
        assert "Authentication and Authorization" not in page.content.decode()

    def test_what_is_wrong_is_said_beside_the_field(self, administrator: Client) -> None:
        for wrong, told in (
            ({"email": ""}, "This field is required"),
            ({"email": "ADA@letters.example"}, "Another account has this address"),
            ({"username": "ada"}, "already exists"),
            ({"groups": [999]}, "not one of the available choices"),
        ):
            refused = administrator.post(f"{ACCOUNTS}add/", stated(**wrong))
            assert told in refused.content.decode()
        assert not User.objects.filter(first_name="Eve").exists()

    @pytest.mark.parametrize(
        "more", [{"is_superuser": "on"}, {"user_permissions": ["1"]}, {"password": "x"}]
    )
    def test_fields_that_are_not_offered_are_not_taken(
        self, administrator: Client, more: dict[str, Any]
    ) -> None:
        administrator.post(f"{ACCOUNTS}add/", stated(**more))
        eve = User.objects.get(username="eve")
        assert not eve.is_superuser
        assert not eve.user_permissions.exists()
        assert not eve.has_usable_password()


class TestChangingOne:
    def change(self, client: Client, user: User, **fields: Any) -> Any:
        sent = {
            "username": user.username,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "email": user.email,
            "is_active": "on",
            "groups": [group.pk for group in user.groups.all()],
            **fields,
        }
        return client.post(page(user), {name: value for name, value in sent.items() if value})

    def test_a_role_is_given_on_record(self, administrator: Client, ada: User, mona: User) -> None:
        self.change(administrator, mona, groups=[role(roles.EDITOR)])
        assert [group.name for group in mona.groups.all()] == [roles.EDITOR]
        act = StaffAct.objects.get(kind=Kind.ACCOUNT_CHANGED)
        assert (act.actor, act.about, act.reason) == (ada, "mona", "roles: Editor")

    def test_deactivating_puts_somebody_out_at_once(
        self, administrator: Client, mona: User
    ) -> None:
        give_app(mona)
        theirs = Client()
        log_in(theirs, mona)
        assert theirs.get(INDEX).status_code == 200
        self.change(administrator, mona, is_active="")
        assert theirs.get(INDEX).status_code == 302
        assert StaffAct.objects.get(kind=Kind.ACCOUNT_CHANGED).reason == "is_active: False"

    def test_nobody_changes_their_own_account(self, administrator: Client, ada: User) -> None:
        assert administrator.get(page(ada)).status_code == 200
        assert self.change(administrator, ada, groups=[role(roles.EDITOR)]).status_code == 403
        assert [group.name for group in ada.groups.all()] == [roles.ADMINISTRATOR]
        assert administrator.post(page(ada, "reset"), {"reason": "x"}).status_code == 403

    def test_an_administrator_makes_and_touches_no_superuser(self, administrator: Client) -> None:
        root = make_member("root", roles.EDITOR, is_superuser=True)
        assert self.change(administrator, root, email="eve@evil.example").status_code == 403
        for step in ("invite", "reset"):
            assert administrator.post(page(root, step), {"reason": "x"}).status_code == 403
        html = administrator.get(page(root)).content.decode()
        assert 'name="email"' not in html
        root.refresh_from_db()
        assert root.email == "root@letters.example"

    def test_nobody_gives_more_than_they_have(self, client: Client) -> None:
        """Somebody may look after accounts and edit letters, and is no administrator."""
        clerk = make_staff(
            "clerk",
            permissions=["add_user", "change_user", "view_user"],
            password="a long walk by the river",
        )
        clerk.groups.add(role(roles.EDITOR))
        give_app(clerk)
        log_in(client, clerk)
        page_of_choices = client.get(f"{ACCOUNTS}add/").content.decode()
        assert "Editor" in page_of_choices
        assert "Moderator" not in re.sub(r"moderators decide", "", page_of_choices)
        refused = client.post(f"{ACCOUNTS}add/", stated(groups=[role(roles.ADMINISTRATOR)]))
        assert "not one of the available choices" in refused.content.decode()
        ada = make_member("ada", roles.ADMINISTRATOR)
        assert self.change(client, ada, email="eve@evil.example").status_code == 403
        assert client.post(page(ada, "reset"), {"reason": "x"}).status_code == 403
        assert client.post(page(ada, "invite")).status_code == 403

    def test_an_account_that_is_out_of_use_keeps_its_rank(self, client: Client) -> None:
        """Or somebody could take it over, and bring it back."""
        clerk = make_staff("clerk", permissions=["change_user", "view_user"], password=PASSWORD)
        give_app(clerk)
        log_in(client, clerk)
        former = make_member("ada", roles.ADMINISTRATOR, is_active=False)
        assert self.change(client, former, email="eve@evil.example").status_code == 403

    def test_forms_of_two_administrators_offer_what_each_may_give(self, ada: User) -> None:
        """They are made at the same time, in threads of one process."""
        clerk = make_staff("clerk", permissions=["change_user", "view_user"])
        accounts, forms = admin.site.get_model_admin(User), []
        for user in (clerk, ada):
            request = RequestFactory().get(ACCOUNTS)
            request.user = user
            forms.append(accounts.get_form(request))
        choices: list[Any] = [form().fields["groups"] for form in forms]
        offered = [[one.name for one in field.queryset] for field in choices]
        assert offered == [[], [roles.EDITOR, roles.MODERATOR, roles.ADMINISTRATOR]]

    def test_the_list_tells_nothing_about_passwords(self, administrator: Client) -> None:
        """Letter by letter, a hash would be read in an hour."""
        for asked in ("password__startswith=x", "last_login__isnull=1", "email__contains=a"):
            assert administrator.get(f"{ACCOUNTS}?{asked}").status_code == 400
        for asked in ("is_active__exact=1", f"groups__id__exact={role(roles.EDITOR)}"):
            assert administrator.get(f"{ACCOUNTS}?{asked}").status_code == 200

    def test_accounts_are_never_deleted(self, administrator: Client, mona: User) -> None:
        assert administrator.post(page(mona, "delete"), {"post": "yes"}).status_code == 403
        assert User.objects.filter(pk=mona.pk).exists()

    def test_a_colleague_who_lost_everything_is_helped_on_record(
        self, administrator: Client, ada: User, mona: User
    ) -> None:
        give_app(mona)
        factors.make_codes(mona)
        theirs = Client()
        log_in(theirs, mona)
        assert administrator.get(page(mona, "reset")).status_code == 200
        assert administrator.post(page(mona, "reset"), {"reason": ""}).status_code == 400
        assert factors.has_any(mona)

        administrator.post(page(mona, "reset"), {"reason": "Phone fell into the sea"})

        assert not factors.has_any(mona)
        assert factors.codes_left(mona) == 0
        assert theirs.get(INDEX, follow=True).request["PATH_INFO"] == ADD_APP
        act = StaffAct.objects.get(kind=Kind.FACTORS_RESET)
        assert (act.actor, act.about, act.reason) == (ada, "mona", "Phone fell into the sea")


def test_whoever_has_the_server_helps_the_last_administrator(ada: User) -> None:
    with pytest.raises(CommandError, match="no such account"):
        call_command("reset_second_step", "nobody", reason="x")
    call_command("reset_second_step", "ada", reason="Both phones were taken")
    assert not factors.has_any(ada)
    act = StaffAct.objects.get(kind=Kind.FACTORS_RESET)
    assert (act.actor, act.about, act.reason) == (None, "ada", "Both phones were taken")


def test_secrets_of_second_steps_have_no_page(administrator: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_superuser=True)
    html = administrator.get(INDEX).content.decode()
    for app in ("otp_totp", "otp_static", "otp_webauthn", "axes"):
        assert app not in html
        assert administrator.get(f"/admin/{app}/").status_code == 404
    assert administrator.get("/admin/auth/group/").status_code == 404
