"""One of each thing, with sensible values; every value can be named instead."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone

from signatures import consent
from signatures.models import (
    Addressee,
    Campaign,
    Demand,
    Extension,
    Letter,
    Organization,
    OutgoingMail,
    SecretLink,
    Signature,
    SignOn,
    SignOnEvent,
    Update,
)

_numbers = count(1)

DESK = (
    "view_letter",
    "add_letter",
    "change_letter",
    "view_campaign",
    "view_organization",
    "add_organization",
    "change_organization",
    "view_signature",
    "change_signature",
    "view_signon",
    "add_signon",
    "change_signon",
    "view_signonevent",
    "view_outgoingmail",
    "change_outgoingmail",
)
"""What somebody at the moderation desk may do."""


def make_campaign(slug: str = "a-campaign", title: str = "A campaign", **fields: Any) -> Campaign:
    """Store a campaign."""
    campaign: Campaign = Campaign.objects.create(slug=slug, title=title, **fields)
    return campaign


def make_letter(
    slug: str = "a-letter",
    *,
    status: str = Letter.Status.OPEN,
    campaign: Campaign | None = None,
    title: str = "Open letter on water",
    body: str = "We write to you about water.\n\nIt is running out.",
    addressee: str = "President of the Assembly",
    demands: Iterable[str] = (),
    **fields: Any,
) -> Letter:
    """Store a letter, open unless said otherwise, with one addressee unless that is ""."""
    letter: Letter = Letter.objects.create(
        slug=slug, status=status, campaign=campaign, title=title, body=body, **fields
    )
    if addressee:
        Addressee.objects.create(letter=letter, position=addressee)
    for order, text in enumerate(demands, start=1):
        Demand.objects.create(letter=letter, order=order, text=text)
    return letter


def make_organization(
    name: str = "Water Watch", *, country: str = "KE", **fields: Any
) -> Organization:
    """Store a known organisation, under all the names it has of its own."""
    organization = Organization.objects.create(official_name=name, country=country, **fields)
    organization.remember_names()
    return organization


def make_signature(
    letter: Letter, organization: Organization | str = "Water Watch", **fields: Any
) -> Signature:
    """Put an organisation, known or named, under a letter, as an import would."""
    if isinstance(organization, str):
        organization = make_organization(organization)
    [signature] = Signature.objects.sign(
        organization,
        [letter],
        **{
            "name": organization.official_name,
            "source": Signature.Source.IMPORT,
            "signed_on": timezone.localdate(),
            **fields,
        },
    )
    return signature


def claim(**stated: Any) -> dict[str, Any]:
    """Return what a contact states in the form, valid as it is."""
    return {
        "name": "Water Watch",
        "local_name": "",
        "acronym": "",
        "country": "KE",
        "website": "https://waterwatch.example",
        "contact_name": "Alice Achieng",
        "contact_title": "Director",
        "email": "alice@waterwatch.example",
        **stated,
    }


def make_sign_on(
    letters: Iterable[Letter] = (),
    *,
    status: str = SignOn.Status.PENDING,
    waiting: timedelta = timedelta(hours=1),
    updates: bool = False,
    **stated: Any,
) -> SignOn:
    """Store a sign-on in the state in which its contact leaves it: confirmed or not yet.

    It waits since `waiting` ago, under `letters` or else a new open one, and its contact wants
    `updates` or not. Staff decisions are taken through its own verbs.
    """
    made_at = timezone.now() - waiting
    confirmed = status != SignOn.Status.UNCONFIRMED
    sign_on = SignOn(
        status=status,
        consent_version=consent.CURRENT,
        consented_at=made_at,
        created_at=made_at,
        confirmed_at=made_at if confirmed else None,
        **claim(**stated),
    )
    if updates:
        sign_on.agree_to_updates()
    sign_on.save()
    for letter in list(letters) or [make_letter(slug=f"letter-{next(_numbers)}")]:
        stands_under = {"text_version": letter.text_version}
        sign_on.letters.add(letter, through_defaults=stands_under)
    sign_on.record(SignOnEvent.Kind.SUBMITTED, origin=SignOn.Status.UNCONFIRMED)
    return sign_on


def about(sign_on: SignOn, kind: str, **stated: Any) -> OutgoingMail:
    """Return a mail about a sign-on, not stored, with what a mail of its kind tells of."""
    if kind == OutgoingMail.Kind.EXTENDED:
        letter = sign_on.letters.order_by("pk")[0]
        stated["extension"] = Extension(letter=letter, closes_at=timezone.now())
    return OutgoingMail(sign_on=sign_on, kind=kind, **stated)


def make_update(
    about: Letter | Campaign,
    *,
    title: str = "The letter was delivered",
    body: str = "It was handed over *today*.",
    author: User | None = None,
    **fields: Any,
) -> Update:
    """Store a draft of an update to the signatories of a letter, or of a campaign's letters."""
    column = "campaign" if isinstance(about, Campaign) else "letter"
    author = author or User.objects.filter(username="edda").first()
    author = author or User.objects.create_user("edda", "edda@letters.example", is_staff=True)
    stated = {column: about, "author": author, "title": title, "body": body, **fields}
    update: Update = Update.objects.create(**stated)
    return update


def make_staff(username: str = "mona", *, permissions: Iterable[str] = DESK, **fields: Any) -> User:
    """Store a member of staff who may do `permissions`, by default everything at the desk."""
    staff = User.objects.create_user(username, is_staff=True, **fields)
    staff.user_permissions.set(Permission.objects.filter(codename__in=list(permissions)))
    return staff


PASSWORD = "a long walk by the river"


def make_member(username: str, role: str, **fields: Any) -> User:
    """Store a member of staff with one of the roles, and PASSWORD."""
    fields = {"email": f"{username}@letters.example", "password": PASSWORD, **fields}
    member = User.objects.create_user(username, is_staff=True, **fields)
    member.groups.add(Group.objects.get(name=role))
    return member


def make_link(
    *letters: Letter, name: str = "the initiators", for_initiators: bool = True
) -> SecretLink:
    """Store a secret link to letters."""
    actor = User.objects.filter(username="linker").first() or make_staff("linker")
    link: SecretLink = SecretLink.objects.make(
        letters, name=name, for_initiators=for_initiators, actor=actor
    )
    return link
