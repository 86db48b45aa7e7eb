"""The pages of the site, each in every state: where they are, and what to do there.

A scene is seen in any language, size and colour. Those of the public come in the order in which
they are met; those of staff need somebody who is logged in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from signatures import tokens
from signatures.emails import confirm_path, private_path
from signatures.guide import STAFF as STAFF_TOPICS
from signatures.tokens import Purpose
from signatures.updates import unsubscribe_path
from tests.looking.world import World


def nothing(_page: Page) -> None:
    """Do nothing there."""


@dataclass(frozen=True)
class Scene:
    """A page in a state. `address` is without the language; `act` is done once it is open.

    `speaks` is the language of a page that has one of its own.
    """

    name: str
    address: Callable[[World], str]
    act: Callable[[Page], None] = nothing
    status: int = 200
    on_paper: bool = False
    speaks: str = ""


def at(address: str) -> Callable[[World], str]:
    """Return what leads to an address that is the same in every world."""
    return lambda _world: address


def private(name: str) -> Callable[[World], str]:
    """Return what leads to the private page of a sign-on."""
    return lambda world: private_path(world.sign_ons[name])


def _send_empty(page: Page) -> None:
    page.locator("form.form button.button").click()
    page.locator(".error-summary").wait_for()


def _record_empty(page: Page) -> None:
    page.locator("#record button[name=step]").click()
    page.locator(".told-off").wait_for()


def _open_share(page: Page) -> None:
    page.locator("#share summary").click()


def _open_all(page: Page) -> None:
    for summary in page.locator("summary:visible").all():
        summary.click()


def _new_address(world: World) -> str:
    sign_on = world.sign_ons["approved"]
    token = tokens.make(Purpose.EMAIL, sign_on.public_id, sign_on.new_email)
    return f"/confirm-address/{token}/"


def _read_document(page: Page) -> None:
    page.fill("[name=text]", DOCUMENT)
    page.click("#document button")
    page.wait_for_selector("#correction")


def _change_title(page: Page) -> None:
    page.fill("[name=title]", "On all wells of the plain")
    page.click("[name=_save]")
    page.wait_for_selector("#marking")


def _secret(page: str = "") -> Callable[[World], str]:
    def address(world: World) -> str:
        assert world.link
        return f"{world.link.get_absolute_url()}{page}"

    return address


def _unsubscribe(name: str) -> Callable[[World], str]:
    return lambda world: unsubscribe_path(world.sign_ons[name])


def _edition(world: World) -> str:
    assert world.edition
    return world.edition.get_absolute_url()


def _verify(page: Page) -> None:
    page.fill("#id_code", page.locator("code.code").first.inner_text())
    page.locator("form.verify button").click()
    page.locator("#id_code[value]:not([value=''])").wait_for()


LETTER = "/letters/icc-prosecutor/"
FROM_DOCUMENT = "/admin/signatures/letter/from-document/"
DOCUMENT = """Nairobi, 14 March 2024

To: Ms Amina Wanjiru, Cabinet Secretary for Water
cc: The Dam Authority

Re: Clean water for the lower Tana

Dear Ms Wanjiru,

Three dams have left the villages along the river without water.

We urge you to:

1. Publish the levels of all three dams;
2. Open the sluices in the months of drought.

Yours faithfully,

Tana River Forum, Kenya
Lake and Sea, Norway
"""

PUBLIC = (
    Scene("home", at("/")),
    Scene("campaign", at("/campaigns/icc-2022/")),
    Scene("letter", at(LETTER)),
    Scene("letter-on-paper", at(LETTER), on_paper=True),
    Scene("letter-closed", at("/letters/closed/")),
    Scene("letter-with-one-name", at("/letters/one/")),
    Scene("letter-without-names", at("/letters/empty/")),
    Scene("letter-paused", at("/letters/paused/")),
    Scene("letter-in-a-colour", at("/letters/coloured/")),
    Scene("campaign-in-a-colour", at("/campaigns/coloured/")),
    Scene("letter-partly-translated", at("/letters/partly/")),
    Scene("letter-changed", at("/letters/changed/")),
    Scene("list-of-a-changed-letter", at("/letters/changed/signatories/")),
    Scene("versions", at("/letters/changed/versions/")),
    Scene("letter-answered", at("/letters/answered/")),
    Scene("response", lambda world: world.responses["replied"].get_absolute_url()),
    Scene("editions", at("/letters/answered/editions/")),
    Scene("edition", _edition),
    Scene("edition-verified", _edition, _verify),
    Scene("verify", at("/verify/")),
    Scene("verify-with-errors", at("/verify/"), _send_empty),
    Scene("letter-in-french", at("/fr/letters/icc-prosecutor/"), speaks="fr"),
    Scene("list", at(f"{LETTER}signatories/")),
    Scene("list-found", at(f"{LETTER}signatories/?q=women")),
    Scene("list-of-a-country", at(f"{LETTER}signatories/?country=PS")),
    Scene("list-nothing-found", at(f"{LETTER}signatories/?q=nobody")),
    Scene("form", at(f"{LETTER}sign/")),
    Scene("form-with-errors", at(f"{LETTER}sign/"), _send_empty),
    Scene("form-of-a-closed-letter", at("/letters/closed/sign/")),
    Scene("form-of-a-paused-letter", at("/letters/paused/sign/")),
    Scene("form-in-a-colour", at("/letters/coloured/sign/")),
    Scene("form-sent", at(f"{LETTER}sign/sent/")),
    Scene("secret-letter", _secret()),
    Scene("secret-form", _secret("sign/")),
    Scene("secret-form-sent", _secret("sign/sent/")),
    Scene("confirm", lambda world: confirm_path(world.sign_ons["unconfirmed"])),
    Scene("confirm-changed", lambda world: confirm_path(world.sign_ons["changed"])),
    Scene("confirm-address", _new_address),
    Scene("private-unconfirmed", private("unconfirmed"), _open_all),
    Scene("private-pending", private("pending"), _open_all),
    Scene("private-approved", private("approved"), _open_all),
    Scene("private-corrected", private("corrected")),
    Scene("private-changed", private("asked")),
    Scene("private-rejected", private("rejected")),
    Scene("private-withdrawn", private("withdrawn")),
    Scene("private-withheld", private("withheld")),
    Scene("unsubscribe", _unsubscribe("approved")),
    Scene("unsubscribed", _unsubscribe("withheld")),
    Scene("dead-link", at("/sign-on/nothing/"), status=404),
    Scene("frame", at(f"{LETTER}frame/")),
    Scene("share", at(f"{LETTER}#share"), _open_share),
    Scene("programs", at("/api/v1/docs"), speaks="en"),
    Scene("guide", at("/guide/")),
    Scene("privacy", at("/privacy/")),
    Scene("not-found", at("/nothing-here/"), status=404),
)

DEMO = (Scene("mailbox", at("/demo/mailbox/"), speaks="en"),)
"""What a public site does not have."""

LONG = (
    Scene("letter-with-10000-names", at("/letters/long/")),
    Scene("list-of-10000-names", at("/letters/long/signatories/")),
)
"""Those of a long list, which takes a while to be stored."""

DOOR = (Scene("login", at("/admin/login/")),)
"""What staff see before they are in."""


def sign_on(name: str) -> Callable[[World], str]:
    """Return what leads to a sign-on at the desk."""
    return lambda world: f"/admin/signatures/signon/{world.sign_ons[name].pk}/change/"


def _organization(page: str) -> Callable[[World], str]:
    def address(world: World) -> str:
        assert world.organization
        assert world.twin
        assert world.merge
        known = f"/admin/signatures/organization/{world.organization.pk}/"
        return {
            "change": f"{known}change/",
            "choose": f"{known}merge/?q=water",
            "merge": f"{known}merge/?with={world.twin.pk}",
            "undo": f"/admin/signatures/organization/merges/{world.merge.pk}/undo/",
        }[page]

    return address


def _letter(name: str, page: str) -> Callable[[World], str]:
    return lambda world: f"/admin/signatures/letter/{world.letters[name].pk}/{page}"


def _entry(kind: str, name: str) -> Callable[[World], str]:
    def address(world: World) -> str:
        entries = world.notes if kind == "notes" else world.responses
        below = "notes/" if kind == "notes" else ""
        return _letter("answered", f"responses/{below}{entries[name].entry}/")(world)

    return address


def _campaign(page: str) -> Callable[[World], str]:
    return lambda world: (
        f"/admin/signatures/campaign/{world.letters['coloured'].campaign_id}/{page}"
    )


def _desk_edition(world: World) -> str:
    assert world.edition
    return f"/admin/signatures/edition/{world.edition.pk}/change/"


def _import(name: str, page: str) -> Callable[[World], str]:
    return lambda world: f"/admin/signatures/signatoryimport/{world.imports[name].pk}/{page}/"


def _update(name: str, page: str) -> Callable[[World], str]:
    return lambda world: f"/admin/signatures/update/{world.updates[name].pk}/{page}/"


STAFF = (
    Scene("start", at("/admin/")),
    Scene("queue", at("/admin/signatures/signon/")),
    Scene("queue-corrections", at("/admin/signatures/signon/?status=corrections")),
    Scene("desk", sign_on("pending")),
    Scene("desk-approved", sign_on("approved"), _open_all),
    Scene("desk-withheld", sign_on("withheld")),
    Scene("desk-corrected", sign_on("corrected")),
    Scene("enter", at("/admin/signatures/signon/add/")),
    Scene("batches", at("/admin/signatures/signon/bulk/")),
    Scene("clean-up", at("/admin/signatures/signon/clean-up/")),
    Scene("letters", at("/admin/signatures/letter/")),
    Scene("letter-form", _letter("main", "change/")),
    Scene("letter-marking", _letter("changed", "change/"), _change_title),
    Scene("letter-add", at("/admin/signatures/letter/add/")),
    Scene("letter-preview", _letter("draft", "preview/"), speaks="en"),
    Scene("document", at(FROM_DOCUMENT)),
    Scene("document-read", at(FROM_DOCUMENT), _read_document),
    Scene("deliver", _letter("main", "deliver/")),
    Scene("edition-at-the-desk", _desk_edition),
    Scene("secret-links", _letter("collected", "links/"), _open_all),
    Scene("extend", _letter("empty", "extend/")),
    Scene("ledger", _letter("answered", "responses/")),
    Scene("response-add", _letter("answered", "responses/add/")),
    Scene("response-add-with-errors", _letter("answered", "responses/add/"), _record_empty),
    Scene("response-correct", _entry("responses", "replied"), _open_all),
    Scene("demand-note", _entry("notes", "met")),
    Scene("letter-translate", _letter("main", "translate/ar/")),
    Scene("letter-translate-into-a-new-language", _letter("main", "translate/es/")),
    Scene("campaigns", at("/admin/signatures/campaign/")),
    Scene("campaign-form", _campaign("change/")),
    Scene("campaign-translate", _campaign("translate/ar/")),
    Scene("organizations", at("/admin/signatures/organization/")),
    Scene("organization", _organization("change")),
    Scene("merge-choose", _organization("choose")),
    Scene("merge", _organization("merge")),
    Scene("unmerge", _organization("undo")),
    Scene("signatures", at("/admin/signatures/signature/")),
    Scene("import-add", at("/admin/signatures/signatoryimport/add/")),
    Scene("import-columns", _import("uploaded", "columns")),
    Scene("import-rows", _import("ready", "rows")),
    Scene("export", at("/admin/signatures/export/add/")),
    Scene("switches", at("/admin/signatures/switches/add/")),
    Scene("mails", at("/admin/signatures/outgoingmail/")),
    Scene("keys", at("/admin/signatures/apikey/")),
    Scene("key-add", at("/admin/signatures/apikey/add/")),
    Scene("updates", at("/admin/signatures/update/")),
    Scene("update-add", at("/admin/signatures/update/add/")),
    Scene("update-form", _update("draft", "change")),
    Scene("update-preview", _update("draft", "preview")),
    Scene("update-send", _update("draft", "send")),
    Scene("update-being-sent", _update("sending", "change")),
    Scene("update-mails", at("/admin/signatures/updatemail/")),
    Scene("accounts", at("/admin/auth/user/")),
    Scene("security", at("/admin/security/")),
    *(Scene(f"guide-{topic}", at(f"/admin/guide/{topic}/")) for topic in STAFF_TOPICS),
)
