"""Lists of tasks, mathematics as it was written, and money that is none."""

import pytest

from forum.markup import excerpt, plain_text, render


def html(body: str) -> str:
    return str(render(body).html).strip()


def test_tasks_are_boxes_that_say_what_they_are() -> None:
    assert html("- [ ] a\n- [x] b\n- c") == (
        '<ul class="contains-task-list" dir="ltr">\n'
        '<li class="task-list-item"><span class="task-open" role="img" aria-label="…">☐</span> a</li>\n'
        '<li class="task-list-item"><span class="task-done" role="img" aria-label="…">☑</span> b</li>\n'
        "<li>c</li>\n</ul>"
    )
    assert 'class="task-done"' in html("1. [X] a\n\n2. b")


@pytest.mark.parametrize("body", ["[ ] a", "- [] a", "- [y] a", "- [x]", "- [x]a", "- \\[x] a", "> [x] a"])
def test_what_is_no_task_stays_as_it_is(body: str) -> None:
    assert "task" not in html(body)


def test_tasks_are_told_by_their_words() -> None:
    assert excerpt("- [ ] call\n- [x] write") == "call write"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("$x_1 + y_2$", '<code class="math">x_1 + y_2</code>'),
        ("so $a*b*c$.", '<code class="math">a*b*c</code>.'),
        ("$\\alpha$ and $\\$5$", '<code class="math">\\alpha</code> and <code class="math">\\$5</code>'),
        ("($n$-th)", '(<code class="math">n</code>-th)'),
        ("函数$f(x)$是", '函数<code class="math">f(x)</code>是'),
        ("$2 < 3$", '<code class="math">2 &lt; 3</code>'),
        ("$$\\int x$$", '<code class="math-display">\\int x</code>'),
        ("$$a\nb$$", '<code class="math-display">a\nb</code>'),
        ("$5 + x = 7$", '<code class="math">5 + x = 7</code>'),
        ("$<b>@anna</b>$", '<code class="math">&lt;b&gt;@anna&lt;/b&gt;</code>'),
        ("| $a$ |\n|---|", '<code class="math">a</code></th>'),
    ],
)
def test_a_formula_is_kept_as_it_was_written(body: str, shown: str) -> None:
    assert shown in html(body)


@pytest.mark.parametrize(
    "body",
    [
        "$5 and $10",
        "$5-$10",
        "$5/$10",
        "from $5k to $10k",
        "US$5 and CA$10",
        "5$ and 10$",
        "$5, or 4$",
        "$20 for lunch ($30 with wine)",
        "between $1,000 and $2,500.50",
        "$5 per head (or 4$)",
        "$ a $",
        "$a $ b",
        "\\$a$",
        "$a\\$",
        "`$a$`",
        "$HOME:$PATH",
        "$$",
        "$$$$",
        "$$ $$",
        "$a\n\nb$",
        "    $a$",
        "a$b$c",
        "$" + "a" * 2000 + "$",
    ],
)
def test_money_and_the_like_are_no_formulas(body: str) -> None:
    assert "math" not in html(body)


def test_lines_between_two_marks_are_a_formula_whatever_they_look_like() -> None:
    assert html("so\n$$\na\n+ b\n= c\n\n# d\n$$\nthen") == (
        '<p dir="auto">so</p>\n<pre tabindex="0" dir="ltr"><code class="math-display">a\n+ b\n= c\n\n# d</code></pre>\n'
        '<p dir="auto">then</p>'
    )
    assert '<code class="math-display">a</code>' in html("- $$\n  a\n  $$")
    assert '<code class="math-display">a</code>' in html("> $$\n> a\n> $$")
    assert (
        html("```math\na < b\n```")
        == '<pre tabindex="0" dir="ltr"><code class="math-display">a &lt; b\n</code></pre>'
    )


@pytest.mark.parametrize("body", ["$$\na", "$$\n$$", "- $$\n\na\n\n$$", "    $$\n    a\n    $$"])
def test_marks_without_a_partner_are_text(body: str) -> None:
    assert "math" not in html(body)


def test_formulas_are_read_as_they_are() -> None:
    assert plain_text("let $x$ be\n\n$$\ny\n$$") == "let x be\ny"
