"""Every address of the site, with every method, for everybody: who may see, and who may send.

The addresses are read from the site itself. One that stands in none of the tables below fails the
test: whoever adds a page says here whom it is for.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from openletters.staff import mail, roles
from openletters.staff.models import StaffAct, StaffMail
from signatures import colours, emails, logos, tokens, updates
from signatures.attachments import Attachment
from signatures.models import (
    ApiKey,
    Export,
    Letter,
    Logo,
    OrganizationMerge,
    SecretLink,
    SignOn,
    Switches,
    TextVersion,
    UpdateMail,
    merges,
)
from signatures.tokens import Purpose
from tests.desk.importing import compare, prepared
from tests.drawn import picture
from tests.editions.steps import delivered_in_arabic
from tests.factories import (
    make_campaign,
    make_letter,
    make_member,
    make_organization,
    make_sign_on,
    make_signature,
    make_update,
)
from tests.responding.steps import respond, say
from tests.staff.steps import give_app, give_password, log_in

pytestmark = pytest.mark.django_db

# Who: e editor, m moderator, a administrator; a superuser wherever anybody may. ROOT is superusers
# alone, NOBODY not even they, ALL everybody in the world.
STAFF = "ema"
ALL = "*"
ROOT = ""
NOBODY = None
Who = str | None

MODELS: dict[str, tuple[Who, Who, Who, Who]] = {
    # page:                        view   add     change  delete
    "auth_user": ("a", "a", "a", NOBODY),
    "staff_staffact": ("a", NOBODY, NOBODY, NOBODY),
    "signatures_apikey": ("a", "a", NOBODY, NOBODY),
    "signatures_campaign": (STAFF, "ea", "ea", "ea"),
    "signatures_edition": (STAFF, NOBODY, NOBODY, NOBODY),
    "signatures_export": ("a", STAFF, NOBODY, NOBODY),
    "signatures_letter": (STAFF, "ea", "ea", NOBODY),  # the one here is public
    "signatures_organization": (STAFF, "ma", "ma", ROOT),
    "signatures_outgoingmail": ("ma", NOBODY, NOBODY, NOBODY),
    "signatures_signatoryimport": ("ea", "ea", "ea", NOBODY),
    "signatures_signature": (STAFF, NOBODY, STAFF, NOBODY),
    "signatures_signon": ("ma", "ma", NOBODY, NOBODY),  # by the steps below
    "signatures_signonevent": ("ma", NOBODY, NOBODY, NOBODY),
    "signatures_switches": ("ma", "a", NOBODY, NOBODY),
    "signatures_update": (STAFF, "ea", "ea", "ea"),  # the one here is a draft
    "signatures_updatemail": ("ma", NOBODY, NOBODY, NOBODY),
}
"""What Django's admin asks of every model."""

PAGES: dict[str, tuple[Who, Who]] = {
    # page:                        see     send
    "admin:index": (STAFF, STAFF),
    "admin:app_list": (STAFF, STAFF),
    "admin:autocomplete": (STAFF, NOBODY),
    "admin:jsi18n": (STAFF, NOBODY),
    "admin:view_on_site": (STAFF, STAFF),
    "admin:password_change": (STAFF, STAFF),
    "admin:password_change_done": (STAFF, NOBODY),
    "admin:security": (STAFF, NOBODY),
    "admin:guide_start": (STAFF, NOBODY),
    "admin:guide": (STAFF, NOBODY),
    "admin:make_codes": (NOBODY, STAFF),
    "admin:remove_factor": (NOBODY, STAFF),
    "admin:staff_language": (NOBODY, STAFF),
    "admin:auth_user_invite": (NOBODY, "a"),
    "admin:auth_user_reset": ("a", "a"),
    "admin:signatures_letter_preview": (STAFF, NOBODY),
    "admin:signatures_letter_from_document": ("ea", "ea"),
    "admin:signatures_letter_links": ("ea", "ea"),
    "admin:signatures_letter_extend": ("ea", "ea"),
    "admin:signatures_letter_collect_privately": (NOBODY, "ea"),
    "admin:signatures_letter_stop_collecting": (NOBODY, "ea"),
    "admin:signatures_letter_publish": (NOBODY, "ea"),
    "admin:signatures_letter_lift_embargo": (NOBODY, "ea"),
    "admin:signatures_letter_close": (NOBODY, "ea"),
    "admin:signatures_letter_reopen": (NOBODY, "ea"),
    "admin:signatures_letter_unpublish": (NOBODY, "ea"),
    "admin:signatures_letter_deliver": ("ea", "ea"),
    "admin:signatures_letter_translate": ("ea", "ea"),
    "admin:signatures_letter_responses": (STAFF, NOBODY),
    "admin:signatures_letter_respond": ("ea", "ea"),
    "admin:signatures_letter_response": (STAFF, "ea"),
    "admin:signatures_letter_response_file": (STAFF, NOBODY),
    "admin:signatures_letter_note": ("ea", "ea"),
    "admin:signatures_letter_correct_note": (STAFF, "ea"),
    "admin:signatures_campaign_translate": ("ea", "ea"),
    "admin:signatures_letter_delete_translation": ("ea", "ea"),
    "admin:signatures_campaign_delete_translation": ("ea", "ea"),
    "admin:signatures_organization_merge": ("ma", "ma"),
    "admin:signatures_organization_undo_merge": ("ma", "ma"),
    "admin:signatures_organization_split": ("ma", "ma"),
    "admin:signatures_signatoryimport_columns": ("ea", "ea"),
    "admin:signatures_signatoryimport_analysis": ("ea", NOBODY),
    "admin:signatures_signatoryimport_rows": ("ea", NOBODY),
    "admin:signatures_signatoryimport_decide": (NOBODY, "ea"),
    "admin:signatures_signatoryimport_countries": (NOBODY, "ea"),
    "admin:signatures_signatoryimport_commit": (NOBODY, "ea"),
    "admin:signatures_signatoryimport_undo": (NOBODY, "ea"),
    "admin:signatures_signatoryimport_discard": (NOBODY, "ea"),
    "admin:signatures_signatoryimport_done": ("ea", NOBODY),
    "admin:signatures_apikey_revoke": (NOBODY, "a"),
    "admin:signatures_signature_withdraw": (NOBODY, STAFF),
    "admin:signatures_signature_withhold": (NOBODY, STAFF),
    "admin:signatures_signature_reaffirm": (NOBODY, STAFF),
    "admin:signatures_signon_approve": (NOBODY, "ma"),
    "admin:signatures_signon_reject": (NOBODY, "ma"),
    "admin:signatures_signon_reopen": (NOBODY, "ma"),
    "admin:signatures_signon_tell_apart": (NOBODY, "ma"),
    "admin:signatures_signon_take_back": (NOBODY, "ma"),
    "admin:signatures_signon_withdraw": (NOBODY, "ma"),
    "admin:signatures_signon_correction": (NOBODY, "ma"),
    "admin:signatures_signon_withhold": (NOBODY, "ma"),
    "admin:signatures_signon_show_name": (NOBODY, "ma"),
    "admin:signatures_signon_erase": (NOBODY, "a"),
    "admin:signatures_signon_desk": ("ma", "ma"),
    "admin:signatures_signon_note": (NOBODY, "ma"),
    "admin:signatures_signon_bulk_approve": (NOBODY, "ma"),
    "admin:signatures_signon_bulk_reject": (NOBODY, "ma"),
    "admin:signatures_signon_batches": ("ma", "ma"),
    "admin:signatures_signon_clean_up": ("ma", "ma"),
    "admin:signatures_signon_undo": ("ma", "ma"),
    "admin:signatures_update_translate": ("ea", "ea"),
    "admin:signatures_update_delete_translation": ("ea", "ea"),
    "admin:signatures_update_preview": (STAFF, NOBODY),
    "admin:signatures_update_preview_file": (STAFF, NOBODY),
    "admin:signatures_update_test": (NOBODY, STAFF),
    "admin:signatures_update_send": ("ma", "ma"),
    "admin:signatures_update_stop": (NOBODY, "ma"),
    "admin:signatures_update_resume": (NOBODY, "ma"),
    # The ways in: what they show and take depends on how far somebody is: tests/staff/.
    "admin:login": (ALL, ALL),
    "admin:logout": (ALL, ALL),
    "admin:forgotten": (ALL, ALL),
    "admin:set_password": (ALL, ALL),
    "admin:confirm": (ALL, ALL),
    "admin:second_step": (ALL, ALL),
    "admin:add_app": (ALL, ALL),
    "admin:add_passkey": (ALL, NOBODY),
    "admin:passkey_begin": (ALL, ALL),
    "admin:passkey_complete": (ALL, ALL),
    "admin:add_passkey_begin": (ALL, ALL),
    "admin:add_passkey_complete": (ALL, ALL),
    # The public
    "colours": (ALL, NOBODY),
    "logo": (ALL, NOBODY),
    "home": (ALL, NOBODY),
    "campaign": (ALL, NOBODY),
    "letter": (ALL, NOBODY),
    "signatories": (ALL, NOBODY),
    "signatories-csv": (ALL, NOBODY),
    "letter-pdf": (ALL, NOBODY),
    "letter-docx": (ALL, NOBODY),
    "count-json": (ALL, NOBODY),
    "share-picture": (ALL, NOBODY),
    "versions": (ALL, NOBODY),
    "version-json": (ALL, NOBODY),
    "badge": (ALL, NOBODY),
    "frame": (ALL, NOBODY),
    "qr": (ALL, NOBODY),
    "oembed": (ALL, NOBODY),
    "editions": (ALL, NOBODY),
    "edition": (ALL, NOBODY),
    "edition-json": (ALL, NOBODY),
    "edition-csv": (ALL, NOBODY),
    "edition-pdf": (ALL, NOBODY),
    "edition-docx": (ALL, NOBODY),
    "edition-verify": (ALL, ALL),
    "verify": (ALL, ALL),
    "letters-feed": (ALL, NOBODY),
    "letter-feed": (ALL, NOBODY),
    "response": (ALL, NOBODY),
    "response-file": (ALL, NOBODY),
    "sign": (ALL, ALL),
    "sign-sent": (ALL, NOBODY),
    "private": (ALL, NOBODY),
    "private-letter": (ALL, NOBODY),
    "private-sign": (ALL, ALL),
    "private-sent": (ALL, NOBODY),
    "confirm": (ALL, ALL),
    "confirm-address": (ALL, ALL),
    "sign-on": (ALL, ALL),
    "held-json": (ALL, NOBODY),
    "erase": (NOBODY, ALL),
    "unsubscribe": (ALL, ALL),
    "privacy": (ALL, NOBODY),
    "guide": (ALL, NOBODY),
    "security-txt": (ALL, NOBODY),
    # Programs
    "api-description": (ALL, NOBODY),
    "api-documentation": (ALL, NOBODY),
    "api:letters": (ALL, NOBODY),
    "api:letter": (ALL, NOBODY),
    "api:letter-count": (ALL, NOBODY),
    "api:signatories": (ALL, NOBODY),
    "api:versions": (ALL, NOBODY),
    "api:version": (ALL, NOBODY),
    "api:timeline": (ALL, NOBODY),
    "api:editions": (ALL, NOBODY),
    "api:edition": (ALL, NOBODY),
    "api:campaigns": (ALL, NOBODY),
    "api:campaign": (ALL, NOBODY),
    "api:declaration": (ALL, NOBODY),
    # With a key: tests/api/test_signing.py.
    "api:campaign-sign-ons": (NOBODY, NOBODY),
    "api:letter-sign-ons": (NOBODY, NOBODY),
    "api:api-root": (NOBODY, NOBODY),  # there is nothing
}
"""Everything else."""

NAMELESS = {
    # Django's admin sends an address without its last part on to the form, and answers 404 to
    # whatever it does not know: to staff only.
    "<path:object_id>/": STAFF,
    "(?P<url>.*)$": STAFF,
}

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST")

PASSING = ("sessions.Session", "signatures.Presence", "axes.AccessAttempt")
"""Tables in which looking leaves a trace: who is logged in, and who looks at what right now."""

INLINE = re.compile(
    rb"<script(?![^>]*\ssrc=)(?![^>]*json)|\sstyle=|\son[a-z]+=\"|javascript:", re.IGNORECASE
)


@dataclass(frozen=True)
class Address:
    """One address with real objects in it."""

    name: str
    url: str


# The site


def patterns(
    inside: URLResolver, route: str = "", names: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    """Return the name and the whole route of every address; its last part where it has no name."""
    for pattern in inside.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            last = pattern.name or str(pattern.pattern)
            yield ":".join([*names, last]) if pattern.name else last, here
        else:
            spaces = (*names, pattern.namespace) if pattern.namespace else names
            yield from patterns(pattern, here, spaces)


def rule(name: str) -> tuple[Who, Who]:
    """Return who may see an address, and who may send something to it."""
    if name in NAMELESS:
        return NAMELESS[name], NAMELESS[name]
    if name in PAGES:
        return PAGES[name]
    model, _under, page = name.removeprefix("admin:").rpartition("_")
    view, add, change, delete = MODELS.get(model, (NOBODY,) * 4)
    pages = {
        "changelist": (view, view),
        "add": (add, add),
        "history": (view, view),
        "delete": (delete, delete),
        "change": (view, change),
    }
    if model not in MODELS or page not in pages:
        pytest.fail(f"{name} is in no table of this file: say whom it is for.")
    return pages[page]


class World:
    """One of each thing, and the addresses of all of them."""

    def __init__(self) -> None:
        self.staff = {
            "e": make_member("edda", roles.EDITOR),
            "m": make_member("mona", roles.MODERATOR),
            "a": make_member("ada", roles.ADMINISTRATOR),
            "s": make_member("root", roles.EDITOR, is_superuser=True),
        }
        for member in self.staff.values():
            give_app(member)
        root, other = self.staff["s"], make_member("omar", roles.MODERATOR)
        campaign = make_campaign()
        letter = make_letter(campaign=campaign, demands=["Act"])
        letter.create_translation("ar", title="ماء", body="نص")
        campaign.create_translation("ar", title="حملة")
        TextVersion.objects.freeze(letter, kind=TextVersion.Kind.FIRST)
        key, _secret = ApiKey.objects.make("A form", actor=root, campaign=campaign)
        known = make_organization("Well Keepers")
        signature = make_signature(letter, known)
        alias = known.remember("Keepers of Wells", "alias")
        kept, removed = make_organization("Sea Watch"), make_organization("Seawatch")
        seen = merges.plan(kept, removed).fingerprint
        merge = OrganizationMerge.objects.merge(kept, removed, actor=root, seen=seen)
        waiting = make_sign_on([letter], updates=True)
        decided = make_sign_on([letter], name="Tree Watch", email="t@tree.example")
        batch = uuid.uuid4()
        SignOn.objects.reject([decided], actor=root, reason="no", batch=batch)
        browser = Client()
        log_in(browser, root)
        staged = prepared(browser, [("Name",), ("Moon Watch",)], [letter])
        compare(browser, staged)
        told = make_update(letter, author=root)
        told.create_translation("ar", title="سُلّمت", body="سلّمناها.")
        mail_to = UpdateMail.objects.create(
            update=make_update(letter, author=root), sign_on=waiting, language="en"
        )
        export = Export.objects.create(kind="contacts", format="csv", scope="", rows=0, actor=root)
        act = StaffAct.objects.record(StaffAct.Kind.SWITCHED, actor=root)
        assert alias
        reply = respond(letter, dated=letter.dated, attachment=Attachment(b"Dear all", "txt"))
        note = say(letter.demands.get(), dated=letter.dated)
        self.keys: dict[str, object] = {
            "auth_user": other.pk,
            "staff_staffact": act.pk,
            "signatures_apikey": key.pk,
            "signatures_campaign": letter.campaign_id,
            "signatures_edition": delivered_in_arabic(letter).pk,
            "signatures_export": export.pk,
            "signatures_letter": letter.pk,
            "signatures_organization": known.pk,
            "signatures_organization_undo_merge": merge.pk,
            "signatures_organization_split": alias.pk,
            "signatures_outgoingmail": decided.mails.get().pk,
            "signatures_signatoryimport": staged.pk,
            "signatures_signature": signature.pk,
            "signatures_signon": waiting.pk,
            "signatures_signonevent": waiting.events.get().pk,
            "signatures_switches": Switches.objects.create(actor=root).pk,
            "signatures_update": told.pk,
            "signatures_updatemail": mail_to.pk,
        }
        drawn = logos.draw(picture())
        Logo.objects.create(file=drawn.file, content=drawn.content)
        account, token = mail.link(StaffMail(user=other)).rstrip("/").split("/")[-2:]
        fresh = make_sign_on([letter], name="Sun Watch", status=SignOn.Status.UNCONFIRMED)
        waiting.request_new_email("new@waterwatch.example")
        new_address = tokens.make(Purpose.EMAIL, waiting.public_id, "new@waterwatch.example")
        self.parts: dict[str, object] = {
            "app_label": "signatures",
            "batch": batch,
            "language": "ar",
            "language_code": "ar",
            "number": 1,
            "content_type_id": ContentType.objects.get_for_model(letter).pk,
            "slug": letter.slug,
            "colour": "7a2048",
            "digest": colours.address("#7a2048")[1],
            "kind": "png",
            "entry": reply.entry,
            "demand": note.demand_id,
            "token": emails.private_path(waiting).split("/")[-2],
            "topic": "letters",
            "uidb64": account,
            "url": "nothing-of-the-kind/",
        }
        self.special = {
            "admin:set_password": token,
            "campaign": "a-campaign",
            "api:campaign": "a-campaign",
            "confirm": emails.confirm_path(fresh).split("/")[-2],
            "confirm-address": new_address,
            "logo": drawn.file.partition(".")[0],
            "unsubscribe": updates.unsubscribe_path(waiting).split("/")[-2],
            "admin:signatures_letter_correct_note entry": str(note.entry),
        }
        for name in ("response-file", "admin:signatures_letter_response_file"):
            for part, value in zip(("digest", "kind"), reply.file.split("."), strict=True):
                self.special[f"{name} {part}"] = value
        private = make_letter("private", status=Letter.Status.PRIVATE, campaign=campaign)
        link = SecretLink.objects.make([private], name="us", for_initiators=False, actor=root)
        for name in ("private", "private-letter", "private-sign", "private-sent"):
            self.special[f"{name} token"] = link.token
        self.special["private-letter slug"] = private.slug
        self.query = {
            "oembed": f"?url={settings.SITE_URL}/letters/a-letter/",
            "admin:autocomplete": "?app_label=signatures&model_name=organization&field_name=parent",
        }

    def address(self, name: str, route: str) -> Address:
        """Return an address with the keys of real objects in the place of its parts."""
        model = next(
            (
                key
                for key in sorted(self.keys, key=len, reverse=True)
                if f"{key.replace('_', '/', 1)}/" in route or name == f"admin:{key}"
            ),
            "",
        )
        if name in {f"admin:{key}" for key in self.keys}:
            model = name.removeprefix("admin:")

        def value(part: str) -> str:
            if part in {"pk", "object_id"}:
                return str(self.keys.get(model, self.keys["signatures_letter"]))
            if f"{name} {part}" in self.special:
                return self.special[f"{name} {part}"]
            if part in {"slug", "token", "digest"} and name in self.special:
                return self.special[name]
            return str(self.parts[part])

        url = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda found: value(found[1]), route)
        url = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: value(found[1]), url)
        url = url.replace("(.+)", value("object_id"), 1).replace("(.+)", "en")
        return Address(name, f"/{re.sub(r'[$^]', '', url)}{self.query.get(name, '')}")

    def addresses(self) -> list[Address]:
        """Return every address of the site."""
        return [self.address(name, route) for name, route in patterns(get_resolver())]


def digest() -> dict[str, list[Any]]:
    """Return all rows of all tables in which looking leaves no trace."""
    kept = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label not in PASSING:
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')  # noqa: S608
                kept[model._meta.label] = [
                    [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]
                    for row in cursor.fetchall()
                ]
    return kept


# The people


def entered(world: World, who: str) -> Client:
    """Return a browser of somebody, by the first letter of their role or in a state of its own."""
    browser = Client()
    if who in world.staff:
        log_in(browser, world.staff[who])
    elif who == "password only":
        give_password(browser, world.staff["a"])
    elif who == "deactivated":
        log_in(browser, world.staff["a"])
        User.objects.filter(pk=world.staff["a"].pk).update(is_active=False)
    return browser


def may(who: str, allowed: Who) -> bool:
    if allowed is NOBODY:
        return False
    return allowed == ALL or who == "s" or who in allowed


def ask(browser: Client, method: str, url: str, *, undo: bool) -> Any:
    """Ask, and keep the cookies as they were; `undo` what the database was told as well."""
    cookies = browser.cookies
    browser.cookies = SimpleCookie(cookies.output(header="", sep=";"))
    with transaction.atomic():
        answer = browser.generic(
            method, url, "post=yes", content_type="application/x-www-form-urlencoded"
        )
        transaction.set_rollback(undo)
    browser.cookies = cookies
    return answer


def is_door(name: str) -> bool:
    """Whether a page is a way in, which sends on whoever need not, or may not, stand there."""
    return name.startswith("admin:") and ALL in PAGES.get(name, ())


def wrong(answer: Any, method: str, who: str, address: Address) -> str:
    """Return what is wrong with an answer, or nothing."""
    see, send = rule(address.name)
    status = answer.status_code
    to_login = status == 302 and answer.headers["Location"].startswith("/admin/login/")
    is_out = to_login or status in {403, 404, 405}
    if status >= 500:
        return "broken"
    if method in {"GET", "HEAD"}:
        let_in = may(who, see)
    elif method == "POST":
        let_in = may(who, send)
    else:
        # No page knows these: its readers see what they see anyway, or that it does not.
        return "" if is_out or may(who, see) or may(who, send) else "let in"
    if is_out and let_in:
        known = address.name == "(?P<url>.*)$" or is_door(address.name)
        return "" if known else "kept out"
    return "let in" if let_in < (not is_out) else ""


def faults(answer: Any, address: Address) -> list[str]:
    """Return what a page holds, or lacks, that none may."""
    found = []
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        found.append(f"policy {policy!r}")
    framed = address.name == "frame" and answer.status_code == 200  # the one page that may be
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        **({} if framed else {"X-Frame-Options": "DENY"}),
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        if headers.get(name) not in {value, "no-referrer"}:
            found.append(f"{name}: {headers.get(name)}")
    if address.url.startswith("/admin/") and headers.get("Cache-Control") != "no-store":
        found.append(f"Cache-Control: {headers.get('Cache-Control')}")
    if "html" in headers.get("Content-Type", "") and (inline := INLINE.search(answer.content)):
        found.append(f"inline {inline[0]!r}")
    return found


PEOPLE = ("nobody", "password only", "deactivated", *STAFF, "s")


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_sees_and_sends_what_is_theirs_and_nothing_else(
    settings: Settings, who: str
) -> None:
    """And whatever is not a POST of somebody who may leaves every row as it was."""
    settings.MFA_REQUIRED = True
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    world = World()
    browser = entered(world, who)
    before = digest()
    surprises = []
    for address in world.addresses():
        _see, send = rule(address.name)
        for method in METHODS:
            undo = method == "POST" and (may(who, send) or is_door(address.name))
            answer = ask(browser, method, address.url, undo=undo)
            found = [wrong(answer, method, who, address), *faults(answer, address)]
            surprises += [
                f"{method} {address.name} {address.url}: {answer.status_code} {what}"
                for what in found
                if what
            ]
    assert not surprises, "\n".join(surprises)
    after = digest()
    assert [table for table in before if before[table] != after[table]] == []


def test_the_tables_name_no_address_that_there_is_not() -> None:
    there = {name for name, _route in patterns(get_resolver())}
    assert set(PAGES) <= there
    assert set(NAMELESS) <= there
    assert {f"admin:{model}_change" for model in MODELS} <= there
