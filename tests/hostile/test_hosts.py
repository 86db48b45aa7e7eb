"""Under whatever name the site is asked for, its links are its own."""

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from signatures.emails import send_next
from signatures.models import SignOn
from tests.factories import claim, make_letter
from tests.hostile.test_strings import NAUGHTY

pytestmark = pytest.mark.django_db

OURS = "https://letters.example.org"
SIGN = "/letters/a-letter/sign/"
EVIL = (
    "evil.example",
    "letters.example.org.evil.example",
    "letters.example.org@evil.example",
    "letters.example.org:evil.example",
    "evil.example/letters.example.org",
    "evil.example?letters.example.org",
    "letters.example.org\tevil.example",
    "letters.example.org,evil.example",
    "127.0.0.1",
    "localhost",
    "[::1]",
    "",
    "*",
    "LETTERS.EXAMPLE.ORG.",
)


@pytest.fixture(autouse=True)
def site(settings: Settings) -> Iterator[None]:
    settings.SITE_URL = OURS
    settings.ALLOWED_HOSTS = ["letters.example.org"]
    yield
    cache.clear()


def sign(**headers: str) -> int:
    """Sign a letter, asking for the site under another name."""
    letter = make_letter()
    data = {"letters": [letter.pk], "authorized": "on", **claim()}
    client = Client(raise_request_exception=False, headers=headers)
    return int(client.post(SIGN, data).status_code)


def links() -> set[str]:
    """Where the links of all mails lead."""
    while send_next():
        pass
    assert mail.outbox
    texts = [str(one.message()) for one in mail.outbox]
    return set(re.findall(r"https?://[^/\s\"'<>=]+", "".join(texts).replace("=\n", "")))


@pytest.mark.parametrize("host", EVIL)
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    same = host.lower() == "letters.example.org."  # the full name, with its final dot
    assert sign(Host=host) == (302 if same else 400)
    assert SignOn.objects.exists() is same


@pytest.mark.parametrize("port", ["1337", "80", "99999", "0"])
def test_a_port_of_somebody_elses_making_stands_in_no_link(port: str) -> None:
    assert sign(Host=f"letters.example.org:{port}") in {302, 400}
    if SignOn.objects.exists():
        assert links() == {OURS}
    page = Client(headers={"Host": f"letters.example.org:{port}"}).get("/letters/a-letter/")
    assert f".org:{port}" not in page.content.decode()
    assert f".org:{port}" not in str(page.headers)


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server", "X-Host", "Forwarded",
     "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Host-Override", "X-Forwarded-Prefix", "Origin"],
)  # fmt: skip
def test_no_other_header_names_the_host(header: str) -> None:
    host = {"Host": "letters.example.org", header: "https://evil.example:1337"}
    assert sign(**host) == 302
    assert links() == {OURS}
    page = Client(headers=host).get("/letters/a-letter/")
    assert "evil" not in page.content.decode() + str(page.headers)


@pytest.mark.parametrize("field", ["name", "local_name", "acronym", "contact_name",
                                   "contact_title", "website"])  # fmt: skip
def test_nothing_that_is_typed_adds_a_header_or_a_recipient(field: str) -> None:
    letter = make_letter()
    host = {"Host": "letters.example.org"}
    injected = [
        *(
            f"Amal{end}Bcc: eve@evil.example"
            for end in ("\r\n", "\n", "\r", "\u2028", "\x0b", "\x85")
        ),
        "Amal%0d%0aBcc: eve@evil.example",
        "=?utf-8?q?Amal=0D=0ABcc:_eve@evil.example?=",
        "Amal\r\n\r\n<script>x</script>",
        "Amal\r\nContent-Type: text/html\r\n\r\nx",
        *NAUGHTY[::60],
    ]
    for number, text in enumerate(injected):
        data = {"letters": [letter.pk], "authorized": "on",
                **claim(email=f"a{number}@water.example"), field: text[:150]}  # fmt: skip
        Client(headers=host).post(SIGN, data)
    while send_next():
        pass
    assert len(mail.outbox) > 3 or field == "website"
    for one in mail.outbox:
        message = one.message()
        assert set(message.keys()) == KNOWN
        assert len(message.keys()) == len(KNOWN)
        assert one.recipients() == [message["To"]]
        assert "Bcc" not in message["Subject"]


KNOWN = {"Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID",
         "Auto-Submitted", "Content-Language"}  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "alice@water.example\r\nBcc: eve@evil.example",
        "alice@water.example\nBcc: eve@evil.example",
        "alice@water.example,eve@evil.example",
        "alice@water.example;eve@evil.example",
        "Alice <alice@water.example>, eve@evil.example",
        '"alice\r\nBcc: eve"@evil.example',
        "alice%0d%0aBcc:eve@evil.example@water.example",
        "alice@[127.0.0.1]\r\n",
        "-oQ/tmp@evil.example",
    ],
)
def test_an_address_is_one_mailbox_or_a_mistake(address: str) -> None:
    letter = make_letter()
    data = {"letters": [letter.pk], "authorized": "on", **claim(email=address)}
    Client(headers={"Host": "letters.example.org"}).post(SIGN, data)
    while send_next():
        pass
    for one in mail.outbox:
        assert "Bcc" not in one.message()
        assert len(one.recipients()) == 1
        assert not {",", ";", "\r", "\n", " "} & set(one.recipients()[0])
