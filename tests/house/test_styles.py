"""Rules for styles, icons and scripts: contrast, both schemes, both sides, old browsers, and the budgets."""

import gzip
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from forum.moderation.log_words import SYMBOLS
from forum.web.assets import join_css
from tests.house.sources import ROOT

CSS = ROOT / "static" / "css"
TEMPLATES = ROOT / "templates"
BEHAVIORS = ROOT / "static" / "js" / "behaviors"
KILOBYTE = 1024
STYLES_AT_MOST = 20 * KILOBYTE
SCRIPTS_AT_MOST = 45 * KILOBYTE
LINE_AT_MOST = 6 * KILOBYTE

Color = tuple[int, int, int]

GROUNDS = ("paper", "sheet", "wash")
TEXT = ("ink", "ink-2", "ink-3", "accent", "accent-2", "signal", "danger", "warn")
WASHED = [
    ("accent-2", "accent-wash"),
    ("warn", "warn-wash"),
    ("danger", "danger-wash"),
    ("signal", "signal-wash"),
]
FILLED = [
    ("on-accent", "accent"),
    ("on-accent", "accent-2"),
    ("on-signal", "signal"),
    ("ink", "mark"),
    ("paper", "ink"),
]


def srgb(lightness: float, chroma: float, hue: float) -> Color:
    """An oklch color as the nearest sRGB one (Björn Ottosson's matrices)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (
        round(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055))
        for c in (min(1.0, max(0.0, c)) for c in linear)
    )
    return red, green, blue


def luminance(color: Color) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def block(css: str, selector: str) -> str:
    found = re.search(re.escape(selector) + r" \{(.*?)\n\s*\}", css, re.DOTALL)
    assert found, selector
    return found[1]


def schemes() -> dict[str, str]:
    css = (CSS / "tokens.css").read_text("utf-8")
    return {"light": block(css, ":root"), "dark": block(css, ':root[data-theme="dark"]')}


def colors_of(text: str) -> dict[str, Color]:
    found = re.findall(r"--([\w-]+): oklch\(([\d. ]+)\)", text)
    return {name: srgb(*map(float, value.split())) for name, value in found}


def number(text: str, name: str) -> float:
    found = re.search(rf"--{name}: ([\d.]+);", text)
    assert found, name
    return float(found[1])


def hues() -> dict[int, float]:
    css = (CSS / "tokens.css").read_text("utf-8")
    return {int(name): float(hue) for name, hue in re.findall(r"\.hue-(\d) \{ --h: (\d+); \}", css)}


def test_both_ways_to_dark_say_the_same() -> None:
    css = (CSS / "tokens.css").read_text("utf-8")
    by_device = block(css, ':root:not([data-theme="light"])')
    assert by_device.split() == schemes()["dark"].split()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_every_ground(scheme: str) -> None:
    colors = colors_of(schemes()[scheme])
    pairs = [(text, ground) for text in TEXT for ground in GROUNDS] + WASHED + FILLED
    weak = {pair: round(contrast(colors[pair[0]], colors[pair[1]]), 2) for pair in pairs}
    assert not {pair: value for pair, value in weak.items() if value < 4.5}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_border_of_a_field_can_be_seen(scheme: str) -> None:
    colors = colors_of(schemes()[scheme])
    assert all(contrast(colors["field"], colors[ground]) >= 3 for ground in ("paper", "sheet"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_initials_can_be_read_on_every_hue(scheme: str) -> None:
    text = schemes()[scheme]
    for hue in hues().values():
        face = srgb(number(text, "face-l"), number(text, "face-c"), hue)
        ink = srgb(number(text, "face-ink-l"), 0.07, hue)
        assert contrast(face, ink) >= 4.5, hue


def test_browsers_without_oklch_get_the_same_colors() -> None:
    fallback = (CSS / "fallback.css").read_text("utf-8")
    for scheme, selector in (("light", ":root"), ("dark", ':root[data-theme="dark"]')):
        told = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", block(fallback, selector)))
        for name, color in colors_of(schemes()[scheme]).items():
            assert told.get(name) == "{:02x}{:02x}{:02x}".format(*color), f"{scheme} --{name}"
        for name in hues():
            assert fallback.count(f".hue-{name} {{") == 3


SIDES = re.compile(
    r"(?<![\w-])((margin|padding|border|scroll-margin|scroll-padding)-(left|right|top|bottom)|border-(top|bottom)-(left|right)-radius"
    r"|left|right|top|bottom|width|height|(min|max)-(width|height))\s*:|(?<![\w-])(text-align|float|clear|caption-side):\s*(left|right)"
    r"|position:\s*(left|right)|to (left|right)|translateX|transform-origin:[^;]*(left|right)"
)
FOUR_SIDES = re.compile(
    r"(?<![\w-])(?:margin|padding|inset|border-(?:width|style|color)|scroll-(?:margin|padding)):"
    r"\s*([^\s;]+)\s+([^\s;]+)\s+([^\s;]+)\s+([^\s;}]+)"
)
# What names a side and may: the selector, and why.
SIDES_THAT_MAY_BE = {
    "select.field__input": "a background knows no other sides; the rule below it turns it round",
    '[dir="rtl"] select.field__input': "is that rule",
    ".jump-sheet__in": "a movement knows no other sides; the rule below it turns it round",
    '[dir="rtl"] .jump-sheet__in': "is that rule",
    ".spoiler-block > summary::before": "a square turned to be an arrow; the rule below it turns it round",
    ".task-list-item > .task-done::after": "a check mark is the same in all scripts",
}


def hard_coded_sides(css: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(css.splitlines(), 1):
        text = re.sub(r"@media[^{]*|@container[^{]*|/\*.*?\*/", "", line)
        uneven = any(one[2] != one[4] for one in FOUR_SIDES.finditer(text))
        if (SIDES.search(text) or uneven) and text.partition("{")[0].strip() not in SIDES_THAT_MAY_BE:
            yield number, line


def test_no_side_is_hard_coded() -> None:
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for path in sorted(CSS.rglob("*.css"))
        for number, line in hard_coded_sides(path.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "planted",
    [
        "margin-left: 1rem",
        "padding: 0 1rem 0 0",
        "border-top-left-radius: 3px",
        "left: 0",
        "text-align: right",
        "inset: 0 auto 0 0",
        "background: linear-gradient(to right, red, blue)",
        "transform: translateX(10px)",
        "max-width: 10rem",
    ],
)
def test_a_hard_coded_side_is_caught(planted: str) -> None:
    assert list(hard_coded_sides(f".planted {{ {planted}; }}"))
    assert not list(
        hard_coded_sides(".fine { margin: 0 1rem; padding: 0 1rem 2rem 1rem; inset-inline-start: 0; }")
    )


def test_colors_are_said_in_the_tokens_alone() -> None:
    color = re.compile(r"oklch\(|rgba?\(|#[0-9a-f]{3,6}\b", re.IGNORECASE)
    for path in sorted(CSS.rglob("*.css")):
        if path.name not in {"tokens.css", "fallback.css", "print.css"}:
            assert not color.search(path.read_text("utf-8")), path.name


def test_a_choice_has_one_arrow_on_the_side_where_its_words_end() -> None:
    form = (CSS / "form.css").read_text("utf-8")
    choice = re.search(r"^select\.field__input \{([^}]*)\}", form, re.MULTILINE)
    mirrored = re.search(r'^\[dir="rtl"\] select\.field__input \{([^}]*)\}', form, re.MULTILINE)
    assert choice
    assert "background-image: var(--chevron);" in choice[1]
    assert "background-position: right 0.8rem center" in choice[1]
    assert mirrored
    assert mirrored[1].strip() == "background-position: left 0.8rem center;"
    assert "background: var(--wash)" not in form  # it would take the arrow away


def test_every_icon_that_is_shown_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="i-([\w-]+)"', (ROOT / "static/img/icons.svg").read_text("utf-8")))
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text("utf-8")
        shown = set(re.findall(r"""icon\(["']([\w-]+)["']""", text))
        for of_kinds in re.findall(r"set symbols = \{(.*?)\}", text):
            shown.update(re.findall(r': "([\w-]+)"', of_kinds))
        assert shown <= drawn, path.name
    assert set(SYMBOLS.values()) <= drawn


def test_every_behavior_that_is_asked_for_is_there() -> None:
    app = (ROOT / "static/js/app.js").read_text("utf-8")
    come_along = re.search(r"const HERE = \{ (.*?) \};", app)
    assert come_along
    there = {path.stem for path in BEHAVIORS.glob("*.js")} | set(re.findall(r"(\w+):", come_along[1]))
    asked = {
        name
        for path in [*TEMPLATES.rglob("*.html"), *(ROOT / "forum").rglob("*.py")]
        for names in re.findall(
            r"""data-(?:behavior|opens)=\\?["']([\w -]+?)\\?["']""", path.read_text("utf-8")
        )
        for name in names.split()
    }
    assert asked <= there
    assert there <= asked, "nothing asks for these"


def test_scripts_write_no_html() -> None:
    writing = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    for path in sorted((ROOT / "static/js").rglob("*.js")):
        assert not writing.search(path.read_text("utf-8")), path.name


def packed(paths: list[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_styles_and_scripts_stay_small() -> None:
    """A page of a topic takes the site's sheet alone; all others take the sheet of the rooms beside it."""
    site = join_css(CSS)
    assert len(gzip.compress(site, 9)) <= STYLES_AT_MOST
    assert len(gzip.compress(join_css(CSS / "rooms"), 9)) <= STYLES_AT_MOST
    assert packed(sorted((ROOT / "static/js").rglob("*.js"))) <= SCRIPTS_AT_MOST
    assert packed([ROOT / "static/js/lib" / name for name in ("live.js", "polling.js")]) <= LINE_AT_MOST
