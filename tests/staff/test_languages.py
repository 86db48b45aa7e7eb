"""Each member of staff reads their pages and mails in their own language."""

import pytest
from django.contrib.auth.models import User
from django.core import mail as django_mail
from django.core.mail import EmailMessage
from django.test import Client

from openletters.staff import languages, mail, roles
from openletters.staff.models import Preferences, StaffMail
from signatures import reminders
from signatures.models import SignOn
from tests.factories import make_letter, make_member, make_sign_on
from tests.staff.steps import INDEX, LOGIN, SECURITY, log_in

pytestmark = pytest.mark.django_db
CHOOSE = "/admin/security/language/"


def spoken(html: str) -> str:
    """Return the opening tag of a page."""
    return html[html.index("<html") : html.index(">", html.index("<html"))]


def written(message: EmailMessage) -> str:
    """Return a mail as it goes over the line."""
    [html] = [part for part in message.message().walk() if part.get_content_type() == "text/html"]
    return str(html)


def test_who_is_not_logged_in_is_asked_in_the_language_of_the_browser(client: Client) -> None:
    page = client.get(LOGIN, headers={"Accept-Language": "fr-CH, en;q=0.5"})
    assert 'lang="fr"' in spoken(page.content.decode())
    assert "Mot de passe" in page.content.decode()
    assert page["Content-Language"] == "fr"
    unknown = client.get(LOGIN, headers={"Accept-Language": "tlh"})
    assert 'lang="en' in spoken(unknown.content.decode())


def test_a_choice_holds_on_every_page_in_every_browser(administrator: Client, ada: User) -> None:
    answer = administrator.post(CHOOSE, {"language": "ar"}, follow=True)
    page = answer.content.decode()
    assert 'lang="ar"' in spoken(page)
    assert 'dir="rtl"' in spoken(page)
    assert "admin/css/rtl.css" in page
    assert Preferences.objects.get(user=ada).language == "ar"
    elsewhere = Client(headers={"Accept-Language": "es"})
    assert 'lang="es"' in spoken(elsewhere.get(LOGIN).content.decode())
    log_in(elsewhere, ada)
    for address in (INDEX, SECURITY, "/admin/auth/user/", "/admin/signatures/signon/"):
        shown = elsewhere.get(address)
        assert 'lang="ar"' in spoken(shown.content.decode()), address
        assert shown["Content-Language"] == "ar"


def test_errors_speak_the_chosen_language_too(administrator: Client, ada: User) -> None:
    administrator.post(CHOOSE, {"language": "fr"})
    missing = administrator.get("/admin/signatures/nothing/")
    assert missing.status_code == 404
    assert 'lang="fr"' in spoken(missing.content.decode())
    strict = Client(enforce_csrf_checks=True, headers={"Accept-Language": "es"})
    refused = strict.post(LOGIN, {"username": "ada"})
    assert refused.status_code == 403
    assert 'lang="es"' in spoken(refused.content.decode())


def test_what_is_no_language_of_these_pages_changes_nothing(
    administrator: Client, ada: User
) -> None:
    for wrong in ({}, {"language": ""}, {"language": "tlh"}, {"language": "en\x00"}):
        answer = administrator.post(CHOOSE, wrong, follow=True)
        assert "none of the languages" in answer.content.decode()
    assert not Preferences.objects.exists()


def test_a_language_that_was_given_up_is_the_site_s_own(
    client: Client, administrator: Client, ada: User
) -> None:
    administrator.post(CHOOSE, {"language": "fr"})
    languages.remember(ada, "tlh")
    assert languages.of(ada) == "en"
    log_in(client, ada)
    assert 'lang="en' in spoken(client.get(INDEX).content.decode())


def test_pages_of_the_public_do_not_depend_on_it(administrator: Client) -> None:
    make_letter()
    administrator.post(CHOOSE, {"language": "ar"})
    page = administrator.get("/", headers={"Accept-Language": "ar"})
    assert 'lang="en"' in spoken(page.content.decode())
    assert "Language" not in page["Vary"]
    assert 'lang="es"' in spoken(administrator.get("/es/").content.decode())


def test_colleagues_are_invited_in_the_language_that_is_chosen_for_them(
    administrator: Client,
) -> None:
    administrator.post(CHOOSE, {"language": "fr"})
    account = {"username": "lin", "email": "lin@letters.example"}
    administrator.post("/admin/auth/user/add/", {**account, "language": "ar"})
    assert languages.of(User.objects.get(username="lin")) == "ar"
    account = {"username": "max", "email": "max@letters.example"}
    administrator.post("/admin/auth/user/add/", account)
    assert languages.of(User.objects.get(username="max")) == "fr"
    for person, language in (("lin", "ar"), ("max", "fr")):
        message = mail.compose(StaffMail.objects.get(user__username=person))
        assert message.extra_headers["Content-Language"] == language
        assert f'lang="{language}"' in written(message)


def test_moderators_are_reminded_each_in_their_own_language(settings: object) -> None:
    settings.MODERATION_SERVICE_LEVEL = 0  # type: ignore[attr-defined]
    for name, language in (("mona", "fr"), ("moritz", "ar"), ("mary", "")):
        member = make_member(name, roles.MODERATOR)
        User.objects.filter(pk=member.pk).update(email=f"{name}@letters.example")
        if language:
            languages.remember(member, language)
    make_sign_on(status=SignOn.Status.PENDING)
    assert reminders.send_due() == 3
    sent = {message.to[0].split("@")[0]: message for message in django_mail.outbox}
    told = {name: message.extra_headers["Content-Language"] for name, message in sent.items()}
    assert told == {"mona": "fr", "moritz": "ar", "mary": "en"}
    assert 'dir="rtl"' in written(sent["moritz"])


def test_lists_count_in_the_plurals_of_the_language(administrator: Client) -> None:
    for number in range(11):
        make_letter(slug=f"letter-{number}", addressee="")
    administrator.post(CHOOSE, {"language": "ar"})
    html = administrator.get("/admin/signatures/letter/").content.decode()
    foot = html[html.index('class="paginator"') :]
    assert "11 نتيجة" in foot[: foot.index("</p>")]
