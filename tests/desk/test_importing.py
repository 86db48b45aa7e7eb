"""Staff import a list that was collected elsewhere."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from signatures import analysis, candidates, tables
from signatures.candidates import Candidate, Stated
from signatures.matching.verdicts import Label, Verdict, Why
from signatures.models import (
    Distinction,
    ImportRow,
    Letter,
    Organization,
    OutgoingMail,
    SignatoryImport,
    Signature,
    SignOn,
)
from signatures.models.imports import NotAsShown
from tests.desk.steps import said
from tests.factories import (
    DESK,
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)
from tests.tables import csv_file, xlsx_file

pytestmark = pytest.mark.django_db

LIST = "/admin/signatures/signatoryimport/"
IMPORTING = (*DESK, *(f"{verb}_signatoryimport" for verb in ("view", "add", "change", "delete")))
Status = SignatoryImport.Status


@pytest.fixture
def ines() -> User:
    return make_staff("ines", permissions=IMPORTING)


@pytest.fixture
def importer(client: Client, ines: User) -> Client:
    """A browser in which Ines is logged in, who imports."""
    client.force_login(ines)
    return client


def at(step: str, batch: SignatoryImport) -> str:
    return reverse(f"admin:signatures_signatoryimport_{step}", args=[batch.pk])


def upload(
    client: Client, content: bytes, letters: Sequence[Letter], name: str = "list.csv", **stated: Any
) -> Any:
    data = {
        "file": SimpleUploadedFile(name, content),
        "letters": [letter.pk for letter in letters],
        "target": "signatures",
        "provenance": "Form of the coalition, exported by Rosa",
        "default_country": "",
        **stated,
    }
    return client.post(f"{LIST}add/", data)


def match(client: Client, batch: SignatoryImport, *fields: str, **more: str) -> Any:
    """Say what the columns hold; by default what was guessed."""
    columns = fields or batch.columns
    data = {f"column-{number}": field for number, field in enumerate(columns)}
    return client.post(at("columns", batch), {"edition": str(batch.edition)} | data | more)


def leads_to(response: Any, address: str) -> bool:
    return bool(response.status_code == 302 and response.url == address)


def compare(client: Client, batch: SignatoryImport) -> None:
    while client.get(at("analysis", batch)).status_code == 200:
        pass
    batch.refresh_from_db()
    assert batch.status == Status.READY


def prepared(
    client: Client, rows: Sequence[Sequence[str]], letters: Sequence[Letter], **stated: Any
) -> SignatoryImport:
    """Upload rows, take the columns as guessed, and compare them."""
    assert upload(client, csv_file(rows).encode(), letters, **stated).status_code == 302
    batch = SignatoryImport.objects.latest("pk")
    assert match(client, batch).status_code == 302
    compare(client, batch)
    return batch


def decide(client: Client, batch: SignatoryImport, **data: Any) -> Any:
    verdict = data.pop("verdict", "")
    batch.refresh_from_db()
    address = at("decide", batch) + (f"?verdict={verdict}" if verdict else "")
    return client.post(address, {"edition": batch.edition, **data})


def commit(client: Client, batch: SignatoryImport, **data: Any) -> Any:
    batch.refresh_from_db()
    return client.post(at("commit", batch), {"edition": batch.edition, **data})


def verdicts(batch: SignatoryImport) -> list[tuple[str, str, str]]:
    return list(batch.rows.order_by("line").values_list("name", "verdict", "decision"))


def listed(letter: Letter) -> list[str]:
    found = Signature.objects.filter(letter=letter).current().in_list_order()
    return [signature.name for signature in found]


def unlike(number: int) -> str:
    """Return a name that no other number's name is near to."""
    syllables = ("ka", "mo", "ri", "tan", "wel", "su", "bar", "ni", "dal", "fe")
    return "".join(syllables[int(digit)] for digit in str(number)[::-1]).title()


def say(label: Label, why: Why, *organizations: Organization) -> Any:
    """Return a search that says this of every name."""

    def find(stated: Sequence[Stated], *, limit: int = 5) -> list[list[Candidate]]:
        verdict = Verdict(label, 0.8, why, "Gaza")
        return [[Candidate(one, one.official_name, verdict) for one in organizations]] * len(stated)

    return find


class TestUploading:
    def test_the_columns_are_guessed_and_shown_with_what_they_hold(self, importer: Client) -> None:
        letter = make_letter()
        content = "Organisation;Pays;Courriel\nAssociation pour l’été;France;a@ete.example\n"
        response = upload(importer, content.encode("cp1252"), [letter])
        batch = SignatoryImport.objects.get()
        assert leads_to(response, at("columns", batch))
        html = importer.get(response.url).content.decode()
        assert "Association pour l’été" in html
        assert "Windows-1252" in html
        assert batch.columns == ["name", "country", "email"]
        assert len(batch.sha256) == 64
        assert not ImportRow.objects.exists()

    def test_another_encoding_can_be_chosen(self, importer: Client) -> None:
        content = "name,country\nDağ Çocukları,TR\n".encode("cp1254")
        upload(importer, content, [make_letter()])
        batch = SignatoryImport.objects.get()
        assert batch.encoding == "cp1252"
        read = {"read": "1", "encoding": "cp1254", "header": "on"}
        assert importer.post(at("columns", batch), read).status_code == 302
        assert "Dağ Çocukları" in importer.get(at("columns", batch)).content.decode()
        refused = importer.post(at("columns", batch), read | {"encoding": "utf-8-sig"})
        assert refused.status_code == 400
        assert b"not written in the encoding" in refused.content

    def test_the_first_row_may_be_a_signatory(self, importer: Client) -> None:
        upload(importer, b"Amal,PS\nLaw,KE\n", [make_letter()])
        batch = SignatoryImport.objects.get()
        importer.post(at("columns", batch), {"read": "1", "encoding": "utf-8-sig"})
        batch.refresh_from_db()
        match(importer, batch, "name", "country")
        compare(importer, batch)
        assert [name for name, *_ in verdicts(batch)] == ["Amal", "Law"]

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "The file is empty."),
            (b"%PDF-1.4", "a PDF document"),
            (b"name,country\n", "no row below them"),
            (xlsx_file([["name"], ["=1+1"]]), "Cell A2 holds a formula"),
        ],
    )
    def test_what_cannot_be_read_is_refused_and_nothing_stored(
        self, importer: Client, content: bytes, words: str
    ) -> None:
        response = upload(importer, content, [make_letter()], provenance="Kept by Rosa")
        assert response.status_code == 400
        assert words in response.content.decode()
        assert "Kept by Rosa" in response.content.decode()
        assert not SignatoryImport.objects.exists()

    def test_letters_and_provenance_are_needed(self, importer: Client) -> None:
        response = upload(importer, b"Amal\n", [], provenance=" ")
        assert response.status_code == 400
        assert b"Tick at least one letter." in response.content
        assert b"Say where the list comes from." in response.content

    def test_a_column_must_hold_the_name_and_no_field_is_held_twice(self, importer: Client) -> None:
        upload(importer, b"name,country\nAmal,PS\n", [make_letter()])
        batch = SignatoryImport.objects.get()
        assert b"which column holds the name" in match(importer, batch, "", "country").content
        assert b"cannot hold the same" in match(importer, batch, "name", "name").content
        assert match(importer, batch, "name", "nonsense").status_code == 400
        assert not batch.rows.exists()

    def test_empty_columns_are_no_list(self, importer: Client) -> None:
        upload(importer, b"name,country,remark\n,,x\n,,y\n", [make_letter()])
        batch = SignatoryImport.objects.get()
        response = match(importer, batch, "name", "country", "")
        assert response.status_code == 400
        assert b"columns that were chosen are empty" in response.content
        batch.refresh_from_db()
        assert batch.status == Status.UPLOADED

    def test_more_than_20_mb_are_refused(
        self, importer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tables, "LARGEST_FILE", 100)
        response = upload(importer, b"name\n" + b"Amal\n" * 40, [make_letter()])
        assert b"larger than 20 MB" in response.content
        assert not SignatoryImport.objects.exists()

    def test_day_or_month_is_asked_once_where_the_file_does_not_tell(
        self, importer: Client
    ) -> None:
        upload(importer, b"name,date\nAmal,3/4/2024\nLaw,5/6/2024\n", [make_letter()])
        batch = SignatoryImport.objects.get()
        asked = match(importer, batch)
        assert asked.status_code == 200
        assert "In dates such as 3/4/2024" in asked.content.decode()
        unanswered = match(importer, batch, example="3/4/2024")
        assert unanswered.status_code == 400
        assert match(importer, batch, example="3/4/2024", order="month").status_code == 302
        compare(importer, batch)
        days = batch.rows.order_by("line").values_list("signed_on", flat=True)
        assert [str(day) for day in days] == ["2024-03-04", "2024-05-06"]

    def test_a_page_left_open_does_not_undo_what_was_decided_since(self, importer: Client) -> None:
        batch = prepared(importer, [["name"], ["Amal"]], [make_letter()])
        decide(importer, batch, **{f"row-{batch.rows.get().pk}": "leave"})
        late = match(importer, batch, edition="0")
        assert "this import has changed meanwhile" in said(late)
        assert verdicts(batch) == [("Amal", "new", "leave")]


class TestVerdicts:
    def test_each_row_gets_one_and_the_likely_decision(self, importer: Client) -> None:
        letter = make_letter()
        make_signature(letter, "Water Watch")
        make_organization("Law", country="KE")
        rows = [
            ["name", "country", "email"],
            ["Water Watch", "Kenya", ""],
            ["LAW", "kenya", "law@law.example"],
            ["Law", "France", ""],
            ["Amal", "Palestine", ""],
            ["amal", "", ""],
            ["Fresh", "Atlantis", ""],
            ["Sour", "KE", "sour"],
            ["", "KE", ""],
        ]
        batch = prepared(importer, rows, [letter])
        assert verdicts(batch) == [
            ("Water Watch", "signed", "leave"),
            ("LAW", "known", "known"),
            ("Law", "related", ""),
            ("Amal", "new", "new"),
            ("amal", "duplicate", "leave"),
            ("Fresh", "error", "leave"),
            ("Sour", "error", "leave"),
            ("", "error", "leave"),
        ]
        html = importer.get(at("rows", batch)).content.decode()
        for words in (
            "the same as line 5 of this file",
            "“<bdi>Atlantis</bdi>”: No country is known by this name.",
            "Enter an e-mail address such as",
            "The name of the organisation is missing.",
        ):
            assert words in html

    def test_another_spelling_of_a_row_above_is_a_duplicate(self, importer: Client) -> None:
        rows = [
            ["name", "country"],
            ["Arab Center for Agricultural Development", "PS"],
            ["Arab Centre for Agricultural Development (ACAD)", "PS"],
            ["Arab Center for Agricultural Development – Gaza", "PS"],
            ["Arab Center for Agricultural Developement", "JO"],
        ]
        batch = prepared(importer, rows, [make_letter()])
        assert [(row.verdict, row.same_as) for row in batch.rows.order_by("line")] == [
            ("new", None),
            ("duplicate", 2),
            ("new", None),
            ("new", None),
        ]

    def test_related_ones_are_left_to_people(
        self, importer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        umbrella = make_organization("Water Watch")
        reason = "branch: Gaza"
        monkeypatch.setattr(candidates, "find", say(Label.RELATED, Why.BRANCH, umbrella))
        batch = prepared(
            importer, [["name", "country"], ["Water Watch Gaza", "PS"]], [make_letter()]
        )
        assert verdicts(batch) == [("Water Watch Gaza", "related", "")]
        assert reason in importer.get(at("rows", batch)).content.decode()
        assert commit(importer, batch).status_code == 302
        assert not Signature.objects.exists()

    def test_different_ones_are_new(
        self, importer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = make_organization("Water Wash")
        monkeypatch.setattr(candidates, "find", say(Label.DIFFERENT, Why.NOTHING, other))
        batch = prepared(importer, [["name", "country"], ["Water Watch", "KE"]], [make_letter()])
        assert verdicts(batch) == [("Water Watch", "new", "new")]

    def test_two_spellings_of_one_known_organisation_are_a_duplicate(
        self, importer: Client
    ) -> None:
        organization = make_organization("Water Watch")
        organization.remember("Waterwatchers", "alias")
        rows = [["name", "country"], ["Waterwatchers", "KE"], ["Water Watch", "KE"]]
        batch = prepared(importer, rows, [make_letter()])
        assert [verdict for _name, verdict, _decision in verdicts(batch)] == ["known", "duplicate"]

    def test_the_very_name_is_known_although_another_is_spelled_nearly_so(
        self, importer: Client
    ) -> None:
        one = make_organization("Arab Center for Agricultural Development", country="PS")
        make_organization("Arab Centre for Agricultural Developement", country="PS")
        rows = [["name", "country"], [one.official_name, "PS"], [f"The {one.official_name}s", "PS"]]
        batch = prepared(importer, rows, [make_letter()])
        assert [verdict for _name, verdict, _decision in verdicts(batch)] == ["known", "possible"]
        assert batch.rows.get(line=2).organization == one

    def test_a_new_name_in_look_alike_letters_is_left_to_people(self, importer: Client) -> None:
        rows = [["name", "country"], ["Eclair des droits", "FR"], ["\u0415clair des droits", "FR"]]
        batch = prepared(importer, rows, [make_letter()])
        assert [row[1:] for row in verdicts(batch)] == [("new", "new"), ("new", "")]
        assert "look-alike letters: \u0415" in importer.get(at("rows", batch)).content.decode()

    def test_duplicates_are_found_across_the_portions_of_the_comparison(
        self, importer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(analysis, "PORTION", 2)
        rows = [["name"], ["A"], ["B"], ["C"], ["D"], ["A"], ["E"], ["a!"]]
        batch = prepared(importer, rows, [make_letter()])
        doubled = batch.rows.filter(verdict="duplicate").order_by("line")
        assert list(doubled.values_list("line", "same_as")) == [(6, 2), (8, 2)]

    def test_unknown_countries_are_corrected_once_for_all_their_rows(
        self, importer: Client
    ) -> None:
        rows = [["name", "country"], ["A", "Atlantis"], ["B", "Atlantis"], ["C", "Utopia"]]
        batch = prepared(importer, rows, [make_letter()])
        page = importer.get(at("rows", batch), {"verdict": "error"}).content.decode()
        [number] = re.findall(r'name="cell-(\d)" value="Atlantis"', page)
        data = {f"cell-{number}": "Atlantis", f"country-{number}": "GR", "edition": batch.edition}
        importer.post(at("countries", batch), data)
        compare(importer, batch)
        countries = batch.rows.order_by("line").values_list("country", "verdict")
        assert list(countries) == [("GR", "new"), ("GR", "new"), ("", "error")]

    def test_rows_without_a_country_get_the_chosen_one(self, importer: Client) -> None:
        rows = [["name", "country"], ["A", ""], ["B", "-"], ["C", "FR"]]
        batch = prepared(importer, rows, [make_letter()], default_country="KE")
        assert [row.country for row in batch.rows.order_by("line")] == ["KE", "KE", "FR"]

    def test_the_rows_can_be_filtered_and_come_in_pages(
        self, importer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        rows = [["name", "country"], *[[f"Group {n}", "KE"] for n in range(250)], ["", "KE"]]
        batch = prepared(importer, rows, [make_letter()])
        with django_assert_max_num_queries(16):
            page = importer.get(at("rows", batch))
        assert len(page.context["rows"]) == 100
        assert [tab["number"] for tab in page.context["tabs"]] == [251, 250, 1]
        last = importer.get(at("rows", batch), {"page": "3", "verdict": "new"})
        assert len(last.context["rows"]) == 50
        errors = importer.get(at("rows", batch), {"verdict": "error"})
        assert [shown.row.line for shown in errors.context["rows"]] == [252]
        for query in ({"page": "x"}, {"page": "-1"}, {"verdict": "nonsense"}):
            assert importer.get(at("rows", batch), query).status_code == 200

    def test_a_portion_of_rows_takes_a_fixed_number_of_queries(
        self, ines: User, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
    ) -> None:
        monkeypatch.setattr(candidates, "find", say(Label.DIFFERENT, Why.NOTHING))
        batch = SignatoryImport.objects.create(target="signatures", actor=ines)
        batch.letters.set([make_letter()])
        batch.stage(
            batch.edition, [(line, {"name": f"Group {line}"}) for line in range(1, 251)], ["name"]
        )
        with django_assert_max_num_queries(24):
            analysis.analyse(batch, seconds=60)
        assert batch.rows.filter(verdict="new").count() == 250


class TestDeciding:
    def test_each_row_can_be_decided(self, importer: Client) -> None:
        letter = make_letter()
        known = make_organization("Law", country="KE")
        rows = [["name", "country"], ["Law", "France"], ["Law", "Ghana"], ["Amal", "PS"]]
        batch = prepared(importer, rows, [letter])
        france, ghana, amal = batch.rows.order_by("line")
        decide(
            importer,
            batch,
            **{
                f"row-{france.pk}": str(known.pk),
                f"row-{ghana.pk}": "new",
                f"row-{amal.pk}": "leave",
            },
        )
        assert verdicts(batch) == [
            ("Law", "related", "known"),
            ("Law", "related", "new"),
            ("Amal", "new", "leave"),
        ]
        commit(importer, batch)
        signatures = Signature.objects.select_related("organization").order_by("pk")
        assert {one.organization.country.code for one in signatures} == {"KE", "GH"}
        assert listed(letter) == ["Law", "Law"]

    def test_all_of_a_verdict_can_be_decided_alike(self, importer: Client) -> None:
        make_organization("Law", country="KE")
        rows = [["name", "country"], ["Law", "FR"], ["Law", "GH"], ["Amal", "PS"]]
        batch = prepared(importer, rows, [make_letter()])
        decide(importer, batch, verdict="related", all="known")
        assert [decision for *_, decision in verdicts(batch)] == ["known", "known", "new"]
        decide(importer, batch, verdict="related", all="leave")
        assert [decision for *_, decision in verdicts(batch)] == ["leave", "leave", "new"]
        for verdict, decision in (("error", "new"), ("new", "known"), ("", "leave")):
            decide(importer, batch, verdict=verdict, all=decision)
        assert [decision for *_, decision in verdicts(batch)] == ["leave", "leave", "new"]

    def test_an_error_stays_out_and_an_organisation_that_was_not_offered_too(
        self, importer: Client
    ) -> None:
        stranger = make_organization("Stranger")
        rows = [["name", "country"], ["", "KE"], ["Amal", "PS"]]
        batch = prepared(importer, rows, [make_letter()])
        before = verdicts(batch)
        for value in (str(stranger.pk), "nonsense", "9" * 30, "\x00"):
            decide(importer, batch, **{f"row-{row.pk}": value for row in batch.rows.all()})
        error = batch.rows.get(verdict="error")
        decide(importer, batch, **{f"row-{error.pk}": "new"})
        assert verdicts(batch) == before

    def test_no_second_organisation_of_the_same_name_and_country_is_offered(
        self, importer: Client
    ) -> None:
        make_organization("Law", country="KE")
        batch = prepared(importer, [["name", "country"], ["Law", "KE"]], [make_letter()])
        [row] = importer.get(at("rows", batch)).context["rows"]
        assert "new" not in {choice.value for choice in row.choices}
        decide(importer, batch, verdict="known", all="new")
        assert batch.rows.get().decision == "known"

    def test_a_page_left_open_decides_nothing(self, importer: Client) -> None:
        batch = prepared(importer, [["name"], ["Amal"]], [make_letter()])
        row = batch.rows.get()
        stale = {"edition": batch.edition, f"row-{row.pk}": "new"}
        decide(importer, batch, **{f"row-{row.pk}": "leave"})
        response = importer.post(at("decide", batch), stale)
        assert "changed meanwhile" in said(response)
        row.refresh_from_db()
        assert row.decision == "leave"


class TestCommitting:
    ROWS = (
        ("name", "local name", "acronym", "country", "website", "section", "date", "email"),
        ("Zeta", "", "", "KE", "zeta.example", "", "2024-05-03", "z@zeta.example"),
        ("Water Network (WN)", "شبكة المياه", "WN", "PS", "", "initiator", "3.5.2024", ""),
    )

    def test_signatures_are_listed_at_once_under_every_letter(
        self, importer: Client, ines: User
    ) -> None:
        letters = [make_letter("one"), make_letter("two")]
        batch = prepared(importer, self.ROWS, letters)
        revisions = list(Letter.objects.values_list("revision", flat=True))

        response = commit(importer, batch)

        assert leads_to(response, at("done", batch))
        for letter in letters:
            assert listed(letter) == ["Water Network (WN)", "Zeta"]
            page = importer.get(f"/letters/{letter.slug}/count.json").json()
            assert page["count"] == 2
        network = Signature.objects.filter(letter=letters[0]).get(position=1)
        assert network.local_name == "شبكة المياه"
        assert network.source == Signature.Source.IMPORT
        assert str(network.signed_on) == "2024-05-03"
        assert network.organization.official_name == "Water Network"
        assert network.organization.acronym == "WN"
        assert Organization.objects.known_as("WN", "شبكة المياه").count() == 1
        assert Organization.objects.get(official_name="Zeta").website == "https://zeta.example"
        raised = list(Letter.objects.values_list("revision", flat=True))
        assert raised == [revision + 1 for revision in revisions]
        batch.refresh_from_db()
        assert batch.committed_by == ines
        assert LogEntry.objects.filter(change_message="Imported.").count() == 1

    def test_contacts_and_the_file_are_gone_afterwards(self, importer: Client) -> None:
        batch = prepared(importer, self.ROWS, [make_letter()])
        assert batch.rows.exclude(email="").count() == 1
        commit(importer, batch)
        batch.refresh_from_db()
        assert batch.content is None
        assert not batch.rows.exclude(
            email="", contact_name="", contact_title="", cells={}
        ).exists()
        assert not SignOn.objects.exists()
        assert not OutgoingMail.objects.exists()

    def test_no_cell_that_had_an_error_is_kept(self, importer: Client) -> None:
        rows = [["name", "country", "email"], ["A", "KE", ""], ["B", "KE", "b@b.example, c@c"]]
        batch = prepared(importer, rows, [make_letter()])
        assert batch.rows.get(verdict="error").problems[0]["cell"] == "b@b.example, c@c"
        commit(importer, batch)
        assert not batch.rows.exclude(problems=[]).exists()

    def test_its_page_tells_what_it_made(
        self, importer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        letter = make_letter()
        make_signature(letter, "Water Watch")
        rows = [["name", "country"], ["Water Watch", "KE"], ["Amal", "PS"], ["", "KE"]]
        batch = prepared(importer, rows, [letter])
        decide(importer, batch, verdict="signed", all="known")
        commit(importer, batch)
        with django_assert_max_num_queries(20):
            page = importer.get(at("done", batch))
        names = ("listed", "registered", "stood", "left", "errors")
        assert [page.context[name] for name in names] == [1, 1, 1, 0, 1]
        assert b"Amal" in page.content
        assert b"Form of the coalition" in page.content

    def test_a_known_organisation_is_known_by_the_new_spelling_too(self, importer: Client) -> None:
        known = make_organization("Law", country="KE")
        batch = prepared(importer, [["name", "country"], ["The Law", "FR"]], [make_letter()])
        known.remember("Derecho", "alias")
        decide(importer, batch, verdict="related", all="known")
        commit(importer, batch)
        assert Signature.objects.get().organization == known
        assert Organization.objects.count() == 1

    def test_a_withdrawn_one_stands_again_if_so_decided_and_a_listed_one_stays_as_it_is(
        self, importer: Client
    ) -> None:
        letter = make_letter()
        make_signature(letter, "Gone").withdraw()
        make_signature(letter, "Water Watch", local_name="مياه")
        batch = prepared(
            importer, [["name", "country"], ["GONE", "KE"], ["WATER WATCH", "KE"]], [letter]
        )
        assert [verdict[1:] for verdict in verdicts(batch)] == [
            ("possible", ""),
            ("signed", "leave"),
        ]
        assert b"withdrew its signature" in importer.get(at("rows", batch)).content
        decide(importer, batch, verdict="possible", all="known")
        decide(importer, batch, verdict="signed", all="known")
        commit(importer, batch)
        assert listed(letter) == ["GONE", "Water Watch"]

    def test_a_double_click_commits_once(self, importer: Client) -> None:
        letter = make_letter()
        batch = prepared(importer, self.ROWS, [letter])
        edition = batch.edition
        for _ in range(2):
            response = importer.post(at("commit", batch), {"edition": edition})
            assert leads_to(response, at("done", batch))
        assert Signature.objects.count() == 2
        assert LogEntry.objects.filter(change_message="Imported.").count() == 1

    def test_of_two_people_one_commits(self, importer: Client, ines: User) -> None:
        batch = prepared(importer, self.ROWS, [make_letter()])
        second = SignatoryImport.objects.get()
        assert batch.commit(actor=ines, edition=batch.edition) is True
        assert second.commit(actor=ines, edition=second.edition) is False
        assert Signature.objects.count() == 2

    def test_it_is_not_committed_while_rows_are_undecided(self, importer: Client) -> None:
        make_organization("Law", country="KE")
        batch = prepared(importer, [["name", "country"], ["Law", "FR"]], [make_letter()])
        assert b"Import them now" not in importer.get(at("rows", batch)).content
        assert "Nothing was done" in said(commit(importer, batch))
        assert not Signature.objects.exists()

    def test_it_is_not_committed_when_it_changed_since_it_was_shown(self, importer: Client) -> None:
        batch = prepared(importer, self.ROWS, [make_letter()])
        for edition in (batch.edition - 1, "", "x", "9" * 40):
            importer.post(at("commit", batch), {"edition": edition})
        assert not Signature.objects.exists()

    def test_what_became_known_meanwhile_is_looked_at_again(self, importer: Client) -> None:
        letter = make_letter()
        batch = prepared(importer, [["name", "country"], ["Amal", "PS"], ["Law", "KE"]], [letter])
        make_organization("Amal", country="PS")

        response = commit(importer, batch)

        assert "became known meanwhile" in said(response)
        assert not Signature.objects.exists()
        compare(importer, batch)
        assert [verdict for _name, verdict, _decision in verdicts(batch)] == ["known", "new"]
        commit(importer, batch)
        assert listed(letter) == ["Amal", "Law"]

    def test_what_was_known_before_is_no_news(
        self, importer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_organization("Law", country="KE")
        near = make_organization("Zeta")
        monkeypatch.setattr(candidates, "find", say(Label.DIFFERENT, Why.NOTHING, near))
        letter = make_letter()
        batch = prepared(importer, [["name", "country"], ["Law", "PS"]], [letter])
        commit(importer, batch)
        assert listed(letter) == ["Law"]

    def test_who_was_told_apart_from_its_only_namesake_is_decided_by_people(
        self, importer: Client, ines: User
    ) -> None:
        known = make_organization("Law", country="KE")
        claim = make_sign_on(name="Law", country="KE")
        Distinction.objects.tell_apart(claim, known, actor=ines)
        letter = make_letter()
        rows = [["name", "country"], ["Law", "KE"], ["Law", "PS"]]
        batch = prepared(importer, rows, [letter])
        assert verdicts(batch)[0] == ("Law", "possible", "")
        decide(importer, batch, **{f"row-{batch.rows.order_by('line')[0].pk}": "new"})
        assert verdicts(batch)[0] == ("Law", "possible", "")

    def test_an_organisation_that_is_gone_is_looked_at_again(self, importer: Client) -> None:
        known = make_organization("Law", country="KE")
        batch = prepared(importer, [["name", "country"], ["Law", "KE"]], [make_letter()])
        known.delete()
        assert "became known meanwhile" in said(commit(importer, batch))
        compare(importer, batch)
        assert verdicts(batch) == [("Law", "new", "new")]

    def test_a_failure_leaves_nothing_behind(
        self, ines: User, importer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = prepared(importer, self.ROWS, [make_letter()])

        def fail(*_arguments: Any, **_options: Any) -> None:
            raise RuntimeError("the disk is full")

        monkeypatch.setattr(SignatoryImport, "_note", fail)
        with pytest.raises(RuntimeError):
            batch.commit(actor=ines, edition=batch.edition)
        assert not Signature.objects.exists()
        assert not Organization.objects.exists()
        batch.refresh_from_db()
        assert batch.status == Status.READY

    def test_200_rows_take_no_more_queries_than_20(
        self, ines: User, importer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        letter = make_letter()
        for number in (20, 200):
            rows = [["name"], *([unlike(1000 * number + one)] for one in range(number))]
            batch = prepared(importer, rows, [letter])
            with django_assert_max_num_queries(46):
                batch.commit(actor=ines, edition=batch.edition)
        assert Signature.objects.count() == 220


class TestSignOns:
    ROWS = (
        ("organisation", "country", "contact name", "your position", "email", "date"),
        ("Zeta", "KE", "Alice", "Director", "alice@zeta.example", "2024-05-03"),
        ("Amal", "PS", "", "", "", ""),
    )

    def test_they_wait_in_the_queue_and_nobody_is_written_to(
        self, importer: Client, ines: User
    ) -> None:
        letter = make_letter()
        batch = prepared(importer, self.ROWS, [letter], target="sign_ons")
        commit(importer, batch)
        zeta, amal = SignOn.objects.queue()
        assert zeta.source == Signature.Source.IMPORT
        assert (zeta.contact_name, zeta.contact_title) == ("Alice", "Director")
        assert zeta.provenance == "Form of the coalition, exported by Rosa (list.csv: 2)"
        assert list(zeta.letters.all()) == [letter]
        [event] = zeta.events.all()
        assert (event.kind, event.actor, event.reason) == ("entered", ines, zeta.provenance)
        assert amal.email == ""
        assert not OutgoingMail.objects.exists()
        assert not Signature.objects.exists()
        assert b"2</b> sign-ons came into the queue" in importer.get(at("done", batch)).content

    def test_the_contacts_are_told_if_that_is_chosen(self, importer: Client) -> None:
        batch = prepared(importer, self.ROWS, [make_letter()], target="sign_ons", tell="on")
        commit(importer, batch)
        [owed] = OutgoingMail.objects.all()
        assert owed.kind == OutgoingMail.Kind.RECEIVED
        assert owed.address() == "alice@zeta.example"

    def test_one_of_them_is_approved_like_any_other(self, importer: Client, ines: User) -> None:
        letter = make_letter()
        commit(importer, prepared(importer, self.ROWS, [letter], target="sign_ons"))
        SignOn.objects.get(name="Zeta").approve(actor=ines)
        assert listed(letter) == ["Zeta"]
        assert Signature.objects.get().source == Signature.Source.IMPORT

    def test_each_needs_a_country(self, importer: Client) -> None:
        rows = [["name", "country"], ["A", ""], ["B", "KE"]]
        batch = prepared(importer, rows, [make_letter()], target="sign_ons")
        assert [verdict for _name, verdict, _decision in verdicts(batch)] == ["error", "new"]
        data = {"cell-0": "-", "country-0": "FR", "edition": batch.edition}
        importer.post(at("countries", batch), data)
        compare(importer, batch)
        assert [row.country for row in batch.rows.order_by("line")] == ["FR", "KE"]


class TestUndoing:
    def test_it_takes_away_exactly_what_it_brought(self, importer: Client) -> None:
        letter = make_letter()
        make_signature(letter, "Water Watch")
        known = make_organization("Law", country="KE")
        rows = [
            ["name", "country"],
            ["Water Watch", "KE"],
            ["Law (Lawyers)", "KE"],
            ["Amal", "PS"],
            ["Zeta", "PS"],
        ]
        known.remember("Law (Lawyers)", "alias")
        batch = prepared(importer, rows, [letter])
        commit(importer, batch)
        assert len(listed(letter)) == 4
        elsewhere = make_letter("elsewhere")
        make_signature(elsewhere, Organization.objects.get(official_name="Zeta"))
        revision = Letter.objects.get(pk=letter.pk).revision

        for _ in range(2):
            assert importer.post(at("undo", batch)).status_code == 302

        assert listed(letter) == ["Water Watch"]
        assert listed(elsewhere) == ["Zeta"]
        assert set(Organization.objects.values_list("official_name", flat=True)) == {
            "Water Watch",
            "Law",
            "Zeta",
        }
        assert Letter.objects.get(pk=letter.pk).revision == revision + 1
        assert b"undone" in importer.get(at("done", batch)).content

    def test_its_page_then_says_only_that_nothing_of_it_is_listed(self, importer: Client) -> None:
        batch = prepared(importer, [["name", "country"], ["Amal", "PS"]], [make_letter()])
        commit(importer, batch)
        assert "organisation was new" in importer.get(at("done", batch)).content.decode()
        importer.post(at("undo", batch))
        html = importer.get(at("done", batch)).content.decode()
        assert "<b>0</b> signatures of this import are listed" in html
        assert "was new" not in html
        assert "stood there already" not in html

    def test_a_spelling_that_it_taught_is_forgotten(self, importer: Client) -> None:
        known = make_organization("Law", country="KE")
        rows = [["name", "local name", "acronym", "country"], ["Law", "حق", "LLL", "FR"]]
        batch = prepared(importer, rows, [make_letter()])
        decide(importer, batch, verdict="related", all="known")
        commit(importer, batch)
        for spelling in ("حق", "LLL"):
            assert Organization.objects.known_as(spelling).get() == known
        importer.post(at("undo", batch))
        assert not Organization.objects.known_as("حق").exists()
        assert known.names.count() == 1

    def test_what_a_claim_states_as_well_stays_and_goes_with_it(
        self, importer: Client, ines: User
    ) -> None:
        letter = make_letter()
        known = make_organization("Law", country="KE")
        rows = [["name", "country"], ["Law Lawyers", "KE"]]
        batch = prepared(importer, rows, [letter])
        batch.decide(batch.edition, {batch.rows.get().pk: ("known", known.pk)})
        commit(importer, batch)
        claim = make_sign_on([letter], name="Law Lawyers", country="KE")
        assert claim.approve(actor=ines, organization=known) == []

        importer.post(at("undo", batch))

        assert listed(letter) == ["Law Lawyers"]
        assert set(known.names.values_list("name", flat=True)) == {"Law", "Law Lawyers"}
        claim.withdraw()
        assert listed(letter) == []

    def test_sign_ons_that_still_wait_are_rejected_without_a_word(
        self, importer: Client, ines: User
    ) -> None:
        batch = prepared(importer, TestSignOns.ROWS, [make_letter()], target="sign_ons")
        commit(importer, batch)
        SignOn.objects.get(name="Amal").approve(actor=ines)
        importer.post(at("undo", batch))
        states = set(SignOn.objects.values_list("name", "status"))
        assert states == {("Zeta", "rejected"), ("Amal", "approved")}
        assert not OutgoingMail.objects.exists()


class TestDiscarding:
    def test_what_was_staged_is_deleted_with_its_contacts(self, importer: Client) -> None:
        batch = prepared(importer, TestCommitting.ROWS, [make_letter()])
        response = importer.post(at("discard", batch))
        assert leads_to(response, LIST)
        assert not SignatoryImport.objects.exists()
        assert not ImportRow.objects.exists()

    def test_several_are_deleted_from_the_list_but_none_that_was_imported(
        self, importer: Client
    ) -> None:
        letter = make_letter()
        staged = prepared(importer, TestCommitting.ROWS, [letter])
        imported = prepared(importer, TestCommitting.ROWS, [letter])
        commit(importer, imported)
        ticked = [staged.pk, imported.pk]
        importer.post(LIST, {"action": "discard_selected", "_selected_action": ticked})
        assert list(SignatoryImport.objects.all()) == [imported]
        assert importer.post(at("discard", imported)).status_code == 302
        assert SignatoryImport.objects.count() == 1
        assert b"list.csv" in importer.get(LIST).content

    def test_it_cannot_be_committed_any_more(self, importer: Client, ines: User) -> None:
        batch = prepared(importer, TestCommitting.ROWS, [make_letter()])
        SignatoryImport.objects.get().discard()
        with pytest.raises(NotAsShown):
            batch.commit(actor=ines, edition=batch.edition)
        assert importer.get(at("rows", batch)).status_code == 404


class TestPermissions:
    @pytest.mark.parametrize("step", ["decide", "countries", "commit", "undo", "discard"])
    def test_a_change_is_never_a_link(self, importer: Client, step: str) -> None:
        batch = prepared(importer, TestCommitting.ROWS, [make_letter()])
        assert importer.get(at(step, batch)).status_code == 405

    def test_who_may_only_look_changes_nothing(self, client: Client, importer: Client) -> None:
        batch = prepared(importer, TestCommitting.ROWS, [make_letter()])
        client.force_login(make_staff("vera", permissions=["view_signatoryimport"]))
        assert client.get(at("rows", batch)).status_code == 200
        assert client.get(f"{LIST}add/").status_code == 403
        for step in ("decide", "countries", "commit", "discard", "columns"):
            assert client.post(at(step, batch), {"edition": batch.edition}).status_code == 403
        assert not Signature.objects.exists()

    @pytest.mark.parametrize(
        ("target", "missing"), [("signatures", "change_signature"), ("sign_ons", "add_signon")]
    )
    def test_importing_needs_the_right_to_what_it_amounts_to(
        self, client: Client, importer: Client, target: str, missing: str
    ) -> None:
        batch = prepared(importer, TestCommitting.ROWS, [make_letter()], target=target)
        client.force_login(make_staff("paul", permissions=set(IMPORTING) - {missing}))
        assert b"Import them now" not in client.get(at("rows", batch)).content
        assert commit(client, batch).status_code == 403
        assert not Signature.objects.exists()
        assert not SignOn.objects.exists()

    def test_so_does_undoing_it(self, client: Client, importer: Client) -> None:
        letter = make_letter()
        batch = prepared(importer, TestCommitting.ROWS, [letter])
        commit(importer, batch)
        client.force_login(make_staff("paul", permissions=set(IMPORTING) - {"change_signature"}))
        assert client.post(at("undo", batch)).status_code == 403
        assert len(listed(letter)) == 2

    def test_giving_it_up_needs_the_right_to_delete_it(
        self, client: Client, importer: Client
    ) -> None:
        batch = prepared(importer, TestCommitting.ROWS, [make_letter()])
        without = set(IMPORTING) - {"delete_signatoryimport"}
        client.force_login(make_staff("paul", permissions=without))
        assert b"Delete it now" not in client.get(at("rows", batch)).content
        assert client.post(at("discard", batch)).status_code == 403
        assert SignatoryImport.objects.exists()

    def test_moderators_without_the_right_see_no_import(self, desk: Client) -> None:
        assert desk.get(LIST).status_code == 403
        assert desk.get(f"{LIST}add/").status_code == 403
