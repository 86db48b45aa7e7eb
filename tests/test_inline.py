"""What is inline is found, or no test that looks for it would tell anything."""

from tests.inline import Inline


def test_what_is_inline_is_found_in_elements_alone() -> None:
    for page in (
        '<p style="color: red">',
        "<p STYLE=x>",
        "<style>p { color: red }</style>",
        "<script>alert(1)</script>",
        '<body onload="alert(1)">',
        "<a href=' JavaScript:alert(1)'>",
    ):
        assert Inline(page.encode()).found
    for page in (
        '<script src="/x.js"></script><script type="application/ld+json">{}</script>',
        '<textarea>&lt;p style="color: red" onload="x"></textarea>',
    ):
        assert not Inline(page.encode()).found
