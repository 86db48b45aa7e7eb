"""The stylesheets keep what docs/design.md promises."""

import re
from pathlib import Path

import pytest

from signatures import typefaces

STATIC = Path(__file__).parent.parent / "signatures/static/signatures"
TEMPLATES = Path(__file__).parent.parent / "templates"
PUBLIC = (
    "tokens.css",
    "site.css",
    "form.css",
    "timeline.css",
    "versions.css",
    "editions.css",
    "api.css",
    "frame.css",
    "print.css",
    "preview.css",
)
OURS = sorted(path.name for path in STATIC.glob("*.css"))

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|inset|scroll-(?:margin|padding))-(?:left|right|top|bottom)"
    r"|left|right|top|bottom|(?:border-)?(?:top|bottom)-(?:left|right)-radius)(?:-\w+)?\s*:"
    r"|(?:text-align|float|clear|justify-\w+)\s*:\s*(?:left|right)\b"
)
BY_DIRECTION = re.compile(r"\[dir\b|:dir\(")
FOUR_SIDES = re.compile(
    r"(?<![\w-])(?:margin|padding|inset)\s*:\s*([^\s;}]+) ([^\s;}]+) ([^\s;}]+) ([^\s;}]+)"
)


def css(name: str) -> str:
    """Return a stylesheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("name", OURS)
def test_a_stylesheet_knows_beginnings_and_ends_not_left_and_right(name: str) -> None:
    assert not PHYSICAL.findall(css(name))


@pytest.mark.parametrize("name", PUBLIC)
def test_one_stylesheet_is_right_in_both_directions(name: str) -> None:
    text = css(name)
    assert not BY_DIRECTION.findall(text)
    plain = re.sub(r"\([^()]*\)", "", text)
    uneven = [four for four in FOUR_SIDES.findall(plain) if four[1] != four[3]]
    assert not uneven


@pytest.mark.parametrize(
    "bad",
    [
        "a { margin-left: 1rem; }",
        "a { left: 0; }",
        "a { border-top-right-radius: 2px; }",
        "a { text-align: right; }",
        "a{float:left}",
    ],
)
def test_a_physical_property_would_be_found(bad: str) -> None:
    assert PHYSICAL.search(bad)
    assert not PHYSICAL.search("a { margin-inline-start: 1rem; text-align: start; clip: auto; }")


@pytest.mark.parametrize(
    "name", [name for name in PUBLIC if name not in {"tokens.css", "print.css"}]
)
def test_colours_stand_in_the_tokens_alone(name: str) -> None:
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", css(name))


@pytest.mark.parametrize("name", [name for name in PUBLIC if name != "tokens.css"])
def test_every_token_that_is_used_is_there(name: str) -> None:
    known = set(re.findall(r"(--[\w-]+)\s*:", css("tokens.css") + css(name)))
    assert set(re.findall(r"var\((--[\w-]+)", css(name))) <= known


@pytest.mark.parametrize("name", PUBLIC)
def test_arabic_is_neither_slanted_nor_pulled_apart(name: str) -> None:
    """What sets either says it through a token, which :lang(ar) sets back."""
    text = css(name)
    if name != "tokens.css":
        assert not re.findall(r"(?<!-)italic\b|oblique", text)
        tracked = re.findall(r"letter-spacing:\s*([^;}]+)", text)
        assert all(value.strip() == "0" or "--tracking" in value for value in tracked)
    else:
        [arabic] = re.findall(r"\[lang\]:lang\(ar\) \{([^}]+)\}", text)
        assert "--slant: normal" in arabic
        assert "--tracking: 0" in arabic


def test_nothing_is_loaded_from_elsewhere_or_later() -> None:
    for name in OURS:
        assert "@import" not in css(name)
        for address in re.findall(r"url\(\"?([^)\"]+)", css(name)):
            assert (STATIC / address).is_file(), (name, address)


class TestFonts:
    def test_each_is_small_and_comes_with_its_licence(self) -> None:
        folder = typefaces.FOLDER
        assert {path.stem for path in folder.glob("*.woff2")} == {
            cut.name for cut in typefaces.CUTS
        }
        for cut in typefaces.CUTS:
            assert (folder / f"{cut.name}.woff2").stat().st_size <= cut.largest
        for name in typefaces.LICENCES.values():
            licence = (folder / f"{name}.OFL.txt").read_text(encoding="utf-8")
            assert "SIL OPEN FONT LICENSE Version 1.1" in licence

    def test_the_stylesheet_asks_for_the_characters_that_were_cut(self) -> None:
        faces = re.findall(r"@font-face \{(.*?)\}", css("tokens.css"), flags=re.DOTALL)
        cuts = {cut.name: typefaces.RANGES[cut.script] for cut in typefaces.CUTS}
        asked = {}
        for face in faces:
            if found := re.search(r"fonts/([\w-]+)\.woff2", face):
                stated = re.search(r"unicode-range: ([^;]+);", face)
                assert stated
                asked[found[1]] = stated[1].replace(" ", "")
        assert asked == cuts

    def test_no_text_waits_for_one_or_moves_because_of_one(self) -> None:
        faces = re.findall(r"@font-face \{(.*?)\}", css("tokens.css"), flags=re.DOTALL)
        for face in faces:
            assert "font-display: optional" in face or "src: local(" in face


def test_the_scripts_of_all_public_pages_together_are_small() -> None:
    """At most 15 kB, and no page needs them."""
    pages = [TEMPLATES / "base.html", *(TEMPLATES / "signatures").glob("*.html")]
    named = {
        name
        for page in pages
        for name in re.findall(
            r'static "signatures/([\w-]+\.js)"', page.read_text(encoding="utf-8")
        )
    }
    assert named == {"languages.js", "listing.js", "live.js", "share.js"}
    assert sum((STATIC / name).stat().st_size for name in named) <= 15_000
