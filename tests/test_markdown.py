"""Letter texts."""

import time

import pytest

from signatures import markdown


def test_text_becomes_paragraphs() -> None:
    assert markdown.render("One.\n\n*Two*.") == "<p>One.</p>\n<p><em>Two</em>.</p>\n"


def test_headings_stand_below_the_title() -> None:
    assert markdown.render("# A\n## B\n###### C") == "<h2>A</h2>\n<h3>B</h3>\n<h4>C</h4>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
    ],
)
def test_nothing_active_gets_through(attack: str) -> None:
    html = markdown.render(attack)
    for active in ("<script", "<img", "<svg", 'href="javascript', 'href="data'):
        assert active not in html


def test_the_first_paragraph_can_be_told_from_the_rest() -> None:
    html = markdown.render("Lead.\n\nSecond.\n\nThird.")
    assert markdown.split_lead(html) == ("<p>Lead.</p>\n", "<p>Second.</p>\n<p>Third.</p>\n")
    assert markdown.split_lead("<h2>No lead</h2>\n") == ("", "<h2>No lead</h2>\n")


@pytest.mark.parametrize("bomb", ["[" * 50_000, "*a " * 16_000, "> " * 25_000, "`" * 50_000])
def test_the_longest_text_does_not_stop_the_editor(bomb: str) -> None:
    started = time.process_time()
    markdown.render(bomb[: markdown.LONGEST_TEXT // 4])
    assert time.process_time() - started < 10  # a parser that went quadratic takes minutes
