"""Staff upload a list that was collected elsewhere, and see what it is compared with."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from signatures import analysis, candidates, tables
from signatures.matching.verdicts import Label, Why
from signatures.models import (
    ImportRow,
    SignatoryImport,
    Signature,
)
from tests.bombs import bomb
from tests.desk.importing import (
    Status,
    at,
    commit,
    compare,
    decide,
    leads_to,
    match,
    prepared,
    say,
    upload,
    verdicts,
)
from tests.desk.steps import said
from tests.factories import (
    make_letter,
    make_organization,
    make_signature,
)
from tests.tables import xlsx_file

pytestmark = pytest.mark.django_db


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
            (bomb("laughs"), "far too large"),
            (bomb("columns_csv"), "60 columns"),
            (bomb("quote_csv"), "A quotation mark may be missing"),
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
        with django_assert_max_num_queries(28):
            analysis.analyse(batch, seconds=60)
        assert batch.rows.filter(verdict="new").count() == 250
