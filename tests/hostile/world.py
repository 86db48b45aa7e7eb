"""A site with one of everything, in every state, and every text of it chosen by the test."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import models, transaction
from django.test import Client
from django.utils import timezone

from signatures import tokens
from signatures.attachments import Attachment
from signatures.emails import confirm_path, private_path
from signatures.logos import draw
from signatures.models import (
    Campaign,
    DemandNote,
    Edition,
    EditionFile,
    EditionSignatory,
    Letter,
    Logo,
    Note,
    Organization,
    OrganizationMerge,
    OrganizationName,
    OrganizationSplit,
    Response,
    ResponseAddressee,
    SecretLink,
    SignatoryImport,
    SignOn,
    SignOnEvent,
    TextVersion,
    merges,
    reaffirming,
    splits,
)
from signatures.tokens import Purpose
from signatures.updates import unsubscribe_path
from tests.desk.importing import compare, match, upload
from tests.drawn import picture
from tests.editions.steps import delivered_in_arabic
from tests.factories import (
    make_campaign,
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_update,
)
from tests.tables import csv_file

Write = Callable[[str, int], str]
"""Returns the text for a column, named as Model.column, and how long it may be."""

ONLY_ADDED = (
    SignOnEvent,
    Note,
    TextVersion,
    Edition,
    EditionSignatory,
    EditionFile,
    Response,
    Response._parler_meta.root_model,
    ResponseAddressee,
    DemandNote,
    DemandNote._parler_meta.root_model,
)
"""Histories, and what was delivered: the database itself may refuse to change them."""

NO_TEXT = frozenset(
    {"slug", "colour", "logo", "file", "sha256", "recipient", "encoding", "consent_version"}
    | {"language", "token", "updates_version"}
)
"""Columns of characters in which the app has put what it relies on."""


def plainly(column: str, longest: int) -> str:
    """Write what anybody might."""
    return f"About {column}"[:longest]


@dataclass
class World:
    """What there is."""

    root: User
    campaign: Campaign
    letters: dict[str, Letter] = field(default_factory=dict)
    sign_ons: dict[str, SignOn] = field(default_factory=dict)
    imports: dict[str, SignatoryImport] = field(default_factory=dict)
    batch: uuid.UUID = field(default_factory=uuid.uuid4)

    def desk(self) -> Client:
        """A browser in which somebody who may do everything is logged in."""
        client = Client(raise_request_exception=False)
        client.force_login(self.root)
        return client

    def secrets(self) -> dict[str, list[str]]:
        """Return the tokens that stand in mails, by the name of the page they lead to."""
        made: dict[str, list[str]] = {"confirm": [], "confirm-address": [], "sign-on": []}
        made["unsubscribe"] = []
        made["private"] = [link.token for link in SecretLink.objects.in_force()]
        for one in SignOn.objects.order_by("pk"):
            made["confirm"].append(confirm_path(one).split("/")[-2])
            made["sign-on"].append(private_path(one).split("/")[-2])
            made["unsubscribe"].append(unsubscribe_path(one).split("/")[-2])
            address = (one.new_email or one.email).lower()
            made["confirm-address"].append(tokens.make(Purpose.EMAIL, one.public_id, address))
        return made


def furnish(write: Write = plainly) -> World:
    """Store one of everything; notes and reasons, which cannot be changed later, as `write` says.

    Everything else is written over by `fill`.
    """
    root = User.objects.create_superuser("root", "root@letters.example", first_name="Rosa")
    world = World(root, make_campaign(summary="Letters about water.", colour="#7a2048"))
    Logo.objects.give(world.campaign, draw(picture()))
    _write_letters(world)
    _collect(world)
    _sign(world, write)
    _change(world)
    _know(world)
    _answer(world, write)
    delivered_in_arabic(world.letters["open"])
    _import(world)
    _tell(world)
    return world


def _write_letters(world: World) -> None:
    later = timezone.now() + timedelta(days=9)
    stated: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("open", Letter.Status.OPEN, {"closes_at": later}),
        ("closed", Letter.Status.CLOSED, {}),
        ("draft", Letter.Status.DRAFT, {}),
        ("private", Letter.Status.PRIVATE, {}),
        ("scheduled", Letter.Status.OPEN, {"opens_at": later}),
    )
    for slug, status, more in stated:
        world.letters[slug] = make_letter(
            slug,
            status=status,
            campaign=world.campaign,
            demands=["Stop the leak."],
            summary="On water.",
            salutation="Dear President,",
            place="Nairobi",
            demands_intro="We ask you to",
            closing="With respect,",
            contact_email=f"{slug}@letters.example",
            **more,
        )
        if status != Letter.Status.DRAFT:
            TextVersion.objects.freeze(world.letters[slug], kind=TextVersion.Kind.FIRST)


def _change(world: World) -> None:
    """Change a text that was signed, so that contacts are asked whether they stand by it."""
    letter = world.letters["open"]
    letter.title = "Open letter on all water"
    letter.save()
    until = timezone.now() + timedelta(days=9)
    kind = TextVersion.Kind.SUBSTANCE
    with transaction.atomic():
        reaffirming.mark(letter, kind=kind, note="All water.", reaffirm_by=until)
        Letter.objects.filter(pk=letter.pk).raise_revision()


def _collect(world: World) -> None:
    """Collect a letter privately: with a link that works, and one that was revoked."""
    private = [world.letters["private"], world.letters["scheduled"]]
    for name in ("the initiators", "the board"):
        link = SecretLink.objects.make(private, name=name, for_initiators=True, actor=world.root)
        world.sign_ons[name] = make_sign_on(private, name=f"Union of {name}", link=link)
    link.revoke()


def _sign(world: World, write: Write) -> None:
    letters = [world.letters["open"]]
    for status in SignOn.Status.values:
        unconfirmed = status == SignOn.Status.UNCONFIRMED
        world.sign_ons[status] = make_sign_on(
            letters,
            status=SignOn.Status.UNCONFIRMED if unconfirmed else SignOn.Status.PENDING,
            name=f"Union {status}",
            acronym=f"U{status[:2].upper()}",
            local_name=f"Lokal {status}",
            email=f"alice@{status}.example",
            website=f"https://{status}.example/",
            provenance="A letter on paper",
            flags=["hidden_field"],
            updates=True,
        )
    approved, corrected = world.sign_ons["approved"], make_sign_on(letters, name="Corrected Union")
    world.sign_ons["corrected"] = corrected
    for one in (approved, corrected):
        one.approve(actor=world.root)
    corrected.correct(name="Corrected Union of Water", contact_title="Head")
    approved.request_new_email("new@approved.example")
    reason = write("SignOnEvent.reason", 500)
    world.sign_ons["rejected"].reject(actor=world.root, reason=reason, why=True)
    world.sign_ons["withdrawn"].withdraw(reason=write("SignOnEvent.reason", 500))
    pending = world.sign_ons["pending"]
    make_organization("Unions pending", country="KE")  # nearly the same
    world.sign_ons["twin"] = make_sign_on(letters, name="Union pending", email="bob@twin.example")
    for one in (pending, approved):
        text = write("Note.text", 500)
        Note.objects.create(sign_on=one, author=world.root, text=text, assignee=world.root)
    decided = make_sign_on(letters, name="Decided with others")
    world.sign_ons["batch"] = decided
    SignOn.objects.approve({decided: None}, actor=world.root, batch=world.batch)


def _answer(world: World, write: Write) -> None:
    file = Attachment(b"Dear all, we have read your letter.", "txt")
    secret = {name: write(f"Response.{name} that is internal", 200) for name in ("text", "file")}
    for letter in world.letters.values():
        shown = {
            "kind": "replied",
            "dated": letter.dated,
            "addressees": letter.addressees.all(),
            "actor": world.root,
            "source": "https://news.example.org/",
        }
        published = letter.is_published()
        text = (
            "Thank you for your letter. " * 40
            if published
            else write("Response.text of a hidden letter", 99)
        )
        Response.objects.record(
            letter,
            **shown,
            texts={"en": text},
            public=True,
            attachment=file if published else None,
        )
        inside = Attachment(secret["file"].encode(), "txt")
        Response.objects.record(letter, **shown, texts={"en": secret["text"]}, attachment=inside)
        wrong = Response.objects.record(letter, **shown, texts={"en": secret["text"]})
        Response.objects.correct(wrong, **shown, texts={"en": "Internal, too"}, retracted=True)
        for demand in letter.demands.all():
            said = "They did." if published else write("DemandNote.text of a hidden letter", 99)
            DemandNote.objects.record(
                demand, status="met", dated=letter.dated, texts={"en": said}, actor=world.root
            )


def _know(world: World) -> None:
    letter = world.letters["closed"]
    parent = make_organization("Parent of all", acronym="POA", website="https://parent.example/")
    for number in range(3):
        known = make_organization(f"Known {number}", parent=parent, local_name=f"Bekannt {number}")
        known.remember(f"Alias {number}", "alias")
        make_signature(letter, known, position=number or None, local_name=known.local_name)
    kept, removed = make_organization("Kept"), make_organization("Removed")
    make_signature(world.letters["open"], removed)
    _merge(world, kept, removed)
    kept.remember("Split off", "alias")
    record = OrganizationName.objects.get(name="Split off")
    OrganizationSplit.objects.split_off(
        record, country="KE", tickets=[], actor=world.root, seen=splits.plan(record).fingerprint
    )


def _merge(world: World, kept: Organization, removed: Organization) -> None:
    seen = merges.plan(kept, removed).fingerprint
    OrganizationMerge.objects.merge(kept, removed, actor=world.root, seen=seen)


def _tell(world: World) -> None:
    letter = world.letters["open"]
    draft = make_update(letter, author=world.root, title="Delivered", body="We *delivered* it.")
    draft.create_translation("ar", title="سُلّمت", body="سلّمناها.")
    sent = make_update(world.campaign, author=world.root)
    sent.send(actor=world.root, seen=sent.fingerprint(), number=len(sent.contacts()))
    sent.send_test(world.root, "en")
    sent.mails.filter(tester=None).first().mark_deferred("SMTPServerDisconnected")
    sent.stop()


def _import(world: World) -> None:
    desk = world.desk()
    header = ("name", "local name", "country", "website", "contact", "title", "email")
    for status in ("uploaded", "ready", "committed"):
        rows = [
            (f"Row {status} {n}", f"Zeile {n}", "KE", "r.example", "Zoe", "Chair", "z@r.example")
            for n in range(3)
        ]
        content = csv_file([header, *rows]).encode()
        assert upload(desk, content, [world.letters["open"]], target="sign_ons").status_code == 302
        batch = SignatoryImport.objects.latest("pk")
        world.imports[status] = batch
        if status == "uploaded":
            continue
        columns = ("name", "local_name", "country", "website", "contact_name", "contact_title")
        assert match(desk, batch, *columns, "email").status_code == 302
        compare(desk, batch)
        if status == "committed":
            address = f"/admin/signatures/signatoryimport/{batch.pk}/commit/"
            assert desk.post(address, {"edition": batch.edition}).status_code == 302
            batch.refresh_from_db()
            assert batch.status == "committed"


WIPED = {"SecretLink.token"}
"""Columns that stay empty once they were emptied: the database sees to it."""


def fill(write: Write, *only: type[models.Model]) -> int:
    """Write over every text that is stored of anything, or only of some kinds; return how many.

    The columns are found, not named: what is stored tomorrow is written over as well.
    """
    written = 0
    for model in only or tuple(apps.get_app_config("signatures").get_models()):
        if model in ONLY_ADDED or model is Logo:  # whose content is a picture
            continue
        columns = [one for one in model._meta.concrete_fields if holds_text(one)]
        for row in model._base_manager.all() if columns else ():
            for column in columns:
                name = f"{model.__name__}.{column.name}"
                old = getattr(row, column.attname)
                if name in WIPED and not old:
                    continue
                setattr(row, column.attname, _over(write, name, column, old))
                written += 1
            row.save()
    return written


def holds_text(column: Any) -> bool:
    """Whether a column holds what somebody wrote."""
    if column.primary_key or column.choices or column.name in NO_TEXT or not _is_stated(column):
        return False
    return isinstance(column, models.CharField | models.TextField) or column.name in {
        "cells",
        "content",
    }


def _is_stated(column: Any) -> bool:
    """Whether it is not computed from others."""
    codes = {"HideChoicesCharField", "CountryField"}
    return getattr(column, "derive", None) is None and type(column).__name__ not in codes


def _over(write: Write, name: str, column: Any, old: Any) -> Any:
    longest = column.max_length or 1000
    if isinstance(column, models.EmailField):
        return f"{write(name, 30)}@{write(name, 30)}.example"
    if isinstance(column, models.URLField):
        return f"https://{write(name, 30)}.example/{write(name, 60)}"
    if column.name == "cells":
        return [write(name, 100) for _cell in old]
    if column.name == "content":
        return old and f"name,email\n{write(name, 100)},{write(name, 100)}\n".encode()
    return write(name, longest)
