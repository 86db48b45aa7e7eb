"""A list from elsewhere travels from the file to the public count."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from signatures import analysis
from signatures.models import SignatoryImport
from tests.factories import make_letter, make_organization, make_signature, make_staff

pytestmark = pytest.mark.django_db(transaction=True)

Visitor = Callable[..., Page]
PASSWORD = "correct horse battery staple"
LIST = """Organisation;Pays;Courriel;Date de signature;Remarques
Water Watch;Kenya;;23/11/2022;signed before
Réseau de l’eau;Suisse;a@reseau.example;23/11/2022;
=Equal Rights;Atlantis;;24/11/2022;
أمل;مصر;;24/11/2022;
Amnesty;France;;24/11/2022;which one?
"""


def log_in(page: Page) -> None:
    make_staff("ines", password=PASSWORD, is_superuser=True)
    page.goto("/admin/")
    page.get_by_label("Username").fill("ines")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def upload(page: Page, file: Path) -> None:
    page.goto("/admin/signatures/signatoryimport/")
    page.get_by_role("link", name="Import a list").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("checkbox", name="Open letter on water").check()
    page.get_by_label("signatures that are listed").check()
    page.get_by_label("Where the list comes from").fill("Form of the coalition")
    page.get_by_role("button", name="Upload and look at it").click()


def assert_accessible(page: Page) -> None:
    results = Axe().run(page, options={"preload": False})
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_list_is_uploaded_looked_through_and_listed(
    new_page: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scripts: bool
) -> None:
    # Several rounds of progress for a short list.
    monkeypatch.setattr(analysis, "PORTION", 2)
    analyse = analysis.analyse
    monkeypatch.setattr("signatures.admin.imports.steps.analyse", lambda batch: analyse(batch, 0))
    letter = make_letter()
    make_signature(letter, "Water Watch")
    make_organization("Amnesty", country="GB")
    page = new_page(java_script_enabled=scripts)
    file = tmp_path / "liste.csv"
    file.write_text(LIST, encoding="utf-8-sig")
    log_in(page)

    upload(page, file)
    expect(page.get_by_label("Organisation")).to_have_value("name")
    expect(page.get_by_label("Date de signature")).to_have_value("signed_on")
    expect(page.get_by_label("Remarques")).to_have_value("")
    page.get_by_role("button", name="Compare with what is known").click()
    page.wait_for_url("**/rows/")

    # An unknown country, once for all its rows.
    page.get_by_role("link", name="With an error").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label("Atlantis").select_option("Greece")
    page.get_by_role("button", name="Use these countries").click()
    page.wait_for_url("**/rows/")

    # What is unclear waits for a decision.
    expect(page.get_by_text("Import 3 rows")).to_have_count(0)
    page.get_by_role("link", name="1 needs a decision").click()
    page.get_by_label("Line 6, Amnesty").select_option("as Amnesty (United Kingdom)")
    page.get_by_role("button", name="Save the decisions of this page").click()
    page.get_by_role("link", name="All").click()
    expect(page.get_by_label("Line 2, Water Watch")).to_have_value("leave")

    page.get_by_text("Import 4 rows…").click()
    page.get_by_role("button", name="Import them now").click()
    expect(page.locator(".import-state")).to_contain_text("4 signatures of this import are listed")
    page.get_by_role("link", name="See “Open letter on water”").click()
    expect(page.locator(".count b")).to_have_text("5")
    for name in ("=Equal Rights", "Réseau de l’eau", "أمل", "Amnesty", "Water Watch"):
        expect(page.locator(".names li", has_text=name)).to_have_count(1)
    assert SignatoryImport.objects.get().status == "committed"


@pytest.mark.parametrize(
    "look",
    [
        {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    ],
    ids=["desktop-light", "phone-dark"],
)
def test_its_pages_can_be_used_by_everybody(
    new_page: Visitor, tmp_path: Path, look: dict[str, object]
) -> None:
    make_signature(make_letter(), "Water Watch")
    make_organization("Amnesty", country="GB")
    page = new_page(**look)
    file = tmp_path / "liste.csv"
    file.write_text(LIST.replace("23/11", "3/11").replace("24/11", "4/11"), encoding="utf-8-sig")
    log_in(page)
    page.goto("/admin/signatures/export/add/")
    assert_accessible(page)
    page.goto("/admin/signatures/signatoryimport/add/")
    assert_accessible(page)
    upload(page, file)
    page.get_by_role("button", name="Compare with what is known").click()
    expect(page.get_by_text("In dates such as 3/11/2022")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("the day comes first").check()
    page.get_by_role("button", name="Compare with what is known").click()
    page.wait_for_url("**/rows/")
    for verdict in ("", "error", "related"):
        page.goto(f"{page.url.partition('?')[0]}?verdict={verdict}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= look["viewport"]["width"]  # type: ignore[index]
    page.get_by_role("button", name="Leave all out").click()
    page.get_by_text("Import 2 rows…").click()
    page.get_by_role("button", name="Import them now").click()
    page.wait_for_url("**/done/")
    assert_accessible(page)
    page.goto("/admin/signatures/signatoryimport/")
    assert_accessible(page)
