"""Staff decide on the rows of an import, and commit it."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from signatures import candidates
from signatures.matching.verdicts import Label, Why
from signatures.models import (
    Distinction,
    Letter,
    Organization,
    OutgoingMail,
    SignatoryImport,
    Signature,
    SignOn,
)
from tests.desk.importing import (
    ROWS,
    Status,
    at,
    commit,
    compare,
    decide,
    leads_to,
    listed,
    prepared,
    say,
    unlike,
    verdicts,
)
from tests.desk.steps import said
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
)

pytestmark = pytest.mark.django_db


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
    def test_signatures_are_listed_at_once_under_every_letter(
        self, importer: Client, ines: User
    ) -> None:
        letters = [make_letter("one"), make_letter("two")]
        batch = prepared(importer, ROWS, letters)
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
        batch = prepared(importer, ROWS, [make_letter()])
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
        batch = prepared(importer, ROWS, [letter])
        edition = batch.edition
        for _ in range(2):
            response = importer.post(at("commit", batch), {"edition": edition})
            assert leads_to(response, at("done", batch))
        assert Signature.objects.count() == 2
        assert LogEntry.objects.filter(change_message="Imported.").count() == 1

    def test_of_two_people_one_commits(self, importer: Client, ines: User) -> None:
        batch = prepared(importer, ROWS, [make_letter()])
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
        batch = prepared(importer, ROWS, [make_letter()])
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
        batch = prepared(importer, ROWS, [make_letter()])

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
            with django_assert_max_num_queries(55):
                batch.commit(actor=ines, edition=batch.edition)
        assert Signature.objects.count() == 220
