"""The guide: how signing works, for contacts, and how to work with letters, for staff.

Each of its pages is a Markdown file in docs/guide/, in a folder for each language, so that it is
read in the repository as well as on the site. Its pictures are static files; what makes them is
`python -m tests.looking --guide`.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.templatetags.static import static
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

SIGNING = "signing"
"""The page for those who sign."""

STAFF = (
    "letters",
    "private",
    "initiators",
    "moderation",
    "closing",
    "delivering",
    "responses",
    "updates",
    "sharing",
)
"""The pages for staff, in the order in which a letter needs them."""

FOLDER = settings.BASE_DIR / "docs" / "guide"
STATIC_FILES = settings.BASE_DIR / "signatures" / "static"

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Topic:
    """A page of the guide, in the language in which it is written."""

    name: str
    language: str
    title: str
    html: str


def topic(name: str, language: str) -> Topic:
    """Return a page in `language`, or in the site's own where it is not written in that.

    Raises Http404 for a name that is none.
    """
    if name not in {SIGNING, *STAFF}:
        raise Http404
    written = next(
        code
        for code in (language, settings.LANGUAGE_CODE, "en")
        if (FOLDER / code / f"{name}.md").exists()
    )
    return _read(name, written)


def written_in(name: str) -> list[str]:
    """Return the languages in which a page is written, the site's own first."""
    codes = [settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    return [code for code in dict.fromkeys(codes) if (FOLDER / code / f"{name}.md").exists()]


@cache
def _read(name: str, language: str) -> Topic:
    file = FOLDER / language / f"{name}.md"
    tokens = _markdown.parse(file.read_text(encoding="utf-8"))
    # "# The title", which the page shows in a place of its own.
    title, tokens = tokens[1].content, tokens[3:]
    for token in tokens:
        for inline in token.children or ():
            if inline.type == "image":
                _show(inline, file)
    return Topic(name, language, title, _markdown.renderer.render(tokens, _markdown.options, {}))


def _show(image: Token, file: Path) -> None:
    """Have a picture that lies in the repository come from where the site has it."""
    picture = (file.parent / str(image.attrs["src"])).resolve()
    image.attrs["src"] = static(picture.relative_to(STATIC_FILES).as_posix())
    image.attrs |= {"loading": "lazy", **size(picture)}


@cache
def size(picture: Path) -> dict[str, str | int | float]:
    """Return the width and height of a picture, so that its place is kept while it loads."""
    with Image.open(picture) as opened:
        return {"width": opened.width, "height": opened.height}
