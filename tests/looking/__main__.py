"""Take a picture of every page in every look: `python -m tests.looking`.

They go to var/looking/, a file for each scene, size, colour and language. `--only` takes scenes
whose names begin so. `--guide` takes those of the guide instead, and puts them where it has them.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from PIL import Image, ImageOps
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

if TYPE_CHECKING:
    from tests.looking.scenes import Scene
    from tests.looking.world import World

SIZES: dict[str, dict[str, int]] = {
    "desktop": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}
COLOURS = ("light", "dark")
LANGUAGES = ("en", "ar")
TALLEST = 6000
"""Pixels after which a picture ends: the rest of a long list looks like its beginning."""

EVERY_PICTURE = """() => Promise.all([...document.images].map((image) => {
  image.loading = "eager";
  return image.decode().catch(() => null);
}))"""
"""Waits for those, too, that would be loaded only when somebody scrolls to them."""

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")


@contextmanager
def site(longest: int) -> Iterator[tuple["World", str]]:
    """Serve a furnished site from a database of its own; yield it with its address."""
    from tests.postgres import free_port

    with tempfile.TemporaryDirectory(prefix="openletters-looking-") as folder:
        address = f"http://127.0.0.1:{free_port()}"
        url = f"sqlite:///{folder}/letters.sqlite3"
        environment: Any = {
            "DEMO": "1",
            "SECRET_KEY": "only to be looked at, for as long as it takes to take a picture",
            "SITE_URL": address,
            "TIME_ZONE": "Europe/Amsterdam",
        }
        os.environ.update(environment, DATABASE_URL=url)
        os.environ["DJANGO_SETTINGS_MODULE"] = "openletters.settings"
        # Playwright's event loop is that of this thread; Django would refuse queries in it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        call_command("migrate", verbosity=0)
        from tests.looking.world import furnish
        from tests.servers import served

        world = furnish(longest)
        port = int(address.rpartition(":")[2])
        with served(workers=1, url=url, port=port, **environment):
            yield world, address


def session(world: "World", address: str) -> list[Any]:
    """Return the cookie with which the staff are logged in."""
    from django.conf import settings

    name = settings.SESSION_COOKIE_NAME
    return [{"name": name, "value": world.desk().cookies[name].value, "url": address}]


def open_scene(page: Page, world: "World", scene: "Scene", language: str) -> None:
    """Go there and do what is to be done, in a language of the site."""
    address = scene.address(world)
    prefixed = language != "en" and not address.startswith("/admin/") and not scene.speaks
    answer = page.goto(f"/{language}{address}" if prefixed else address)
    assert answer
    assert answer.status == scene.status, f"{scene.name}: {answer.status}"
    scene.act(page)
    page.evaluate(EVERY_PICTURE)
    page.emulate_media(media="print" if scene.on_paper else "screen")


def picture(page: Page, width: int) -> bytes:
    """Return the whole page as PNG, or its beginning if it is very long."""
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
    return page.screenshot(
        full_page=True,
        animations="disabled",
        clip={"x": 0, "y": 0, "width": width, "height": height},
    )


def context(browser: Browser, address: str, size: str, colour: str, **more: Any) -> BrowserContext:
    """Return a browser of one look."""
    look: Any = {"viewport": SIZES[size], "color_scheme": colour, **more}
    return browser.new_context(base_url=address, reduced_motion="reduce", **look)


def look_at_all(browser: Browser, folder: Path, prefixes: Iterable[str]) -> int:
    """Take every picture; return how many there are."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    taken = 0
    with site(longest=10_000) as (world, address):
        from tests.looking import scenes

        cookies = session(world, address)
        rooms: tuple[tuple[tuple[scenes.Scene, ...], list[Any]], ...] = (
            (scenes.PUBLIC + scenes.LONG + scenes.DEMO + scenes.DOOR, []),
            (scenes.STAFF, cookies),
        )
        for size, colour, language in product(SIZES, COLOURS, LANGUAGES):
            for room, kept in rooms:
                chosen = [one for one in room if one.name.startswith(tuple(prefixes))]
                if not chosen:
                    continue
                browsing = context(browser, address, size, colour, locale=language)
                browsing.add_cookies(kept)
                page = browsing.new_page()
                for scene in chosen:
                    open_scene(page, world, scene, language)
                    file = folder / f"{scene.name}-{size}-{colour}-{language}.png"
                    file.write_bytes(picture(page, SIZES[size]["width"]))
                    taken += 1
                browsing.close()
    return taken


GUIDE = {
    # picture: the scene, and what of it is shown
    "form": ("form", "main"),
    "confirm": ("confirm", "main"),
    "private": ("private-approved", "main"),
    "letter-form": ("letter-form", "body"),
    "import": ("import-rows", "body"),
    "desk": ("desk", "body"),
    "closed": ("letter-closed", "body"),
    "print": ("letter-on-paper", "body"),
    "marking": ("letter-marking", "#marking"),
    "links": ("secret-links", "body"),
    "ledger": ("ledger", "body"),
    "update": ("update-preview", "body"),
}
GUIDE_HEIGHT = 800
GUIDE_WIDTH = 1100
PAPER_MARGIN = 60


def illustrate_the_guide(browser: Browser) -> int:
    """Take the pictures of the guide, in every language of it; return how many there are."""
    taken = 0
    with site(longest=0) as (world, address):
        from signatures import guide
        from tests.looking import scenes

        every = {one.name: one for one in scenes.PUBLIC + scenes.STAFF}
        cookies = session(world, address)
        for folder in sorted(path for path in guide.FOLDER.iterdir() if path.is_dir()):
            into = guide.STATIC_FILES / "signatures" / "guide" / folder.name
            into.mkdir(parents=True, exist_ok=True)
            browsing = context(browser, address, "desktop", "light", locale=folder.name)
            browsing.add_cookies(cookies)
            page = browsing.new_page()
            page.set_viewport_size({"width": GUIDE_WIDTH, "height": GUIDE_HEIGHT})
            for name, (scene, shown) in GUIDE.items():
                page.emulate_media(media="screen")
                open_scene(page, world, every[scene], folder.name)
                page.evaluate("scrollTo(0, 0)")
                box = page.locator(shown).bounding_box()
                assert box
                height = min(box["height"], GUIDE_HEIGHT)
                drawn = page.screenshot(full_page=True, clip={**box, "height": height})
                with Image.open(BytesIO(drawn)) as image:
                    shown_whole = image.convert("RGB")
                    if every[scene].on_paper:
                        shown_whole = ImageOps.expand(shown_whole, PAPER_MARGIN, "white")
                    shown_whole.save(into / f"{name}.webp", quality=80, method=6)
                taken += 1
            browsing.close()
    return taken


def main() -> None:
    """Take them, and say where they are."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.looking",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--guide", action="store_true", help="the pictures of the guide")
    parser.add_argument("--only", nargs="*", default=[""], help="how names of scenes begin")
    options = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        parser.exit(2, "No browser: install Debian's package chromium, or name one in CHROMIUM.\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        if options.guide:
            print(f"{illustrate_the_guide(browser)} pictures of the guide")
        else:
            folder = Path("var/looking").resolve()
            print(f"{look_at_all(browser, folder, options.only)} pictures in {folder}")
        browser.close()


if __name__ == "__main__":
    main()
