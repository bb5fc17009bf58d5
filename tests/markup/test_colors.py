"""Code in color, in bounded time."""

import time

import pytest

from forum.markup import render
from forum.markup.coloring import COLOR_CLASSES, LANGUAGES, Palette, language_of
from forum.markup.limits import CODE_CHARS, CODE_LINE, CODE_SPANS

LEXERS = sorted(set(LANGUAGES.values()))
# What makes lexers look far ahead: openings without an end, long runs, lines of one sign.
HOSTILE = [
    ("/*", 3),
    ("<!--", CODE_LINE),
    ("/[\\", 4),
    ('R"(', 4),
    ('"\\', CODE_LINE),
    ("a b ", 5),
    ("{", CODE_LINE),
]


def shaped(piece: str, width: int) -> str:
    """As much code as is colored, in lines of that many characters."""
    line = (piece * (width // len(piece) + 1))[: width - 1] + "\n"
    return line * (CODE_CHARS // len(line))


@pytest.mark.parametrize("language", LEXERS)
def test_hostile_code_takes_no_long_time(language: str) -> None:
    Palette().color("x", language)
    for piece, width in HOSTILE:
        code = shaped(piece, width)
        taken = 1.0
        for _ in range(3):  # other programs run on this machine too
            started = time.thread_time()
            Palette().color(code, language)
            taken = min(taken, time.thread_time() - started)
            if taken < 0.5:
                break
        assert taken < 0.5, piece


@pytest.mark.parametrize("language", LEXERS)
def test_code_says_the_same_in_color(language: str) -> None:
    code = "if (x < 1) { return 'a' & \"b\"; } /* c */ # d\n<a b='c'>e</a>\nkey: [1, 2.5]\n+ f\n- g\n@h\n"
    colored = Palette().color(code, language)
    for name in COLOR_CLASSES:
        colored = colored.replace(f'<span class="{name}">', "")
    assert colored.replace("</span>", "") == Palette().color(code, "")


def test_one_text_has_so_many_colors_and_no_more() -> None:
    palette = Palette()
    colored = [palette.color("x = 1\n" * 300, "python").count("<span") for _ in range(8)]
    assert colored[0] > 0
    assert colored[-1] == 0
    assert sum(colored) <= CODE_SPANS


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python", "python"),
        ("PY", "python"),
        ("c++ x", "cpp"),
        ("", ""),
        ("  ", ""),
        ("cobol", ""),
        ("java", ""),
    ],
)
def test_a_language_is_known_by_its_names(info: str, language: str) -> None:
    assert language_of(info) == language


def test_a_post_names_only_languages_we_know() -> None:
    assert 'class="language-r"' in render("```R\nx <- 1\n```").html
    assert "class" not in render("```evil\nx\n```").html
