"""Staff take lists along, and bring them back."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from signatures import analysis, names
from signatures.models import (
    Export,
    Letter,
    Organization,
    OrganizationName,
    SignatoryImport,
    Signature,
    SignOn,
)
from signatures.resources import FORMATS, ListResource
from signatures.staging import Sheet
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db

ADD = "/admin/signatures/export/add/"
LIST = "/admin/signatures/export/"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "  =1", "\u00a0+1", "'=1"]


@pytest.fixture
def ella(client: Client) -> User:
    """Who may take contacts along."""
    ella = make_staff("ella", permissions=["view_signature", "view_letter", "export_contacts"])
    client.force_login(ella)
    return ella


def take(client: Client, letters: list[Letter], form: str, **asked: Any) -> Any:
    data = {
        "kind": "signatories",
        "letters": [letter.pk for letter in letters],
        "status": "",
        "format": form,
        **asked,
    }
    return client.post(ADD, data)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def sheet_of(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


class TestSignatories:
    @pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
    def test_they_come_in_three_forms_with_public_fields_alone(
        self, client: Client, ella: User, form: str
    ) -> None:
        letter = make_letter()
        organization = make_organization("Water Network", acronym="WN", country="PS")
        make_signature(
            letter,
            organization,
            name="Water Network (WN)",
            local_name="شبكة",
            position=1,
            signed_on="2024-05-03",
        )
        make_signature(letter, "Gone").withdraw()
        make_signature(make_letter("other"), "Elsewhere")
        response = take(client, [letter], form)
        assert response["Content-Disposition"] == (
            f'attachment; filename="signatories-a-letter.{form}"'
        )
        match form:
            case "csv":
                rows = csv_rows(response.content)
            case "xlsx":
                header, *body = sheet_of(response.content).values
                rows = [
                    dict(zip(header, [cell or "" for cell in row], strict=True)) for row in body
                ]
            case _json:
                rows = json.loads(response.content)
        assert rows == [
            {
                "letter": "a-letter",
                "name": "Water Network (WN)",
                "local_name": "شبكة",
                "acronym": "WN",
                "country": "PS",
                "section": "initiator",
                "place": "1",
                "signed_on": "2024-05-03",
            }
        ]

    @pytest.mark.parametrize("name", FORMULAS)
    def test_no_cell_is_a_formula(self, client: Client, ella: User, name: str) -> None:
        letter = make_letter()
        make_signature(letter, make_organization("Org"), name=name, local_name=name)
        [row] = csv_rows(take(client, [letter], "csv").content)
        assert row["name"] == row["local_name"] == f"'{name}"
        cells = [cell for row in sheet_of(take(client, [letter], "xlsx").content) for cell in row]
        assert {cell.data_type for cell in cells if cell.value} == {"s"}
        [row] = json.loads(take(client, [letter], "json").content)
        assert row["name"] == name

    def test_no_cell_is_an_error_message_of_a_spreadsheet(self, client: Client, ella: User) -> None:
        letter = make_letter()
        make_signature(letter, make_organization("Org"), name="#N/A")
        cells = [cell for row in sheet_of(take(client, [letter], "xlsx").content) for cell in row]
        assert "#N/A" in {cell.value for cell in cells}
        assert {cell.data_type for cell in cells if cell.value} == {"s"}

    def test_who_may_change_but_not_view_takes_none(self, client: Client) -> None:
        client.force_login(make_staff("nia", permissions=["change_signature"]))
        ticked = [make_signature(make_letter()).pk]
        data = {"action": "export_csv", ACTION_CHECKBOX_NAME: ticked}
        assert client.post("/admin/signatures/signature/", data).status_code == 403
        assert not Export.objects.exists()

    @pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
    def test_the_ticked_ones_are_exported_from_the_list(
        self, client: Client, ella: User, form: str
    ) -> None:
        letter = make_letter()
        ticked = [make_signature(letter, name).pk for name in ("Amal", "Law")]
        make_signature(letter, "Zeta")
        response = client.post(
            "/admin/signatures/signature/",
            {"action": f"export_{form}", ACTION_CHECKBOX_NAME: ticked},
        )
        assert response["Content-Type"] == FORMATS[form][1]
        record = Export.objects.get()
        assert (record.rows, record.actor, record.format) == (2, ella, form)

    def test_the_letter_leads_to_it(self, editor: Client) -> None:
        letter = make_letter()
        address = f"/admin/signatures/letter/{letter.pk}/change/"
        assert f"{ADD}?letter={letter.pk}" in editor.get(address).content.decode()
        assert editor.get(ADD, {"letter": letter.pk}).status_code == 200

    def test_a_thousand_take_as_many_queries_as_ten(
        self, client: Client, ella: User, django_assert_max_num_queries: Any
    ) -> None:
        letter = make_letter()
        for number in range(30):
            make_signature(letter, f"Group {number}")
        with django_assert_max_num_queries(16):
            assert len(csv_rows(take(client, [letter], "csv").content)) == 30


class TestContacts:
    def test_who_may_gets_the_contacts_and_is_put_on_record(
        self, client: Client, ella: User
    ) -> None:
        letter = make_letter()
        make_sign_on([letter], name="=Amal", email="alice@amal.example")
        make_sign_on([letter], name="Late", status=SignOn.Status.UNCONFIRMED)
        make_sign_on(name="Elsewhere")
        response = take(client, [letter], "csv", kind="contacts", status="pending")
        [row] = csv_rows(response.content)
        assert row["organisation"] == "'=Amal"
        assert (row["email"], row["contact_name"]) == ("alice@amal.example", "Alice Achieng")
        assert row["letters"] == "a-letter"
        record = Export.objects.get()
        assert (record.kind, record.rows, record.actor) == ("contacts", 1, ella)
        assert record.scope == "a-letter · waiting for review"

    def test_others_get_none(self, desk: Client) -> None:
        letter = make_letter()
        make_sign_on([letter])
        assert b"their contacts" not in desk.get(ADD).content
        assert take(desk, [letter], "csv", kind="contacts").status_code == 400
        assert not Export.objects.exists()

    def test_they_do_not_come_as_json(self, client: Client, ella: User) -> None:
        assert take(client, [make_letter()], "json", kind="contacts").status_code == 400
        assert not Export.objects.exists()

    def test_nobody_without_any_right_sees_the_page(self, client: Client) -> None:
        client.force_login(make_staff("vera", permissions=["view_letter"]))
        assert client.get(ADD).status_code == 403
        assert take(client, [], "csv").status_code == 403


class TestRecord:
    def test_it_can_be_read_and_only_grows(self, client: Client) -> None:
        client.force_login(make_staff("root", permissions=[], is_superuser=True))
        take(client, [make_letter()], "csv")
        record = Export.objects.get()
        assert b"a-letter" in client.get(LIST).content
        assert client.post(f"{LIST}{record.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.post(f"{LIST}{record.pk}/change/", {"rows": "7"}).status_code == 403
        for forbidden in (
            record.save,
            record.delete,
            Export.objects.all().delete,
            lambda: Export.objects.update(rows=7),
        ):
            with pytest.raises(TypeError):
                forbidden()
        assert Export.objects.get().rows == 0


ALPHABET = st.one_of(
    st.sampled_from("=+-@＝＋'’\",;\t |()&."), st.sampled_from("ابتجحسعملنهويéßŁñ"), st.characters()
)
NAMES = (
    st.text(ALPHABET, min_size=1, max_size=60)
    .map(names.clean_display)
    .filter(lambda name: names.says_something(name) and "://" not in name)
    .filter(lambda name: name not in analysis.SPREADSHEET_ERRORS)
    .filter(lambda name: names.comparison_key(name) and name.lower() not in analysis.WITHOUT)
)


class TestRoundTrip:
    @given(
        entries=st.lists(
            st.tuples(
                NAMES,
                st.one_of(st.just(""), NAMES),
                st.sampled_from(["", "", "ABC", "ج م"]),
                st.sampled_from(["", "PS", "KE", "XK", "NA"]),
                st.one_of(st.none(), st.integers(1, 50)),
                st.dates(date(2000, 1, 1), date(2024, 1, 1)),
            ),
            max_size=8,
            unique_by=lambda entry: names.comparison_key(entry[0]),
        ),
        form=st.sampled_from(["csv", "xlsx"]),
    )
    @settings(
        max_examples=60,
        deadline=timedelta(seconds=5),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_export_wipe_import_gives_the_same_list(
        self, entries: list[tuple[Any, ...]], form: str
    ) -> None:
        self.wipe()
        Letter.objects.all().delete()
        letter = make_letter()
        for name, local_name, acronym, country, position, day in entries:
            organization = Organization.objects.register(
                name, local_name=local_name, acronym=acronym, country=country
            )
            Signature.objects.sign(
                organization,
                [letter],
                name=names.listed_name(name, acronym),
                local_name=local_name,
                source="form",
                signed_on=day,
                position=position,
            )
        before = self.published()
        listed = Signature.objects.in_list_order().select_related("organization", "letter")
        dataset = ListResource().export(listed)
        content = FORMATS[form][0](dataset)
        self.wipe()
        if entries:
            self.bring_back(content, letter)
        assert self.published() == before

    def test_so_does_a_list_that_was_reworded(self) -> None:
        letter = make_letter()
        plain = make_organization("Water Watch", acronym="WW", country="NA")
        make_signature(letter, plain, name="Water Watch")
        longest = "x" * names.LONGEST_NAME
        make_signature(letter, make_organization(longest, acronym="XX"), name=f"{longest} (XX)")
        before = [entry[:5] for entry in self.published()]
        listed = Signature.objects.in_list_order().select_related("organization", "letter")
        content = FORMATS["csv"][0](ListResource().export(listed))
        self.wipe()
        self.bring_back(content, letter)
        assert [entry[:5] for entry in self.published()] == before

    def published(self) -> list[tuple[Any, ...]]:
        listed = Signature.objects.current().in_list_order().select_related("organization")
        return sorted(
            (
                bytes(one.list_key),
                one.name,
                one.local_name,
                one.position or 0,
                one.organization.country.code or "",
                one.organization.acronym,
                one.signed_on,
            )
            for one in listed
        )

    def wipe(self) -> None:
        SignatoryImport.objects.all().delete()
        Signature.objects.all().delete()
        OrganizationName.objects.all().delete()
        Organization.objects.all().delete()

    def bring_back(self, content: bytes, letter: Letter) -> None:
        actor = User.objects.filter(username="ines").first() or make_staff("ines")
        sheet = Sheet.read(content)
        batch = SignatoryImport.objects.create(target="signatures", actor=actor)
        batch.letters.set([letter])
        batch.stage(batch.edition, sheet.statements(sheet.guess()), sheet.guess())
        analysis.analyse(batch, seconds=60)
        # Names that only their countries or acronyms tell apart are for people to decide, and
        # those in look-alike letters.
        batch.decide_all(batch.edition, "new", "new")
        batch.decide_all(batch.edition, "duplicate", "new")
        batch.decide_all(batch.edition, "possible", "new")
        assert batch.commit(actor=actor, edition=batch.edition)
