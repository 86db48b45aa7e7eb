"""Every message is translated into every language, and says what its original says.

`make messages` collects what is new; CONTRIBUTING.md tells what a translator does then.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

BASE_DIR = Path(settings.BASE_DIR)
LANGUAGES = {"ar": 6, "es": 2, "fr": 2}
"""The languages beside English, and how many plural forms each has."""

SMALL = {"ar": 3, "es": 1, "fr": 1}
"""How many of those forms are about none, one or two: they need not name the number."""

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!\{)\{\w+\}(?!\})|%%")
TAG = re.compile(r"</?[a-z][^>]*>")
OUTER_SPACE = re.compile(r"^(\s*).*?(\s*)$", re.DOTALL)


def catalog(language: str, root: Path = BASE_DIR) -> Catalog:
    file = root / "signatures/locale" / language / "LC_MESSAGES/django.po"
    with file.open("rb") as text:
        return read_po(text, locale=language)


def messages(found: Catalog) -> list[Message]:
    return [message for message in found if message.id]


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def originals(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_message_is_translated(language: str) -> None:
    found = catalog(language)
    missing = [one.id for one in messages(found) if not all(map(str.strip, forms(one)))]
    assert missing == []


def test_no_translation_is_a_guess_or_left_over(language: str) -> None:
    found = catalog(language)
    assert [one.id for one in messages(found) if one.fuzzy] == []
    assert list(found.obsolete) == []


def test_every_number_has_its_form(language: str) -> None:
    found = catalog(language)
    assert found.num_plurals == LANGUAGES[language]
    wrong = [
        one.id
        for one in messages(found)
        if one.pluralizable and len(forms(one)) != LANGUAGES[language]
    ]
    assert wrong == []


def test_translations_keep_placeholders_tags_and_spaces(language: str) -> None:
    wrong = {
        one.id: said
        for one in messages(catalog(language))
        if (said := " · ".join(faults(one, SMALL[language])))
    }
    assert wrong == {}


def faults(message: Message, small: int) -> list[str]:
    """Return what a translation lacks, or has beside, its original."""
    *_singular, original = originals(message)
    needed = set(PLACEHOLDER.findall(original))
    found = []
    for number, form in enumerate(forms(message)):
        if not form:
            continue
        used = set(PLACEHOLDER.findall(form))
        # "Undo both of them" needs no number.
        may_lack = 1 if message.pluralizable and number < small else 0
        if used - needed or len(needed - used) > may_lack:
            found.append(f"{form}: {sorted(used)} for {sorted(needed)}")
        tags = sorted(TAG.findall(form))
        # Where the number is left out, so is what makes it bold.
        if tags != sorted(TAG.findall(original)) and (tags or used == needed):
            found.append(f"{form}: other tags")
        if spaces(form) != spaces(original):
            found.append(f"{form!r}: other spaces at its ends")
    return found


def spaces(text: str) -> tuple[str, ...]:
    match = OUTER_SPACE.match(text)
    assert match
    return match.groups()


def message(original: str | tuple[str, str], *translated: str) -> Message:
    return Message(original, translated if isinstance(original, tuple) else translated[0])


@pytest.mark.parametrize(
    "wrong",
    [
        message("Hello %(name)s", "Bonjour %(nom)s"),
        message("Hello %(name)s", "Bonjour"),
        message("Hello {name}", "Bonjour"),
        message("See <a href='x'>this</a>", "Voir ceci"),
        message("See: ", "Voir :"),
        message(("%(n)s day", "%(n)s days"), "%(n)s jour", "jours"),
        message(("%(n)s day of %(m)s", "%(n)s days of %(m)s"), "un jour", "%(n)s jours de %(m)s"),
    ],
)
def test_a_fault_is_found(wrong: Message) -> None:
    assert faults(wrong, 1)


def test_one_need_not_be_counted() -> None:
    assert not faults(message(("%(n)s day", "%(n)s days"), "un jour", "%(n)s jours"), 1)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What there is to translate, collected from a copy of the code."""
    if not shutil.which("xgettext"):
        if os.environ.get("REQUIRE_GETTEXT") == "1":
            pytest.fail("gettext is missing, and REQUIRE_GETTEXT is 1")
        pytest.skip("gettext is not installed: apt-get install gettext")
    root = tmp_path_factory.mktemp("source")
    for name in ("openletters", "signatures", "templates"):
        shutil.copytree(
            BASE_DIR / name,
            root / name,
            ignore=shutil.ignore_patterns("locale", "static", "__pycache__"),
        )
    shutil.copy(BASE_DIR / "manage.py", root)
    (root / "signatures/locale/fr/LC_MESSAGES").mkdir(parents=True)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "fr", "--no-location"]
    environment = {**os.environ, "DATABASE_URL": "sqlite:///:memory:"}
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    return catalog("fr", root)


def test_the_catalogs_have_what_the_code_says_and_nothing_else(
    collected: Catalog, language: str
) -> None:
    said = {(one.context, one.id) for one in messages(collected)}
    known = {(one.context, one.id) for one in messages(catalog(language))}
    assert said - known == set(), "run `make messages`, and translate what is new"
    assert known - said == set(), "run `make messages`"
