"""A site to look at: the demonstration, and what it takes to see every state of every page."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from signatures import demo
from signatures.attachments import Attachment
from signatures.delivering import deliver
from signatures.logos import draw
from signatures.models import (
    DemandNote,
    Edition,
    Letter,
    Logo,
    Note,
    Organization,
    OrganizationMerge,
    Response,
    SecretLink,
    SignatoryImport,
    Signature,
    SignOn,
    Switches,
    TextVersion,
    Update,
    merges,
    reaffirming,
)
from tests.desk.importing import compare, match, upload
from tests.drawn import picture
from tests.factories import (
    make_campaign,
    make_letter,
    make_link,
    make_organization,
    make_sign_on,
    make_signature,
    make_update,
)
from tests.tables import csv_file

NAME = "looker"

MIXED = "الحق Al-Haq (Law in the Service of Mankind)"
"""A name in both directions."""

LIST = (
    ("Organisation", "Country", "Website", "Section"),
    ("Well Keepers of the Dry Valleys", "Kenya", "https://wells.example", "initiator"),
    ("Women Studies Centre", "Palestine", "", ""),
    ("Palestinian Hydrology Grp", "Palestine", "https://hydrology.example", ""),
    (MIXED, "Palestine", "", ""),
    ("Réseau des juristes du littoral", "Atlantis", "", ""),
)


@dataclass
class World:
    """What there is, by the names that the scenes use."""

    staff: User
    letters: dict[str, Letter] = field(default_factory=dict)
    sign_ons: dict[str, SignOn] = field(default_factory=dict)
    imports: dict[str, SignatoryImport] = field(default_factory=dict)
    responses: dict[str, Response] = field(default_factory=dict)
    notes: dict[str, DemandNote] = field(default_factory=dict)
    link: SecretLink | None = None
    edition: Edition | None = None
    organization: Organization | None = None
    twin: Organization | None = None
    merge: OrganizationMerge | None = None
    updates: dict[str, Update] = field(default_factory=dict)

    def desk(self) -> Client:
        """A browser in which the staff are logged in."""
        client = Client()
        client.force_login(self.staff)
        return client


def furnish(longest: int = 0) -> World:
    """Store it, on an empty database; `longest` is how many names the long list has, if any."""
    demo.load()
    world = World(User.objects.create_superuser(NAME, "", "-", first_name="Rosa"))
    world.letters["main"] = Letter.objects.get(slug="icc-prosecutor")
    _write(world)
    _sign(world)
    _change(world)
    _know(world)
    _import(world)
    _tell(world)
    if longest:
        _fill(world, longest)
    return world


def _write(world: World) -> None:
    week = timedelta(days=7)
    stated: tuple[tuple[str, dict[str, Any]], ...] = (
        ("closed", {"status": Letter.Status.CLOSED, "title": "Keep the river open"}),
        ("empty", {"title": "On the water of the valley", "closes_at": timezone.now() + week}),
        ("draft", {"status": Letter.Status.DRAFT, "title": "A letter in the making"}),
        ("one", {"title": "Act"}),
        ("collected", {"status": Letter.Status.PRIVATE, "title": "On the water of tomorrow"}),
    )
    for slug, fields in stated:
        world.letters[slug] = make_letter(
            slug,
            salutation="Dear President,",
            place="Nairobi",
            summary="Three wells are closed, and nobody says until when.",
            demands=["Open the wells.", "Say who decides."],
            contact_email="corrections@letters.example",
            **fields,
        )
    signed = make_signature(world.letters["one"], MIXED, local_name="الحق")
    make_signature(world.letters["collected"], signed.organization, position=1)
    world.link = make_link(world.letters["collected"])
    make_link(world.letters["collected"], name="the board", for_initiators=False).revoke()
    _dress(world)
    paused = world.letters["paused"] = make_letter("paused", title="On the wells of the coast")
    Switches.objects.create(
        letter=paused,
        actor=world.staff,
        signing_stopped=True,
        message={"en": "We are being flooded. Come back on Monday."},
    )
    partly = world.letters["partly"] = make_letter(
        "partly", title="On the springs of the hills", demands=["Open the springs.", "Say why."]
    )
    partly.create_translation("ar", title="رسالة عن ينابيع التلال")
    partly.demands.first().create_translation("ar", text="افتحوا الينابيع.")
    _answer(world)
    make_signature(world.letters["closed"], "Well Keepers", position=1)
    make_signature(world.letters["closed"], "Water for the Valley Collective")


def _answer(world: World) -> None:
    """Let something have become of a letter that nobody has really written."""
    day = timezone.localdate() - timedelta(days=80)
    letter = world.letters["answered"] = make_letter(
        "answered",
        title="On the wells of the plain",
        dated=day,
        addressee="Minister for Water",
        demands=["Open the wells.", "Say who decides.", "Publish the plan.", "Pay for the pumps."],
    )
    letter.create_translation("ar", title="رسالة عن آبار السهل", body="نكتب إليكم عن الماء.")
    letter.addressees.get().create_translation("ar", position="وزيرة المياه")
    letter.demands.first().create_translation("ar", text="افتحوا الآبار.")
    _deliver(world, letter)
    respond = partial(
        Response.objects.record,
        letter,
        addressees=letter.addressees.all(),
        actor=world.staff,
    )
    respond(kind="sent", dated=day + timedelta(days=1), texts={"en": "By hand."}, public=True)
    respond(kind="acknowledged", dated=day + timedelta(days=3), texts={}, public=True)
    said = "We have read your letter with great care, and shall answer each demand in turn. "
    world.responses["replied"] = respond(
        kind="replied",
        dated=day + timedelta(days=20),
        texts={"en": f"{said * 8}\n\nWith respect", "ar": "قرأنا رسالتكم بعناية."},
        source="https://ministry.example.org/news/answer",
        attachment=Attachment(b"Dear all, we have read your letter.", "txt"),
        public=True,
    )
    world.responses["meeting"] = respond(
        kind="meeting", dated=day + timedelta(days=30), texts={"en": "She asked for patience."}
    )
    respond(kind="follow_up", dated=day + timedelta(days=40), texts={"en": "Two demands are left."})
    for number, (demand, status) in enumerate(
        zip(letter.demands.all(), ("met", "partly_met", "refused"), strict=False)
    ):
        world.notes[status] = DemandNote.objects.record(
            demand,
            status=status,
            dated=day + timedelta(days=50 + number),
            texts={
                "en": f"The ministry said so for the {number + 1}. demand.",
                "ar": "قالت الوزارة ذلك.",
            },
            source="https://ministry.example.org/wells",
            actor=world.staff,
        )


def _deliver(world: World, letter: Letter) -> None:
    """Deliver it; afterwards one withdraws, and another comes."""
    make_signature(letter, "Water Court of the Plain", position=1)
    make_signature(letter, "Well Keepers of the Plain")
    leaving = make_signature(letter, "Collective for the Wells of the Plain")
    world.edition = deliver(letter, list(letter.addressees.all()), after=0)
    leaving.withdraw()
    make_signature(letter, "Pumps for All")


def _dress(world: World) -> None:
    """Give a campaign a colour and a logo."""
    campaign = make_campaign("coloured", title="Wells for all", colour="#8a1c5c")
    campaign.logo_alt = "Wells for all"
    campaign.save()
    Logo.objects.give(campaign, draw(picture(size=(240, 80))))
    letter = world.letters["coloured"] = make_letter(
        "coloured", campaign=campaign, title="Wells are for all", demands=["Open the wells."]
    )
    make_signature(letter, "Coast Watch")


def _sign(world: World) -> None:
    letters = [world.letters["main"]]
    for name in ("unconfirmed", "pending", "approved", "rejected", "withdrawn", "withheld"):
        unconfirmed = name == "unconfirmed"
        world.sign_ons[name] = make_sign_on(
            letters,
            status=SignOn.Status.UNCONFIRMED if unconfirmed else SignOn.Status.PENDING,
            name=MIXED if name == "pending" else f"Union of {name} rivers",
            email=f"alice@{name}.example",
            withhold_name=name == "withheld",
            updates=name == "approved",
        )
    for name in ("approved", "withheld"):
        world.sign_ons[name].approve(actor=world.staff)
    world.sign_ons["approved"].request_new_email("new@approved.example")
    world.sign_ons["rejected"].reject(actor=world.staff, reason="Not an organisation.")
    world.sign_ons["withdrawn"].withdraw()
    corrected = world.sign_ons["corrected"] = make_sign_on(letters, name="Rivers without borders")
    corrected.approve(actor=world.staff)
    corrected.correct(name="Rivers Without Borders International")
    Note.objects.create(
        sign_on=world.sign_ons["pending"],
        author=world.staff,
        text="I have written to them.",
        assignee=world.staff,
    )


def _change(world: World) -> None:
    """Change a letter that was signed: once in substance, and once to correct it."""
    letter = world.letters["changed"] = make_letter(
        "changed",
        status=Letter.Status.DRAFT,
        title="On the wells of the plain",
        body="We write to you about the wells of the plain.\n\nHalf of them are closed.",
        demands=["Open the wells.", "Say who decides."],
        closes_at=timezone.now() + timedelta(days=30),
    )
    letter.publish()
    for name in ("Water for the Valley Collective", MIXED, "Friends of the River"):
        make_signature(letter, f"{name}, here")
    for name in ("asked", "answered"):
        world.sign_ons[name] = make_sign_on(
            [letter], name=f"Union of {name} wells", email=f"alice@{name}.example"
        )
        world.sign_ons[name].approve(actor=world.staff)
    world.sign_ons["changed"] = make_sign_on(
        [letter], name="Wells Watch", email="w@w.example", status=SignOn.Status.UNCONFIRMED
    )
    letter.demands.create(order=3, text="Publish the figures of every well by the end of May.")
    reaffirming.mark(
        letter,
        kind=TextVersion.Kind.SUBSTANCE,
        note="A third demand: the figures are to be published.",
        reaffirm_by=timezone.now() + timedelta(days=12),
    )
    reaffirming.reaffirm(world.sign_ons["answered"], letter.pk, shown=2)
    letter.body = letter.body.replace("Half", "More than half")
    letter.save()
    kind = TextVersion.Kind.CORRECTION
    reaffirming.mark(letter, kind=kind, note="Said more exactly how many.")
    Letter.objects.filter(pk=letter.pk).raise_revision()


def _know(world: World) -> None:
    world.organization = make_organization("Water Watch", acronym="WW", local_name="مراقبة المياه")
    world.twin = make_organization("Waterwatch International")
    world.organization.remember("Water Watch Kenya", "alias")
    for one in (world.organization, world.twin):
        make_signature(world.letters["closed"], one)
    gone = make_organization("Waterwatch")
    seen = merges.plan(world.organization, gone).fingerprint
    world.merge = OrganizationMerge.objects.merge(
        world.organization, gone, actor=world.staff, seen=seen
    )


def _import(world: World) -> None:
    desk, letters = world.desk(), [world.letters["main"]]
    for name in ("uploaded", "ready"):
        upload(desk, csv_file(LIST).encode(), letters, name="initiators.csv")
        world.imports[name] = SignatoryImport.objects.latest("pk")
    match(desk, world.imports["ready"])
    compare(desk, world.imports["ready"])


def _tell(world: World) -> None:
    """Write updates: one that is ready, and one on its way."""
    body = (
        "Our letter was **handed over** in The Hague this morning.\n\n## What they said\n\n"
        "- They will answer in writing.\n- They read [the whole list](https://letters.example)."
    )
    for name in ("draft", "sending"):
        update = world.updates[name] = make_update(
            world.letters["main"], title="The letter was delivered", body=body, author=world.staff
        )
        update.create_translation("ar", title="سُلّمت الرسالة", body="سُلّمت الرسالة **اليوم**.")
    update.send(actor=world.staff, seen=update.fingerprint(), number=len(update.contacts()))


def _fill(world: World, number: int) -> None:
    """Write a letter under which so many stand, each with a name of its own."""
    letter = world.letters["long"] = make_letter(
        "long",
        title="A letter with a very long title, as committees write them after a long night: on the"
        " protection of wells, springs, rivers and their defenders, and on what is to be done",
    )
    countries = ("KE", "PS", "FR", "DE", "JO", "ZA", "CL", "PH", "NZ", "IE", "NO", "LB", "ES")
    names = [f"Association for the Well of Village {one + 1:05}" for one in range(number)]
    organizations = Organization.objects.bulk_create(
        Organization(official_name=name, country=countries[one * one % 13])
        for one, name in enumerate(names)
    )
    today = timezone.localdate()
    Signature.objects.sign_many(
        Signature(
            letter=letter,
            organization=organization,
            name=organization.official_name,
            source=Signature.Source.FORM,
            signed_on=today - timedelta(days=(one * one) % 40),
        )
        for one, organization in enumerate(organizations)
    )
    Letter.objects.filter(pk=letter.pk).raise_revision()
