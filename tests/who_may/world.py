"""One of each thing, and every address of the site with real objects in it."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

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
from tests.staff.steps import give_app, log_in


@dataclass(frozen=True)
class Address:
    """One address with real objects in it."""

    name: str
    url: str


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
