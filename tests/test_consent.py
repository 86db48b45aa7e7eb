"""Every claim says what was declared, in which wording, and when."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from signatures import consent, emails
from signatures.models import ImportRow, SignOn
from tests.factories import claim, make_letter, make_sign_on, make_staff

pytestmark = pytest.mark.django_db


def test_every_way_in_leaves_version_and_time(client: Client) -> None:
    letter, staff, before = make_letter(), make_staff(), timezone.now()
    form = {"letters": [letter.pk], "authorized": "on"} | claim(name="From the form")
    client.post("/letters/a-letter/sign/", form)
    stated = {"name": "On paper", "country": "KE"}
    SignOn.objects.enter([letter], actor=staff, provenance="Letter of 3 May", **stated)
    row = ImportRow(name="Imported", country="KE")
    SignOn.objects.enter_many([row.claim("list.csv: 2")], [letter], actor=staff)
    call_command("load_demo")
    versions = dict(SignOn.objects.values_list("name", "consent_version"))
    assert versions["From the form"] == consent.CURRENT
    assert versions["On paper"] == consent.ON_PAPER
    assert versions["Imported"] == consent.IMPORTED
    assert set(versions.values()) <= set(consent.WORDINGS)
    assert SignOn.objects.filter(consented_at__isnull=False).count() == len(versions) > 10
    assert SignOn.objects.get(name="From the form").consented_at >= before


def test_a_claim_is_not_taken_without(client: Client) -> None:
    letter = make_letter()
    client.post("/letters/a-letter/sign/", {"letters": [letter.pk], **claim()})
    assert not SignOn.objects.exists()


@pytest.mark.parametrize("missing", [{"consent_version": ""}, {"consented_at": None}])
def test_the_database_refuses_a_claim_without(missing: dict[str, None]) -> None:
    sign_on = make_sign_on()
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOn.objects.filter(pk=sign_on.pk).update(**missing)


def test_the_form_shows_the_wording_that_it_records(client: Client) -> None:
    make_letter()
    html = client.get("/letters/a-letter/sign/").content.decode()
    assert consent.wording(consent.CURRENT) in html


def test_no_wording_that_was_shown_is_forgotten() -> None:
    """Whoever changes one has to give it a version of its own: this is what people declared."""
    assert consent.wording("2026-11") == "I am authorised to sign on behalf of this organisation."
    assert consent.wording("2026-11-25") == (
        "I am authorised to sign on behalf of this organisation. Its name and country may be "
        "published, unless its name is to be withheld, and my contact data used for this "
        "sign-on, as the privacy page says."
    )
    assert all(len(version) <= 20 for version in consent.WORDINGS)
    assert consent.wording("unknown") == ""


def test_the_desk_shows_the_wording(client: Client) -> None:
    client.force_login(make_staff())
    for version in consent.WORDINGS:
        sign_on = make_sign_on(name=f"Claim {version}", email=f"{len(version)}@x.example")
        SignOn.objects.filter(pk=sign_on.pk).update(consent_version=version)
        page = reverse("admin:signatures_signon_change", args=[sign_on.pk])
        assert consent.wording(version) in client.get(page).content.decode()


def test_what_was_declared_stays_in_the_words_of_its_form(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter()
    form = {"letters": [letter.pk], "authorized": "on"} | claim(name="Des eaux")
    shown = client.get("/fr/letters/a-letter/sign/").content.decode()
    client.post("/fr/letters/a-letter/sign/", form)
    sign_on = SignOn.objects.get()
    assert escape(sign_on.consent_wording) in shown
    assert sign_on.consent_wording != consent.wording(consent.CURRENT)
    monkeypatch.setitem(consent.WORDINGS, consent.CURRENT, "Another translation.")
    client.force_login(make_staff())
    page = client.get(reverse("admin:signatures_signon_change", args=[sign_on.pk]))
    told = f' lang="fr" dir="ltr">{escape(sign_on.consent_wording)}</q>'
    assert told in page.content.decode()
    english = emails.private_path(sign_on).removeprefix("/fr")
    assert told in client.get(english).content.decode()
    assert f">{escape(sign_on.consent_wording)}</q>" in client.get(f"/fr{english}").content.decode()
    # To a reader of another language the form spoke the site's own.
    SignOn.objects.update(language="fa")
    assert f"<q>{escape(sign_on.consent_wording)}</q>" in client.get(english).content.decode()
