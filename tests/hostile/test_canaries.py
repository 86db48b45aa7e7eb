"""Whatever is private is found on private pages alone: a canary in every column, a visit to every
page, and a look into everything that leaves the app."""

import io
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from pytest_django import Settings

from openletters import logs
from openletters.caching import PUBLIC
from signatures.mirror import Mirror
from signatures.models import Letter, SignOn, TextVersion
from tests.factories import make_signature
from tests.hostile.addresses import addresses, in_languages
from tests.hostile.canaries import Aviary
from tests.hostile.crawling import Answer, crawl
from tests.hostile.pages import Form
from tests.hostile.world import World, fill, furnish

pytestmark = pytest.mark.django_db

PUBLISHED = frozenset(
    {
        "LetterTranslation",
        "CampaignTranslation",
        "AddresseeTranslation",
        "DemandTranslation",
        "Campaign",
        "DemandNote",
        "DemandNoteTranslation",
        "Extension",
        "Letter",
        "Edition",
        "EditionFile",
        "EditionSignatory",
        "Logo",
        "Response",
        "ResponseFile",
        "ResponseTranslation",
        "Signature",
        "TextVersion",
    }
)
"""Kinds of rows whose texts the public is meant to read, once the letter is published."""

OF_THE_STAFF = frozenset({"Organization", "OrganizationName", "OrganizationMerge"})
OF_THE_STAFF |= {"OrganizationSplit", "KnownWord", "Update", "UpdateTranslation", "SecretLink"}
OF_THE_STAFF |= PUBLISHED
"""What staff may read who have no right to see sign-ons."""

CONTACT = {f"SignOn.{name}" for name in ("contact_name", "contact_title", "email", "new_email")}
CONTACT |= {"ImportRow.contact_name", "ImportRow.email"}

TOKEN = "the token of this test"


@pytest.fixture
def private() -> Aviary:
    """Canaries in everything that is stored and not published."""
    return Aviary("kanari7f3a")


@pytest.fixture
def typed() -> Aviary:
    """Canaries in what visitors send."""
    return Aviary("papagei5c2e")


@pytest.fixture
def world(private: Aviary) -> World:
    """A site whose every private text is a canary."""
    world = furnish(private)
    hidden = [letter for letter in Letter.objects.all() if not letter.is_published()]
    assert len(hidden) == 3
    for letter in hidden:
        make_signature(letter, private("Signature.name of a hidden letter", 200))
        letter.contact_email = f"{private('Letter.contact_email of a hidden letter', 99)}@a.example"
        letter.save()
        for name in ("title", "summary", "salutation", "body", "place", "closing"):
            setattr(letter, name, private(f"Letter.{name} of a hidden letter", 99))
        letter.save()
        TextVersion.objects.freeze(letter, kind=TextVersion.Kind.SUBSTANCE)
    fill(private, *(kind for kind in kinds() if kind.__name__ not in PUBLISHED))
    for name in ("username", "email", "first_name", "last_name"):
        User.objects.update(**{name: private(f"User.{name}", 99)})
    world.root.refresh_from_db()
    return world


def kinds() -> list[type[Model]]:
    return list(apps.get_app_config("signatures").get_models())


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """Log as production does, but everything that anybody has to say."""
    written = io.StringIO()
    config = logs.configuration("json")
    config["handlers"]["stderr"]["stream"] = written
    config["root"]["level"] = "DEBUG"
    for name in {*logging.root.manager.loggerDict, *config["loggers"]}:
        config["loggers"].setdefault(name, {})["level"] = "DEBUG"
    logging.config.dictConfig(config)
    try:
        yield written
    finally:
        for name in logging.root.manager.loggerDict:
            logging.getLogger(name).setLevel(logging.NOTSET)
        logging.config.dictConfig(django_settings.LOGGING)


def stranger(typed: Aviary) -> Client:
    """A visitor all of whose headers and cookies are canaries."""
    names = ("User-Agent", "Referer", "X-Forwarded-For", "X-Request-ID", "Accept-Language")
    headers: Any = {name: typed(f"the header {name}", 99) for name in names}
    client = Client(raise_request_exception=False, headers=headers)
    for cookie in ("sessionid", "csrftoken", "messages", "language"):
        client.cookies[cookie] = typed(f"the cookie {cookie}", 99)
    return client


def public_addresses(world: World, typed: Aviary) -> list[str]:
    """Every address that is not the staff's or secret, plainly and with canaries in its query."""
    found = []
    for address in addresses(world):
        secret = ("/admin/", "/confirm", "/private/", "/sign-on/", "/unsubscribe/")
        if not address.startswith(secret):
            found += in_languages(address)
    asking = []
    for address in found:
        terms = ("q", "country", "from", "done", "next", "page", "utm_source")
        query = "&".join(f"{term}={typed(f'the query of {address}', 99)}" for term in terms)
        asking.append(f"{address}?{query}")
    lost = [f"/{typed('the path', 99)}/", f"/letters/{typed('the path', 99)}/"]
    lost += [f"/confirm/{typed('the path', 99)}/", f"/ar/sign-on/{typed('the path', 99)}/"]
    return [*found, *asking, *lost, "/admin/", "/admin/login/?next=/admin/"]


def submit(client: Client, form: Form, typed: Aviary) -> Iterator[Answer]:
    """Send a form with canaries in it, once as a browser would and once without its cookie."""
    data = form.filled()
    for one in form.fields:
        if one.kind in {"text", "textarea", "search", "email", "url"}:
            canary = typed(f"the field {one.name}", 99)
            data[one.name] = [f"{canary}@{canary}.example" if one.kind == "email" else canary]
        elif one.kind == "select":
            data[one.name] = [one.options[-1]]
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
    for visitor in (client, strict):
        with transaction.atomic():
            answer = Answer(form.action, visitor.post(form.action, data))
            yield answer
            transaction.set_rollback(True)
        if answer.status == 302:
            yield Answer(answer.response["Location"], visitor.get(answer.response["Location"]))


def shows_again(answer: Answer, form: Form) -> bool:
    """Whether the answer is the form once more, with what was entered."""
    return form.kind in {one.kind for one in answer.forms}


class Finds(list[str]):
    """Where a canary was that has no business there."""

    def look(self, aviary: Aviary, where: str, content: bytes) -> None:
        """Note every canary of `content`."""
        self += [f"{column} in {where}" for column in sorted(aviary.found_in(content))]


def test_the_public_sees_nothing_private(
    world: World, private: Aviary, typed: Aviary, settings: Settings
) -> None:
    settings.METRICS_TOKEN = TOKEN
    visitor, finds, seen, forms = stranger(typed), Finds(), set[str](), dict[Any, Form]()
    with everything_logged() as log:
        for answer in crawl(visitor, public_addresses(world, typed)):
            finds.look(private, answer.address, answer.everything)
            headers = answer.everything.partition(b"\n\n")[0]
            if not (answer.status == 301 and "?" in answer.response["Location"]):
                finds.look(typed, f"the headers of {answer.address}", headers)
            seen.add(answer.name)
            page = answer.page
            forms |= (
                {form.kind: form for form in page.forms if form.method == "post"} if page else {}
            )
        for form in forms.values():
            for answer in submit(visitor, form, typed):
                finds.look(private, f"the answer of {form.action}", answer.everything)
                if not shows_again(answer, form):
                    finds.look(typed, f"the answer of {form.action}", answer.everything)
        figures = visitor.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        finds.look(private, "/metrics", figures.content)
        finds.look(typed, "/metrics", figures.content)
    assert b"openletters_sign_ons_pending" in figures.content
    assert len(log.getvalue().splitlines()) > len(seen)
    finds.look(private, "the log", log.getvalue().encode())
    finds.look(typed, "the log", log.getvalue().encode())
    assert {"sign", "sign-sent", "admin:login", *PUBLIC} <= seen
    assert any("/sign/" in form.action for form in forms.values())
    assert not finds


def test_a_mirror_holds_nothing_private(world: World, private: Aviary, tmp_path: Path) -> None:
    finds = Finds()
    Mirror(tmp_path / "mirror").update()
    files = [one for one in (tmp_path / "mirror").rglob("*") if one.is_file()]
    for file in files:
        finds.look(private, str(file.relative_to(tmp_path)), file.read_bytes())
    assert len(files) > 10
    assert not finds


def test_errors_say_nothing_about_anybody(
    world: World, private: Aviary, typed: Aviary, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = SignOn.objects.get(pk=world.sign_ons["pending"].pk)

    def broken(*_arguments: Any, **_options: Any) -> None:
        try:
            int(claim.email)
        except ValueError as error:
            raise KeyError(claim.contact_name, claim.email, claim) from error

    visitor, finds = stranger(typed), Finds()
    form = next(visitor_forms(visitor, "/letters/open/sign/"))
    monkeypatch.setattr("signatures.pages.states._read", broken)
    monkeypatch.setattr("signatures.forms.SignOnForm.claim", broken)
    monkeypatch.setattr("signatures.views.signing.open_link", broken)
    statuses = set()
    with everything_logged() as log:
        data = form.filled() | {
            "name": [typed("the name", 99)],
            "contact_name": [typed("the contact", 99)],
            "contact_title": ["Director"],
            "country": ["KE"],
            "email": [f"{typed('the address', 99)}@example.org"],
        }
        answers = [
            visitor.post("/letters/open/sign/", data),
            *(visitor.get(address) for address in public_addresses(world, typed)),
            *(visitor.get(f"/sign-on/{token}/") for token in world.secrets()["sign-on"]),
        ]
        for response in answers:
            statuses.add(response.status_code)
            if response.status_code == 500:
                finds.look(private, "an error", Answer("", response).everything)
                finds.look(typed, "an error", Answer("", response).everything)
    assert answers[0].status_code == answers[-1].status_code == 500
    assert log.getvalue().count("KeyError") > 20
    finds.look(private, "the log", log.getvalue().encode())
    finds.look(typed, "the log", log.getvalue().encode())
    assert not finds


def visitor_forms(visitor: Client, address: str) -> Iterator[Form]:
    forms = Answer(address, visitor.get(address)).forms
    return (form for form in forms if form.method == "post")


def desk_of(permissions: Any) -> Client:
    """A browser in which somebody is logged in who may do this much."""
    client = Client(raise_request_exception=False)
    staff = User.objects.create_user("editor", is_staff=True)
    staff.user_permissions.set(permissions)
    client.force_login(staff)
    return client


def staff_addresses(world: World) -> list[str]:
    return [one for one in addresses(world) if one.startswith("/admin/") and "logout" not in one]


def is_for_staff(link: str) -> bool:
    return link.startswith("/admin/") and "logout" not in link


@pytest.mark.parametrize("rights", ["none", "all but those on private claims"])
def test_the_desk_shows_claims_to_nobody_without_the_right(
    world: World, private: Aviary, rights: str
) -> None:
    public = {name.removesuffix("Translation").lower() for name in OF_THE_STAFF}
    public |= {"user", "group"}
    allowed = Permission.objects.filter(content_type__model__in=public if rights != "none" else [])
    desk, finds, forms, read = desk_of(allowed), Finds(), dict[Any, Form](), 0
    claims = Aviary(private.prefix, {
        canary: column
        for canary, column in private.origins.items()
        if column.split(".")[0] not in OF_THE_STAFF | {"User", "Letter"}
    })  # fmt: skip
    for answer in crawl(desk, staff_addresses(world), follow=is_for_staff):
        read += answer.status == 200
        finds += leaks(claims, answer)
        forms |= {form.kind: form for form in answer.forms if form.method == "post"}
    for form in forms.values():
        if "logout" in form.action or "/login/" in form.action:
            continue
        for action in next((one.options for one in form.fields if one.name == "action"), [""]):
            with transaction.atomic():
                data = form.filled() | ({"action": [action]} if action else {})
                finds += leaks(claims, Answer(form.action, desk.post(form.action, data)))
                transaction.set_rollback(True)
    assert read > (100 if allowed else 2)
    assert not finds


def leaks(claims: Aviary, answer: Answer) -> list[str]:
    """Say which claims stand in an answer."""
    found = claims.found_in(answer.everything)
    return [f"{one} in {answer.address}" for one in found if one in set(claims.origins.values())]


def test_the_same_walk_finds_every_contact_where_it_may_be_seen(
    world: World, private: Aviary
) -> None:
    """Or else the walks above would find nothing wherever it was."""
    at_the_desk, on_private_pages = set[str](), set[str]()
    start = [
        *(f"/admin/signatures/signon/{one.pk}/change/" for one in SignOn.objects.all()),
        *(f"/admin/signatures/signatoryimport/{one.pk}/rows/" for one in world.imports.values()),
    ]
    for answer in crawl(world.desk(), start, follow=lambda _link: False):
        at_the_desk |= private.found_in(answer.everything)
    for token in world.secrets()["sign-on"]:
        answer = Answer("", Client().get(f"/sign-on/{token}/"))
        on_private_pages |= private.found_in(answer.everything)
    assert at_the_desk >= CONTACT - {"SignOn.new_email"}
    assert on_private_pages >= {"SignOn.contact_name", "SignOn.contact_title"}


@pytest.mark.parametrize(
    "shown",
    [b"KANARI7F3A0000", b"x%20kanari7f3a0000", b"a2FuYXJpN2YzYTAwMDA=", b"6b616e61726937663361"],
)
def test_a_canary_is_found_in_disguise(private: Aviary, shown: bytes) -> None:
    private("SignOn.email", 99)
    assert private.found_in(b"..." + shown)
    assert not private.found_in(b"kanarienvogel")


def test_no_column_of_the_database_holds_a_contact_in_the_clear(
    world: World, private: Aviary
) -> None:
    found = set[str]()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                for value in row:
                    plain = bytes(value) if isinstance(value, memoryview | bytes) else str(value)
                    found |= private.found_in(plain if isinstance(plain, bytes) else plain.encode())
    assert {"SignOn.name", "OrganizationName.name"} <= found  # the walk reads what there is
    sealed = CONTACT | {"SignOn.former_email", "ImportRow.contact_title", "SignatoryImport.content"}
    assert found & sealed == set()
