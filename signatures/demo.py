"""The demonstration's data, from `fixtures/`: two real letters, and sign-ons that wait."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from signatures import consent
from signatures.models.history import SignOnEvent
from signatures.models.letters import Addressee, Campaign, Demand, Letter
from signatures.models.organizations import Organization
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature
from signatures.models.translating import trust
from signatures.models.versions import TextVersion

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
FIXTURE = FIXTURES / "icc-2022.json"
WAITING = FIXTURES / "waiting.json"
TEXTS = ("title", "place", "summary", "salutation", "body", "demands_intro", "closing")
OPEN_FOR = timedelta(days=30)


@transaction.atomic
def load(fixture: Path = FIXTURE) -> bool:
    """Load the demonstration's campaign; return whether anything had to be added.

    Safe to run again: what is there stays as it is, but for the closing time of a letter that
    has passed meanwhile, because a demonstration is to be signed.
    """
    data: dict[str, Any] = json.loads(fixture.read_text(encoding="utf-8"))
    campaign, created = Campaign.objects.get_or_create(slug=data["campaign"]["slug"])
    if not created:
        _keep_open(campaign)
        return False
    _translate(campaign, title=data["campaign"]["title"], summary=data["campaign"]["summary"])
    letters = [_letter(campaign, entry) for entry in data["letters"]]
    for code, _name in settings.LANGUAGES:
        translation = fixture.with_suffix(f".{code}.json")
        if translation.exists():
            _translate_all(code, json.loads(translation.read_text(encoding="utf-8")), campaign)
    for translated in (campaign, *letters):
        trust(translated)
    for letter in letters:
        TextVersion.objects.freeze(letter, kind=TextVersion.Kind.FIRST)
    for entry in data["organizations"]:
        organization = Organization.objects.register(
            entry.get("official_name", entry["name"]),
            acronym=entry.get("acronym", ""),
            country=entry.get("country", ""),
        )
        organization.remember(entry["name"], "alias")
        Signature.objects.sign(
            organization,
            letters,
            name=entry["name"],
            source=Signature.Source.IMPORT,
            signed_on=letters[0].dated,
            position=entry.get("initiator"),
        )
    for entry in json.loads(WAITING.read_text(encoding="utf-8"))["sign_ons"]:
        _wait(letters, **entry)
    return True


def _wait(letters: list[Letter], *, hours: int, letters_signed: int = 2, **claim: Any) -> None:
    """Put a claim into the queue as if it was confirmed so many hours ago; nobody is written to."""
    confirmed_at = timezone.now() - timedelta(hours=hours)
    submitted_at = confirmed_at - timedelta(minutes=9)
    sign_on = SignOn.objects.create(
        status=SignOn.Status.PENDING,
        consent_version=consent.CURRENT,
        consented_at=submitted_at,
        created_at=submitted_at,
        confirmed_at=confirmed_at,
        **claim,
    )
    SignOnLetter.objects.bulk_create(
        SignOnLetter(sign_on=sign_on, letter=letter, text_version=letter.text_version)
        for letter in letters[:letters_signed]
    )
    steps = SignOnEvent.Kind
    unconfirmed, pending = SignOn.Status.UNCONFIRMED, SignOn.Status.PENDING
    for kind, at, target in (
        (steps.SUBMITTED, submitted_at, unconfirmed),
        (steps.CONFIRM, confirmed_at, pending),
    ):
        SignOnEvent.objects.create(
            sign_on=sign_on, kind=kind, origin=unconfirmed, target=target, created_at=at
        )


def _letter(campaign: Campaign, entry: dict[str, Any]) -> Letter:
    letter: Letter = Letter.objects.create(
        campaign=campaign,
        slug=entry["slug"],
        language=entry["language"],
        dated=date.fromisoformat(entry["date"]),
        status=Letter.Status.OPEN,
        closes_at=_closing_time(),
    )
    _translate(letter, **{field: entry[field] for field in TEXTS})
    for order, block in enumerate(entry["addressees"], start=1):
        addressee = Addressee.objects.create(
            letter=letter, order=order, kind=block["kind"], country=block["country"]
        )
        _translate(addressee, **_address(block))
    for order, text in enumerate(entry["demands"], start=1):
        _translate(Demand.objects.create(letter=letter, order=order), text=text)
    return letter


def _translate_all(code: str, data: dict[str, Any], campaign: Campaign) -> None:
    """Add a language: not to every letter, so that one can see what happens then."""
    _translate(campaign, code, **data["campaign"])
    for entry in data["letters"]:
        letter = campaign.letters.get(slug=entry["slug"])
        _translate(letter, code, **{field: entry[field] for field in TEXTS})
        for addressee, block in zip(letter.addressees.all(), entry["addressees"], strict=True):
            _translate(addressee, code, **_address(block))
        for demand, text in zip(letter.demands.all(), entry["demands"], strict=True):
            _translate(demand, code, text=text)


def _translate(row: Any, code: str = "en", /, **texts: str) -> None:
    row.create_translation(code, **texts)


def _address(block: dict[str, str]) -> dict[str, str]:
    texts = {field: block[field] for field in ("name", "position", "institution")}
    return {**texts, "postal_address": block["address"]}


def _closing_time() -> datetime:
    day = timezone.localdate() + OPEN_FOR
    return timezone.make_aware(datetime.combine(day, time(18)))


def _keep_open(campaign: Campaign) -> None:
    past = campaign.letters.filter(closes_at__lte=timezone.now())
    for letter in past:
        letter.closes_at = _closing_time()
        letter.save(update_fields=["closes_at"])
    Letter.objects.filter(pk__in=[letter.pk for letter in past]).raise_revision()
