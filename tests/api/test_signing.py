"""Signing by an organiser's own form, which sends to the interface what somebody has filled in."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from openletters.staff import roles
from signatures import consent, throttling
from signatures.models import (
    ApiKey,
    Letter,
    OutgoingMail,
    Signature,
    SignOn,
    Switches,
    TextVersion,
    reaffirming,
)
from tests.factories import (
    claim,
    make_campaign,
    make_letter,
    make_member,
    make_sign_on,
    make_signature,
)

pytestmark = pytest.mark.django_db

PATH = "/api/v1/campaigns/a-campaign/sign-ons"


@pytest.fixture
def staff() -> User:
    return make_member("ada", roles.ADMINISTRATOR)


@pytest.fixture
def letter() -> Letter:
    return make_letter(campaign=make_campaign())


@pytest.fixture
def secret(staff: User, letter: Letter) -> str:
    """What opens a key for the campaign."""
    return ApiKey.objects.make("example.org", actor=staff, campaign=letter.campaign)[1]


def stated(**more: Any) -> dict[str, Any]:
    """Return what a form sends in which somebody has filled in everything."""
    return {
        **claim(),
        "declaration_version": consent.CURRENT,
        "declaration": consent.wording(consent.CURRENT),
        "authorized": True,
        **more,
    }


def send(secret: str, path: str = PATH, client: Client | None = None, **more: Any) -> Any:
    """Send a sign-on with a key."""
    return (client or Client(raise_request_exception=False)).post(
        path,
        json.dumps(stated(**more)),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"} if secret else {},
    )


# Taken like any other


def test_a_sign_on_is_confirmed_by_mail_and_decided_by_staff(secret: str, letter: Letter) -> None:
    response = send(secret, language="fr", declaration=french())
    assert response.status_code == 202
    assert "mail" in response.json()["detail"]
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert "Access-Control-Allow-Origin" not in response.headers
    sign_on = SignOn.objects.get()
    assert (sign_on.status, sign_on.name, sign_on.language) == ("unconfirmed", "Water Watch", "fr")
    assert list(sign_on.letters.all()) == [letter]
    assert (sign_on.source, sign_on.provenance) == (Signature.Source.API, "example.org")
    assert sign_on.flags == ["by_api"]
    assert (sign_on.consent_version, sign_on.consent_wording) == (consent.CURRENT, french())
    assert OutgoingMail.objects.get().kind == OutgoingMail.Kind.CONFIRM
    assert not Signature.objects.exists()
    sign_on.confirm().approve(actor=User.objects.get())
    assert Signature.objects.get().source == Signature.Source.API


def french() -> str:
    with override("fr"):
        return consent.wording(consent.CURRENT)


def test_the_declaration_is_handed_out_to_be_shown(client: Client) -> None:
    told = client.get("/api/v1/declaration?language=fr").json()
    assert (told["version"], told["language"], told["wording"]) == (
        consent.CURRENT,
        "fr",
        french(),
    )
    assert told["updates_wording"]
    assert client.get("/api/v1/declaration").json()["language"] == "en"


def test_some_letters_of_a_campaign_are_signed_or_all_that_are_open(
    secret: str, letter: Letter
) -> None:
    other = make_letter("other", campaign=letter.campaign)
    make_letter("over", campaign=letter.campaign, status=Letter.Status.CLOSED)
    assert send(secret, letters=["other"]).status_code == 202
    assert send(secret, name="All", email="all@example.org").status_code == 202
    first, second = SignOn.objects.order_by("pk")
    assert list(first.letters.all()) == [other]
    assert set(second.letters.all()) == {letter, other}
    assert send(secret, letters=["over"]).status_code == 422


def test_a_letter_without_a_campaign_has_keys_of_its_own(staff: User) -> None:
    make_letter("alone")
    alone = Letter.objects.get(slug="alone")
    secret = ApiKey.objects.make("x", actor=staff, letter=alone)[1]
    assert send(secret, "/api/v1/letters/alone/sign-ons").status_code == 202
    assert send(secret).status_code == 401


# The text that was shown


def change(letter: Letter, title: str, kind: TextVersion.Kind) -> int:
    """Change what a letter says, as an editor would; return the number of the new text."""
    letter.title = title
    letter.save()
    until = timezone.now() + timedelta(days=10)
    version = reaffirming.mark(letter, kind=kind, note="Now on wells.", reaffirm_by=until)
    Letter.objects.filter(pk=letter.pk).raise_revision()
    return version.number


def signed_text() -> int:
    """Return the number of the text under which the one sign-on stands."""
    return SignOn.objects.get().letter_rows.get().text_version


@pytest.fixture
def written(letter: Letter) -> Letter:
    """The letter with its text frozen, as publishing does."""
    TextVersion.objects.freeze(letter, kind=TextVersion.Kind.FIRST)
    return letter


def test_a_sign_on_stands_under_the_text_that_was_shown(secret: str, written: Letter) -> None:
    shown = Client().get("/api/v1/letters/a-letter").json()["text_version"]
    change(written, "Of water", TextVersion.Kind.CORRECTION)
    assert send(secret, text_versions={"a-letter": shown, "not-ticked": 7}).status_code == 202
    assert signed_text() == shown == 1


def test_without_a_version_the_present_text_is_signed(secret: str, written: Letter) -> None:
    change(written, "On wells", TextVersion.Kind.SUBSTANCE)
    assert send(secret).status_code == 202
    assert signed_text() == 2


@pytest.mark.parametrize("shown", [1, 3], ids=["changed since", "never there"])
def test_a_text_that_is_not_in_force_is_not_signed(
    secret: str, written: Letter, shown: int
) -> None:
    present = change(written, "On wells", TextVersion.Kind.SUBSTANCE)
    response = send(secret, text_versions={"a-letter": shown})
    assert response.status_code == 422
    assert response.json()["errors"] == {
        "text_versions": ["The text of a-letter that can be signed is version 2: show that one."]
    }
    assert not SignOn.objects.exists()
    assert send(secret, text_versions={"a-letter": present}).status_code == 202
    assert signed_text() == 2


@pytest.mark.parametrize("shown", [{"a-letter": "1"}, {"a-letter": 0}, {"a-letter": True}, 1])
def test_a_version_is_a_number(secret: str, written: Letter, shown: Any) -> None:
    assert send(secret, text_versions=shown).status_code == 422


# Nothing is learnt


def test_new_known_and_blocked_look_alike(secret: str, letter: Letter) -> None:
    make_signature(letter, "Known Ones")
    make_sign_on([letter], name="Waiting Ones", email="w@waiting.example")
    answers = [
        send(secret, name="New Ones", email="new@new.example"),
        send(secret, name="Known Ones", email="k@known.example"),
        send(secret, name="Waiting Ones", email="w@waiting.example"),
        *(send(secret, name=f"Ones {n}", email="again@bombed.example") for n in range(5)),
    ]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers)) for answer in answers}) == 1
    bombed = [mail for mail in OutgoingMail.objects.all() if "bombed" in mail.sign_on.email]
    assert len(bombed) == 3


@pytest.mark.parametrize("kind", ["none", "wrong", "revoked", "of another", "basic", "of a letter"])
def test_without_its_key_nothing_is_told_of_what_there_is(
    secret: str, staff: User, letter: Letter, kind: str
) -> None:
    other = make_campaign("other")
    keys = {
        "none": "",
        "wrong": secret[:-1] + ("a" if secret[-1] != "a" else "b"),
        "revoked": secret,
        "of another": ApiKey.objects.make("x", actor=staff, campaign=other)[1],
        "basic": "",
        "of a letter": ApiKey.objects.make("x", actor=staff, letter=make_letter("alone"))[1],
    }
    if kind == "revoked":
        assert ApiKey.objects.get(campaign=letter.campaign).revoke(actor=staff)
    make_letter("hidden", campaign=make_campaign("hidden"), status=Letter.Status.PRIVATE)
    refused = send(keys[kind])
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == "Bearer"
    assert "Authorization: Bearer" in refused.json()["detail"]
    assert refused["Cache-Control"] == "no-store"
    for slug in ("nothing", "hidden"):
        for about in ("campaigns", "letters"):
            other_one = send(keys[kind], f"/api/v1/{about}/{slug}/sign-ons")
            assert other_one.status_code == 401
            assert other_one.content == refused.content
            assert named(other_one) == named(refused)
    assert not SignOn.objects.exists()


def named(response: Any) -> dict[str, str]:
    """Return the headers of an answer, but for its own name."""
    headers = {name: value for name, value in response.items() if name != "X-Request-ID"}
    assert headers
    return headers


def test_the_key_is_read_before_what_is_sent(client: Client, letter: Letter) -> None:
    assert client.post(PATH, b"{", content_type="application/json").status_code == 401


def test_only_a_digest_of_a_key_is_stored(secret: str) -> None:
    row = ApiKey.objects.values().get()
    assert secret.startswith("olk_")
    assert len(secret) > 40
    assert not any(secret[4:] in str(value) for value in row.values())


def test_it_is_noted_on_which_day_a_key_was_last_used(secret: str) -> None:
    assert ApiKey.objects.get().last_used_on is None
    send(secret)
    assert ApiKey.objects.get().last_used_on == timezone.localdate()


# What is wrong


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "a\ud800b"}, "name"),
        ({"name": 3}, "name"),
        ({"country": "Kenya"}, "country"),
        ({"website": "https://user:password@example.org"}, "website"),
        ({"contact_name": ""}, "contact_name"),
        ({"email": "alice"}, "email"),
        ({"authorized": False}, "authorized"),
        ({"authorized": "yes"}, "authorized"),
        ({"declaration": "We sign."}, "declaration"),
        ({"declaration_version": "2026-11"}, "declaration"),
        ({"letters": []}, "letters"),
        ({"letters": ["draft"]}, "letters"),
        ({"letters": ["1"]}, "letters"),
        ({"language": "xx"}, "language"),
        ({"withold_name": True}, "withold_name"),
        ({"status": "approved"}, "status"),
        ({"withhold_name": "maybe"}, "withhold_name"),
    ],
)
def test_what_is_wrong_is_said_by_field(
    secret: str, letter: Letter, more: dict[str, Any], field: str
) -> None:
    make_letter("draft", campaign=letter.campaign, status=Letter.Status.DRAFT)
    response = send(secret, **more)
    assert response.status_code == 422
    told = response.json()
    assert list(told["errors"]) == [field]
    assert all(message for message in told["errors"][field])
    assert not SignOn.objects.exists()


def test_it_is_said_in_the_language_of_the_form(secret: str) -> None:
    errors = send(secret, language="fr", declaration=french(), name="").json()["errors"]
    assert errors == {"name": ["Saisissez le nom de votre organisation."]}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b"[" * 100_000, b'{"name": ' * 1000, b"x" * 1_100_000]
)
def test_no_body_makes_it_fail(secret: str, body: bytes) -> None:
    response = Client(raise_request_exception=False).post(
        PATH, body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
    )
    assert response.status_code in {400, 422}
    assert response.json()["detail"]


def test_what_is_closed_or_paused_takes_nothing(secret: str, letter: Letter, staff: User) -> None:
    Switches.objects.create(letter=letter, signing_stopped=True, actor=staff)
    assert send(secret).status_code == 409
    letter.close()
    assert send(secret).status_code == 409
    assert not SignOn.objects.exists()


def test_a_key_is_limited_and_told_when_to_come_again(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "PER_KEY", 2)
    statuses = [send(secret, name=f"Ones {n}", email=f"{n}@e.example") for n in range(3)]
    assert [one.status_code for one in statuses] == [202, 202, 429]
    assert 0 < int(statuses[2]["Retry-After"]) <= 1800
    assert SignOn.objects.count() == 2


def test_its_cookie_is_nothing_and_a_browser_may_not_send_to_it(secret: str) -> None:
    client = Client()
    client.force_login(User.objects.get())
    assert send("", client=client).status_code == 401
    asked = client.options(PATH, headers={"Origin": "https://example.org"})
    assert "Access-Control-Allow-Origin" not in asked.headers
