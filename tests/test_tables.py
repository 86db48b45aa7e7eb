"""What files hold, and what is refused before it costs anything."""

import datetime
import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures import dates, headers, tables
from signatures.cells import plain_cell, safe_cell
from signatures.dates import Order
from signatures.staging import Sheet, UnclearDates
from signatures.workbooks import MOST_ROWS, Record, Unreadable
from tests.tables import csv_file, with_sheet, xlsx_file

FRENCH = [["Organisation", "Pays"], ["Forêt à côté, l’été", "France"], ["Où ça", "Égypte"]]
ARABIC = [["المنظمة", "البلد"], ["جمعية المياه", "فلسطين"], ["مركز الحقوق", "مصر"]]


def cells(content: bytes) -> list[list[str]]:
    return [record.cells for record in tables.read(content).records]


def refusal(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        Sheet.read(content)
    return str(refused.value)


class TestText:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
    def test_every_usual_separator_and_unicode_encoding_is_read(
        self, separator: str, encoding: str
    ) -> None:
        assert cells(csv_file(ARABIC, separator=separator).encode(encoding)) == ARABIC

    @pytest.mark.parametrize(
        ("rows", "encoding"), [(FRENCH, "cp1252"), (ARABIC, "cp1256")], ids=["French", "Arabic"]
    )
    def test_older_encodings_are_guessed_and_named(
        self, rows: list[list[str]], encoding: str
    ) -> None:
        table = tables.read(csv_file(rows, separator=";").encode(encoding))
        assert table.encoding == encoding
        assert [record.cells for record in table.records] == rows

    def test_another_encoding_can_be_chosen(self) -> None:
        content = csv_file(ARABIC).encode("cp1256")
        read = tables.read(content, "cp1252")
        assert read.records[0].cells != ARABIC[0]
        with pytest.raises(Unreadable, match="not written in the encoding"):
            tables.read(content, "utf-8-sig")

    def test_a_list_of_names_may_hold_commas(self) -> None:
        content = b"Amal\n\nPeace, Water and Law\n  Law, Inc. \nWomen\n"
        assert cells(content) == [["Amal"], ["Peace, Water and Law"], ["Law, Inc."], ["Women"]]

    def test_it_keeps_the_numbers_of_the_lines(self) -> None:
        records = tables.read(b'name,country\n"Water\nWatch",KE\n\nAmal,PS\n').records
        assert [record.line for record in records] == [1, 2, 5]

    def test_a_line_for_excel_is_passed_over(self) -> None:
        assert cells(b"sep=;\nname;country\nAmal;PS\n") == [["name", "country"], ["Amal", "PS"]]

    def test_control_characters_are_removed(self) -> None:
        content = b"name,country\nWa\x00ter\x07 Watch,\x1bKE\n"
        assert cells(content)[1] == ["Water Watch", "KE"]

    def test_20_mb_are_read(self) -> None:
        row = ["x" * 200] * 10
        content = csv_file([[f"c{n}" for n in range(10)], *[row] * 9_500]).encode()
        assert 19_000_000 < len(content) < tables.LARGEST_FILE
        assert len(tables.read(content).records) == 9_501


class TestWorkbooks:
    def test_dates_and_numbers_are_written_as_people_do(self) -> None:
        moment = datetime.datetime.fromisoformat("2026-01-02 03:00")
        row = ["Amal", datetime.date(2026, 11, 23), 7, 2.5, True, moment]
        [record] = tables.read(xlsx_file([row])).records
        assert record.cells == ["Amal", "2026-11-23", "7", "2.5", "yes", "2026-01-02 03:00"]

    def test_a_merged_header_is_taken_apart(self) -> None:
        rows: list[list[Any]] = [
            ["Signatories of the letter", None, None, None],
            ["Organisation", "Country", "Contact", None],
            [None, None, "Name", "E-mail"],
            ["Amal", "PS", "Alice", "a@amal.example"],
        ]
        sheet = Sheet.read(xlsx_file(rows, ["A1:D1", "C2:D2"]))
        assert sheet.titles == ["Organisation", "Country", "Contact Name", "Contact E-mail"]
        assert sheet.guess() == ["name", "country", "contact_name", "email"]
        assert [record.cells[0] for record in sheet.data] == ["Amal"]

    def test_the_result_of_a_formula_is_read(self) -> None:
        content = with_sheet('<row r="1"><c r="A1" t="str"><f>1+1</f><v>Amal</v></c></row>')
        assert cells(content) == [["Amal"]]

    def test_a_formula_without_its_result_is_refused_with_its_place(self) -> None:
        said = refusal(xlsx_file([["name"], ["=1+1"]]))
        assert "A2" in said
        assert "formula" in said

    def test_hidden_sheets_come_last(self) -> None:
        import openpyxl  # type: ignore[import-untyped]

        book = openpyxl.Workbook()
        book.active.append(["secret"])
        book.active.sheet_state = "hidden"
        book.create_sheet().append(["Amal"])
        written = io.BytesIO()
        book.save(written)
        assert cells(written.getvalue()) == [["Amal"]]


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "empty"),
            (b"\n \n", "empty"),
            (b"\xef\xbb\xbf", "empty"),
            (b"name,country\n", "no row below"),
            (b"%PDF-1.7 ...", "PDF"),
            (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "picture"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Excel"),
            (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
            (b"<html><table><tr><td>Amal</td></tr></table></html>", "web page"),
            (b"PK\x03\x04 broken", "damaged"),
            (b'[\n {\n  "letter": "a", "name": "Amal"\n }\n]', "JSON"),
            (b'{"name": "Amal"}', "JSON"),
            (b"name,country\n" + b"x" * 400_000 + b",KE", "Line 2 is too long"),
            (bytes(range(256)) * 40, "not a table"),
            (b"name,country\n" + b"x" * 6_000 + b",KE", "5,000 characters"),
            (b'name,country\n"Amal,KE\n' + b"Water,KE\n" * 2_000, "quotation mark"),
            (",".join("x" * 61).encode(), "60 columns"),
        ],
    )
    def test_what_is_no_table_is_refused_in_words(self, content: bytes, said: str) -> None:
        assert said in refusal(content)

    def test_other_archives_are_refused(self) -> None:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            archive.writestr("word/document.xml", "<w/>")
        assert "not a workbook" in refusal(written.getvalue())

    def test_the_rows_are_counted(self) -> None:
        most = [["name", "country"], *[["Amal", "PS"]] * MOST_ROWS]
        assert len(Sheet.read(csv_file(most).encode()).data) == MOST_ROWS
        assert "10,000 rows" in refusal(csv_file([*most, ["One", "PS"]]).encode())
        assert "10,000 rows" in refusal(csv_file(most * 2).encode())
        assert "10,000 rows" in refusal(xlsx_file([*most, *most[:20]]))

    def test_larger_files_are_refused(self) -> None:
        assert "20 MB" in refusal(b"x" * (tables.LARGEST_FILE + 1))

    BOMBS = Path(__file__).with_name("bombs.py")

    @pytest.mark.parametrize(
        ("bomb", "said"),
        [
            ("columns", "60 columns"),
            ("columns_csv", "60 columns"),
            ("lines_csv", "10,000 rows"),
            ("wide_csv", "5,000 characters"),
            ("quote_csv", "quotation mark"),
            ("zip", "too large"),
            ("nested_zip", "damaged"),
            ("lying_zip", "damaged"),
            ("gap", "too large"),
            ("far", "too large"),
            ("elsewhere", "empty"),
            ("texts", "too large"),
            ("entities", "too large"),
            ("laughs", "too large"),
        ],
    )
    def test_bombs_are_refused_in_two_seconds_and_50_mb(self, bomb: str, said: str) -> None:
        done = subprocess.run(  # its own process, so that its memory can be measured
            [sys.executable, "-m", "tests.bombs", bomb],
            capture_output=True,
            text=True,
            cwd=self.BOMBS.parent.parent,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert said in done.stdout


class TestHeaders:
    # Title and field of each column; "-" where it is not to be guessed.
    @pytest.mark.parametrize(
        "columns",
        [
            # Google Forms
            (
                "Timestamp: signed_on; Email Address: email; Name of your organisation *: name; "
                "Country where it is based: country; Your position: contact_title"
            ),
            # Microsoft Forms
            (
                "ID: -; Start time: -; Completion time: signed_on; Email: email; "
                "Name: contact_name; "
                "Organization name: name"
            ),
            # LimeSurvey, with codes or without
            (
                "G01Q01. Organisation: name; G01Q02. Country: country; "
                "submitdate. Date submitted: signed_on"
            ),
            # KoBo and ODK
            "start: -; end: signed_on; data/organisation_name: name; data/country: country",
            # Typeform
            "#: -; Company: name; Country: country; Submit Date (UTC): signed_on",
            # Mailchimp
            "Email Address: email; Company: name; OPTIN_TIME: signed_on",
            # Action Network
            "email: email; country: country; organization: name; created_at: signed_on",
            # Lists kept by hand
            "Nom de l'organisation: name; Sigle: acronym; Pays: country; Courriel: email",
            (
                "Horodateur: signed_on; Nom de l'organisation (tel qu'il apparaîtra): name; "
                "Nom et prénom de la personne de contact: contact_name"
            ),
            "Organización: name; País: country; Sitio web: website; Cargo: contact_title",
            "اسم المنظمة: name; الدولة: country; البريد الإلكتروني: email",
            "No.: -; Organisation: name; Country: country; Remarks: -",
            # Our own exports
            (
                "number: position; name: name; local_name: local_name; country: country; "
                "section: section; signed_on: signed_on"
            ),
            "letter: -; name: name; acronym: acronym; section: section; place: position",
            "organisation: name; contact_name: contact_name; contact_position: contact_title",
        ],
    )
    def test_columns_are_guessed_from_their_titles(self, columns: str) -> None:
        pairs = [column.strip().rpartition(": ") for column in columns.split(";")]
        fields = ["" if field == "-" else field for _title, _colon, field in pairs]
        assert headers.guess([title for title, _colon, _field in pairs]) == fields

    @pytest.mark.parametrize("filling", ["*", " ", "(", "()"])
    def test_endless_titles_take_no_time(self, filling: str) -> None:
        row = [f"a{filling * 2_400}{column}" for column in range(60)]
        begun = time.monotonic()
        headers.find([Record(line, row) for line in range(1, 7)], 60)
        assert time.monotonic() - begun < 2

    def test_a_list_of_names_needs_no_title(self) -> None:
        assert [record.cells for record in Sheet.read(b"Amal\nLaw\n").data] == [["Amal"], ["Law"]]
        assert [record.cells for record in Sheet.read(b"Organisation\nLaw\n").data] == [["Law"]]


class TestDates:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-23",
            "2026-11-23T18:00:00Z",
            "2026/11/23 6:00:05 PM GMT+2",
            "23.11.2026",
            "23/11/2026 18:00",
            "11/23/26",
            "23 November 2026",
            "November 23rd, 2026",
            "23 novembre 2026",
            "23 de noviembre de 2026",
            "23 نوفمبر 2026",
            "٢٣/١١/٢٠٢٦",
        ],
    )
    def test_days_are_read_as_people_write_them(self, text: str) -> None:
        assert dates.parse(text) == datetime.date(2026, 11, 23)

    @pytest.mark.parametrize("text", ["3/4/2026", "tomorrow", "31/2/2026", "45000", "2026", ""])
    def test_what_names_no_one_day_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"day|date|range|month"):
            dates.parse(text)

    def test_the_order_is_taken_from_the_whole_column(self) -> None:
        assert dates.order_of(["3/4/2026", "23/4/2026"]) == (Order.DAY_FIRST, "3/4/2026")
        assert dates.order_of(["3/4/2026", "4/23/2026"]) == (Order.MONTH_FIRST, "3/4/2026")
        assert dates.order_of(["3/4/2026", "13/4/2026", "4/13/2026"]) == (None, "3/4/2026")
        assert dates.order_of(["3.4.2026", "2026-03-04", "5/5/2026"]) == (None, "")

    def test_it_is_asked_for_where_the_file_does_not_tell(self) -> None:
        sheet = Sheet.read(b"name,date\nAmal,3/4/2026\n")
        with pytest.raises(UnclearDates) as unclear:
            sheet.statements(sheet.guess())
        assert unclear.value.example == "3/4/2026"
        [(_line, stated)] = sheet.statements(sheet.guess(), Order.MONTH_FIRST)
        assert stated == {"name": "Amal", "signed_on": "3/4/2026", "order": "month"}


class TestStatements:
    def test_initiators_stand_in_the_order_of_the_file_unless_they_have_a_number(self) -> None:
        sheet = Sheet.read(
            b"name,section,number\nA,initiator,\nB,,7\nC,Initiatrice,5\nD,initiator,\nE,pillar,\n"
        )
        places = [stated.get("position") for _line, stated in sheet.statements(sheet.guess())]
        assert places == ["1", None, "5", "3", "pillar"]


class TestCells:
    @pytest.mark.parametrize(
        "value",
        ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r1", "\n1", "＝1", "＋1", "－1", "＠x", "﹦1"]
        + [f"{blank}=1" for blank in " \u00a0\u2003\u3000\u200b\ufeff\u2060"]
        + ["'=1", "''=1"],
    )
    def test_no_cell_begins_a_formula(self, value: str) -> None:
        assert safe_cell(value) == f"'{value}"
        assert plain_cell(safe_cell(value)) == value

    @pytest.mark.parametrize("value", ["", "Amal", "'Amal'", "1-2", "350.org", "’t Hart", "a=b"])
    def test_other_cells_stay_as_they_are(self, value: str) -> None:
        assert safe_cell(value) == plain_cell(value) == value

    @given(st.text(alphabet=st.sampled_from("'=+-@ \t\u200b＝aé")))
    def test_every_text_comes_back(self, value: str) -> None:
        assert plain_cell(safe_cell(value)) == value
