"""Pages that everybody can use, as far as a machine can tell: axe finds nothing."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from signatures.emails import confirm_path
from signatures.models import Addressee, OrganizationMerge, SignOn, merges
from tests.factories import (
    make_campaign,
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db(transaction=True)

Visitor = Callable[..., Page]
LOOKS = [
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
]


@pytest.fixture(params=LOOKS, ids=["desktop-light", "phone-dark"])
def visitor(request: pytest.FixtureRequest, new_page: Visitor) -> Page:
    """A page in one of the looks."""
    return new_page(**request.param)


def assert_accessible(page: Page) -> None:
    page.wait_for_load_state()  # a page that a button leads to may stand there without its style
    # Preloading style sheets would break our own content security policy.
    # Django puts an empty header above the column in which an inline's rows are named.
    ours = {"exclude": [["th.original"]]}
    results = Axe().run(page, context=ours, options={"preload": False})
    assert results.violations_count == 0, results.generate_report()


def test_public_pages(visitor: Page) -> None:
    letter = make_letter(campaign=make_campaign(), demands=["Open the wells."])
    Addressee.objects.create(letter=letter, kind="copy", name="Ms Rosa Ríos", order=2)
    make_signature(letter, "Issuer", position=1)
    make_signature(letter, "Law in Service", local_name="القانون")
    make_letter(slug="closed", status="closed")
    for path in (
        "/",
        "/campaigns/a-campaign/",
        "/letters/a-letter/",
        "/ar/letters/a-letter/",
        "/letters/closed/",
        "/letters/a-letter/signatories/?q=law",
        "/letters/a-letter/signatories/?q=nobody",
        "/letters/a-letter/sign/",
        "/letters/a-letter/sign/sent/",
        "/letters/closed/sign/",
        "/privacy/",
        "/ar/privacy/",
        "/nothing-here/",
    ):
        visitor.goto(path)
        assert_accessible(visitor)


def test_the_form_with_mistakes(visitor: Page) -> None:
    make_letter()
    visitor.goto("/letters/a-letter/sign/")
    visitor.get_by_role("button", name="Sign").click()
    assert_accessible(visitor)


def test_the_mailed_pages(visitor: Page) -> None:
    sign_on = make_sign_on(status=SignOn.Status.UNCONFIRMED)
    visitor.goto(confirm_path(sign_on))
    assert_accessible(visitor)
    visitor.get_by_role("button", name="Confirm").click()
    for summary in visitor.locator("summary").all():
        summary.click()
    assert_accessible(visitor)
    visitor.get_by_role("button", name="Withdraw, and erase").click()
    assert_accessible(visitor)


def test_the_desk(visitor: Page) -> None:
    staff = make_staff("mona", password="correct horse", is_superuser=True)
    sign_on = make_sign_on()
    organization, twin = make_organization("Water Watch"), make_organization("Waterwatch Intl")
    for one in (organization, twin):
        make_signature(make_letter(f"of-{one.pk}"), one)
    make_sign_on(name="Well Keepers").approve(actor=staff, organization=organization)
    alias = organization.names.get(name="Well Keepers")
    removed = make_organization("Waterwatch")
    seen = merges.plan(organization, removed).fingerprint
    done = OrganizationMerge.objects.merge(organization, removed, actor=staff, seen=seen)
    visitor.goto("/admin/")
    assert_accessible(visitor)
    visitor.get_by_label("Username").fill("mona")
    visitor.get_by_label("Password").fill("correct horse")
    visitor.get_by_role("button", name="Log in").click()
    visitor.wait_for_url("**/admin/")
    for path in (
        "/admin/",
        "/admin/signatures/signon/",
        f"/admin/signatures/signon/{sign_on.pk}/change/",
        f"/admin/signatures/organization/{organization.pk}/change/",
        f"/admin/signatures/organization/{organization.pk}/merge/?q=water",
        f"/admin/signatures/organization/{organization.pk}/merge/?with={twin.pk}",
        f"/admin/signatures/organization/merges/{done.pk}/undo/",
        f"/admin/signatures/organization/names/{alias.pk}/split/",
    ):
        visitor.goto(path)
        assert_accessible(visitor)
