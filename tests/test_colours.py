"""A campaign has a colour of its own, and everybody can read it."""

import random
import re
from pathlib import Path

import pytest

from signatures import colours
from signatures.colours import Unreadable, contrast, in_dark, in_light

TOKENS = (Path(__file__).parent.parent / "signatures/static/signatures/tokens.css").read_text(
    encoding="utf-8"
)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48)],
)
def test_contrast_is_measured_as_wcag_does(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("colour", ["#0f5a4c", "#7a2048", "#1a237e", "#000000", "#9b1c1c"])
def test_a_colour_that_can_be_read_is_used_as_it_is(colour: str) -> None:
    assert in_light(colour).seal == colour


def test_one_that_cannot_is_darkened_as_little_as_it_takes() -> None:
    tones = in_light("#ffa500")
    assert tones.seal != "#ffa500"
    assert 4.5 <= contrast(tones.seal, "#f2eee6") < 4.9
    red, green, blue = (int(tones.seal[at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue  # it is still orange


@pytest.mark.parametrize("colour", ["#ffffff", "#f8f8f0", "#ffff00", "#fffdf8"])
def test_one_of_which_nothing_would_be_left_is_refused(colour: str) -> None:
    with pytest.raises(Unreadable):
        in_light(colour)


def test_every_tone_of_any_colour_can_be_read_as_text_and_on_a_button() -> None:
    chosen = random.Random(8)  # noqa: S311
    used = 0
    for _ in range(400):
        colour = f"#{chosen.randrange(16**6):06x}"
        sets = [(in_dark(colour), colours.DARK_PAPERS)]
        try:
            sets.append((in_light(colour), colours.PAPERS))
            used += 1
        except Unreadable:
            pass
        for tones, papers in sets:
            for ground in (*papers, tones.tint):
                assert contrast(tones.seal, ground) >= 4.5, (colour, tones)
                assert contrast(tones.deep, ground) >= 4.5, (colour, tones)
            assert contrast(tones.ink, tones.seal) >= 4.5, (colour, tones)
            assert contrast(tones.ink, tones.deep) >= 4.5, (colour, tones)
    assert used > 250


def values(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


def test_the_sites_own_tokens_can_be_read_in_both_lights() -> None:
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)", 1)
    assert values(light)["seal"] == colours.SITES_OWN
    for block, papers in ((light, colours.PAPERS), (dark, colours.DARK_PAPERS)):
        token = values(block)
        assert (token["paper"], token["desk"]) == papers
        for name in ("ink", "soft", "seal", "seal-deep", "grave", "amber"):
            for ground in ("paper", "desk"):
                assert contrast(token[name], token[ground]) >= 4.5, (name, ground)
        for name, ground in (
            ("seal", "seal-tint"),
            ("soft", "seal-tint"),
            ("grave", "grave-tint"),
            ("amber", "amber-tint"),
        ):
            assert contrast(token[name], token[ground]) >= 4.5, (name, ground)
        ink = token["seal-ink"] if len(token["seal-ink"]) == 7 else "#ffffff"
        assert contrast(ink, token["seal"]) >= 4.5
        for ground in ("paper", "desk"):  # edges of fields: WCAG 1.4.11
            assert contrast(token["field"], token[ground]) >= 3


def test_its_stylesheet_holds_tones_and_nothing_else() -> None:
    sheet = colours.stylesheet("#7a2048")
    assert sheet.count("--seal:#7a2048") == 2
    assert re.fullmatch(r"[\w@:#;(){}.,\s-]+", sheet)
    assert len(sheet) < 700
