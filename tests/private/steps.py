"""What people do in the private phase, again and again."""

import re
import uuid
from itertools import product
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import resolve

from openletters import caching
from signatures import emails
from signatures.models import Letter, OutgoingMail, SecretLink, SignOn
from tests.factories import claim
from tests.hostile.addresses import filled, in_languages, parameters, routes


def entered(*letters: Letter, **stated: Any) -> dict[str, Any]:
    """Return a form filled in for letters."""
    return {"letters": [one.pk for one in letters], "authorized": "on"} | claim(**stated)


def sign(client: Client, link: SecretLink, *letters: Letter, **stated: Any) -> SignOn:
    """Sign letters through a link, and return what that stored."""
    response = client.post(f"/private/{link.token}/sign/", entered(*letters, **stated))
    assert response.status_code == 302, response.content.decode()
    assert response["Location"] == f"/private/{link.token}/sign/sent/"
    assert client.get(response["Location"]).status_code == 200
    return SignOn.objects.latest("pk")


def confirm(client: Client, sign_on: SignOn) -> str:
    """Press the button of the mailed page, and return the address of the private page."""
    response = client.post(emails.confirm_path(sign_on))
    assert response.status_code == 302
    return str(response["Location"])


def mails_of(sign_on: SignOn) -> str:
    """Return every word of every mail that is owed to a contact."""
    words = []
    for mail in OutgoingMail.objects.filter(sign_on=sign_on):
        message = emails.compose(mail)
        html = [str(part) for part, _kind in message.alternatives]
        words += [str(message.subject), str(message.body), *html, str(message.extra_headers)]
    return "\n".join(words)


FORMS = {"sign", "sign-sent", "verify", "edition-verify"}
"""Names of what everybody reads, but each a little differently."""

STANDING_FOR = {
    "number": ["1"],
    "language": ["en"],
    "entry": [str(uuid.UUID(int=1))],
    "digest": ["0" * 32],
    "kind": ["pdf"],
}
"""What stands for the parameters of public addresses, beside slugs."""


def read_by_strangers(*slugs: str) -> list[str]:
    """Return every address of the public site, in every language, as if `slugs` were letters."""
    found = ["/sitemap.xml", "/robots.txt"]
    found += [f"/oembed.json?url={settings.SITE_URL}/letters/{slug}/" for slug in slugs]
    visited = set()
    for route, _name in routes():
        about = ["a-campaign"] if "campaigns/" in route else list(slugs)
        known = {"slug": about, **STANDING_FOR}
        for values in product(*(known.get(one, []) for one in parameters(route))):
            address = filled(route, values)
            name = resolve(address).view_name
            if name in caching.PUBLIC or name in FORMS:
                found.append(address)
                visited.add(name)
    assert visited == caching.PUBLIC | FORMS
    return [one for address in found for one in in_languages(address)]


VARYING = {"X-Request-ID", "X-Accel-Expires", "Set-Cookie", "Date"}
ONCE = re.compile(rb'name="(csrfmiddlewaretoken|opened)" value="[^"]*"')
"""What a form carries that is never the same twice."""


def seen_by_strangers(*slugs: str) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """Return what the public is answered everywhere: status, headers and bytes."""
    answers = {}
    for address in read_by_strangers(*slugs):
        response = Client().get(address)
        headers = {name: value for name, value in response.items() if name not in VARYING}
        answers[address] = response.status_code, headers, ONCE.sub(b"", response.content)
    return answers
