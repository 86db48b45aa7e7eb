"""A reader opens letters and lists."""

import csv
import io
import json
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from signatures.models import Addressee, Letter, Signature
from tests.factories import make_campaign, make_letter, make_organization, make_signature

pytestmark = pytest.mark.django_db

SOON = timedelta(days=5)


def listed(html: str) -> list[str]:
    """Return the names of a page's lists, in order."""
    return re.findall(r"<li><bdi>(.*?)</bdi>", html)


def test_it_shows_the_letter_whole(client: Client) -> None:
    letter = make_letter(
        title="Water for all",
        place="The Hague",
        salutation="Dear President,",
        body="The *lead*.\n\nThe rest.",
        demands_intro="We call on you to",
        demands=["open the wells;", "keep them open."],
        closing="Yours,",
        addressee="",
        closes_at=timezone.now() + SOON,
    )
    Addressee.objects.create(
        letter=letter,
        name="Ms Rosa Ríos",
        position="President",
        institution="Water Court",
        postal_address="1 Well Street\nThe Hague",
        country="NL",
    )
    html = client.get("/letters/a-letter/").content.decode()
    for words in (
        "Water for all",
        "The Hague, ",
        "Ms Rosa Ríos",
        "Water Court",
        "1 Well Street<br>The Hague",
        "Netherlands",
        "Dear President,",
        "We call on you to",
        "<li>open the wells;</li><li>keep them open.</li>",
        "Yours,",
        "closes in 5 days",
    ):
        assert words in html
    lead, demands, rest = (
        html.index(s) for s in ("The <em>lead</em>", "open the wells", "The rest")
    )
    assert lead < demands < rest


def test_it_lists_initiators_first_and_the_others_alphabetically(client: Client) -> None:
    letter = make_letter()
    for name in ("Zeta", "école", "The Beacon", "“Dawn”", "Amal"):
        make_signature(letter, name)
    make_signature(letter, "Second Issuer", position=2)
    make_signature(letter, "Zz First Issuer", position=1)
    html = client.get("/letters/a-letter/").content.decode()
    assert listed(html) == [
        "Zz First Issuer",
        "Second Issuer",
        "Amal",
        "The Beacon",
        "“Dawn”",
        "école",
        "Zeta",
    ]
    assert '<ol class="names" start="3">' in html
    assert "<b>7</b>" in html


def test_it_counts_what_is_listed_and_nothing_withdrawn(client: Client) -> None:
    letter = make_letter()
    make_signature(letter, "Stays")
    make_signature(letter, "Leaves").withdraw()
    html = client.get("/letters/a-letter/").content.decode()
    assert listed(html) == ["Stays"]
    assert "1 signatory" in html
    assert json.loads(client.get("/letters/a-letter/count.json").content)["count"] == 1


@pytest.mark.parametrize("signatories", [0, 1, 30])
def test_a_letter_takes_as_many_queries_however_many_signed(
    client: Client, signatories: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make_campaign()
    letter = make_letter(campaign=campaign, demands=["a", "b", "c"])
    make_letter(slug="sibling", campaign=campaign)
    for number in range(signatories):
        make_signature(letter, f"Organisation {number}")
    with django_assert_num_queries(13):
        client.get("/letters/a-letter/")


def test_a_list_longer_than_the_letter_shows_continues_elsewhere(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signatures.pages.letters.LISTED_WHOLE", 4)
    monkeypatch.setattr("signatures.pages.letters.LISTED_AT_FIRST", 2)
    letter = make_letter()
    for name in ("A", "B", "C", "D", "E"):
        make_signature(letter, name)
    html = client.get("/letters/a-letter/").content.decode()
    assert listed(html) == ["A", "B"]
    assert "<b>5</b>" in html
    assert "and 3 more" in html


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/", 3),
        ("/campaigns/a-campaign/", 12),
        ("/letters/a-letter/signatories/", 6),
        ("/letters/a-letter/signatories/?q=organisation&country=KE", 7),
        ("/letters/a-letter/count.json", 2),
        ("/letters/a-letter/signatories.csv", 3),
    ],
)
def test_public_pages_take_a_fixed_number_of_queries(
    client: Client, path: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    letter = make_letter(campaign=make_campaign())
    make_letter(slug="other")
    for number in range(7):
        make_signature(letter, f"Organisation {number}")
    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/campaigns/a-campaign/",
        "/letters/a-letter/",
        "/ar/letters/a-letter/",
        "/letters/a-letter/signatories/",
        "/letters/a-letter/signatories.csv",
        "/letters/a-letter/count.json",
        "/nothing-here/",
    ],
)
def test_public_pages_carry_nothing_personal(client: Client, path: str) -> None:
    make_letter(campaign=make_campaign())
    response = client.get(path)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert b"csrfmiddlewaretoken" not in response.content
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    own = rb'(?:src|href)="(?!/|#|mailto:|http://127\.0\.0\.1:8000/)'
    assert not re.search(own, response.content)


@pytest.mark.parametrize("status", [Letter.Status.DRAFT, Letter.Status.PRIVATE])
@pytest.mark.parametrize(
    "page",
    [
        *("letter", "signatories", "signatories-csv", "count-json", "share-picture"),
        *("editions", "sign", "sign-sent"),
    ],
)
def test_a_letter_that_is_not_published_does_not_exist(
    client: Client, status: str, page: str
) -> None:
    make_letter(status=status, campaign=make_campaign())
    assert client.get(reverse(page, args=["a-letter"])).status_code == 404
    assert client.get("/campaigns/a-campaign/").status_code == 404
    assert "a-letter" not in client.get("/").content.decode()


def test_a_letter_appears_when_its_time_comes(client: Client) -> None:
    letter = make_letter(opens_at=timezone.now() + SOON)
    assert client.get("/letters/a-letter/").status_code == 404
    letter.opens_at = timezone.now() - SOON
    letter.save()
    assert client.get("/letters/a-letter/").status_code == 200


def test_a_closed_letter_stays_without_its_button(client: Client) -> None:
    letter = make_letter(closes_at=timezone.now() - SOON)
    make_signature(letter, "Stays")
    html = client.get("/letters/a-letter/").content.decode()
    assert "Closed for signature" in html
    assert listed(html) == ["Stays"]
    assert "/letters/a-letter/sign/" not in html


def test_home_lists_open_letters_before_closed_ones(client: Client) -> None:
    make_letter(slug="closed", title="The closed one", status=Letter.Status.CLOSED)
    letter = make_letter(slug="open", title="The open one")
    make_signature(letter, "Amal")
    make_signature(letter, "Gone").withdraw()
    html = client.get("/").content.decode()
    assert html.index("The open one") < html.index("The closed one")
    assert re.search(r"<b>1</b>\s+signatory", html)


def test_letters_of_a_campaign_lead_to_each_other(client: Client) -> None:
    campaign = make_campaign()
    make_letter(slug="one", campaign=campaign)
    make_letter(slug="two", campaign=campaign)
    make_letter(slug="hidden", campaign=campaign, status=Letter.Status.PRIVATE)
    html = client.get("/letters/one/").content.decode()
    assert "/letters/two/" in html
    assert "/campaigns/a-campaign/" in html
    assert "/letters/hidden/" not in html


@pytest.mark.parametrize("typed", ["ecole", "ÉCOLE", "droits école", "L'école"])
def test_the_list_is_searched_without_regard_to_accents_and_case(
    client: Client, typed: str
) -> None:
    letter = make_letter()
    make_signature(letter, "L’École des droits")
    make_signature(letter, "Amal")
    page = client.get(f"/letters/a-letter/signatories/?q={quote(typed)}").content.decode()
    assert listed(page) == ["L’École des droits"]


def test_the_list_is_searched_in_local_names_and_acronyms(client: Client) -> None:
    letter = make_letter()
    make_signature(letter, make_organization("Law in Service", acronym="LIS"), local_name="القانون")
    for typed in ("lis", "القانون"):
        page = client.get(f"/letters/a-letter/signatories/?q={quote(typed)}").content.decode()
        assert listed(page) == ["Law in Service"]


def test_the_list_can_be_narrowed_to_a_country(client: Client) -> None:
    letter = make_letter()
    make_signature(letter, make_organization("In Kenya", country="KE"))
    make_signature(letter, make_organization("In Palestine", country="PS"))
    page = client.get("/letters/a-letter/signatories/?country=PS").content.decode()
    assert listed(page) == ["In Palestine"]
    assert '<option value="PS" selected>Palestine</option>' in page
    assert "France" not in page


@pytest.mark.parametrize("noise", ["%", "_", "'", "\\", "\ud7ff" * 300, "🏴"])
def test_a_strange_search_finds_or_does_not(client: Client, noise: str) -> None:
    make_signature(make_letter(), "Amal")
    response = client.get("/letters/a-letter/signatories/", {"q": noise})
    assert response.status_code == 200


@pytest.mark.parametrize("country", ["XX", "KENYA", "ke", "%", "🏴", "'"])
def test_a_country_that_is_none_is_not_found(client: Client, country: str) -> None:
    make_signature(make_letter(), "Amal")
    asked = {"country": country}
    assert client.get("/letters/a-letter/signatories/", asked).status_code == 404


def test_a_country_of_which_nobody_has_signed_has_an_empty_list(client: Client) -> None:
    make_signature(make_letter(), "Amal")
    page = client.get("/letters/a-letter/signatories/?country=FR").content.decode()
    assert "0 organisations found." in page
    assert '<option value="FR" selected>France</option>' in page
    assert "Amal" not in page


@pytest.mark.parametrize(
    "path",
    ["/letters/a-letter/signatories/?q=%00", "/letters/a-letter/?x=%00", "/confirm/%00/", "/%00"],
)
def test_an_address_with_a_nul_is_refused(client: Client, path: str) -> None:
    make_letter()
    assert client.get(path).status_code == 400


def test_a_cookie_with_a_nul_is_refused(client: Client) -> None:
    client.cookies["sessionid"] = "aaa\x00"
    assert client.get("/admin/").status_code == 400


def test_the_count_is_machine_readable(client: Client) -> None:
    letter = make_letter()
    make_signature(letter)
    answer = json.loads(client.get("/letters/a-letter/count.json").content)
    assert answer["count"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", answer["as_of"])


def test_the_table_holds_the_list_and_nothing_else(client: Client) -> None:
    letter = make_letter()
    make_signature(letter, make_organization("Amal", country="PS"), local_name="أمل")
    make_signature(letter, "Issuer", position=1, signed_on="2022-11-23")
    make_signature(letter, "Gone").withdraw()
    response = client.get("/letters/a-letter/signatories.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert rows == [
        ["number", "name", "local_name", "country", "section", "signed_on", "text_version"],
        ["1", "Issuer", "", "KE", "initiator", "2022-11-23", ""],
        ["2", "Amal", "أمل", "PS", "", timezone.localdate().isoformat(), ""],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "  =1"])
def test_no_cell_of_the_table_is_a_formula(client: Client, name: str) -> None:
    letter = make_letter()
    make_signature(letter, make_organization("Org"), name=name, local_name=name)
    response = client.get("/letters/a-letter/signatories.csv")
    [_header, row] = csv.reader(io.StringIO(response.content.decode()))
    assert row[1] == row[2] == f"'{name}"


def test_an_arabic_page_runs_from_right_to_left(client: Client) -> None:
    make_letter()
    html = client.get("/ar/letters/a-letter/").content.decode()
    assert '<html lang="ar" dir="rtl">' in html


def test_a_translated_letter_is_read_in_the_language_of_its_address(client: Client) -> None:
    letter = make_letter(title="Water", demands=["Wells"])
    letter.create_translation("ar", title="ماء", body="نص")
    assert "ماء" in client.get("/ar/letters/a-letter/").content.decode()
    assert "Water" in client.get("/letters/a-letter/").content.decode()
    assert "Wells" in client.get("/ar/letters/a-letter/").content.decode()


@pytest.mark.parametrize("change", ["sign", "withdraw", "relist", "strike", "close"])
def test_every_public_change_raises_the_revision(change: str) -> None:
    letter = make_letter()
    signature = make_signature(letter)
    before = Letter.objects.get().revision
    match change:
        case "sign":
            make_signature(letter, "Another")
        case "relist":
            signature.relist("Other", "", None)
        case "close":
            letter.close()
        case verb:
            getattr(signature, verb)()
    assert Letter.objects.get().revision == before + 1


def test_signing_twice_leaves_one_signature() -> None:
    letter = make_letter()
    first = make_signature(letter)
    again = Signature.objects.sign(
        first.organization,
        [letter],
        name="Other spelling",
        source="import",
        signed_on=timezone.localdate(),
    )
    assert again == []
    assert Signature.objects.get().name == "Water Watch"


def test_a_withdrawn_signature_can_stand_again() -> None:
    letter = make_letter()
    first = make_signature(letter)
    first.withdraw()
    [again] = Signature.objects.sign(
        first.organization,
        [letter],
        name="Water Watch Kenya",
        source="import",
        signed_on=timezone.localdate(),
    )
    assert again.pk == first.pk
    assert [row.name for row in Signature.objects.current()] == ["Water Watch Kenya"]
