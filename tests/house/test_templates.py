"""Rules for templates: no inline style or script, nothing from elsewhere, no HTML declared safe."""

import pytest

from tests.house.detectors import find_template_faults
from tests.house.sources import tell, templates


def test_templates_keep_the_content_security_policy() -> None:
    findings = [finding for path, text in templates() for finding in find_template_faults(path, text)]
    assert not findings, tell(findings)


@pytest.mark.parametrize(
    "text",
    [
        "{{ post.body|safe }}",
        "{{ post.body | safe }}",
        "{% autoescape false %}",
        "<style>p { color: red }</style>",
        '<p class="x"\n   style="color: red">',
        '<p style="color: {{ color }}">',
        '<button onclick="go()">',
        "<script>go()</script>",
        '<script type="module">go()</script>',
        '<script src="/static/js/app.js">go()</script>',
        '<a href="javascript:go()">',
        '<img src="//cdn.example.org/x.png">',
        '<link rel="stylesheet" href="https://cdn.example.org/x.css">',
        "<script src={{ url }} ></script><script>go()</script>",
    ],
)
def test_a_fault_in_a_template_is_caught(text: str) -> None:
    assert list(find_template_faults("templates/boards/planted.html", text))


@pytest.mark.parametrize(
    "text",
    [
        "{# <p style=…> is blocked; never |safe #}",
        '<script type="module" src="{{ asset(\'app.js\') }}"></script>',
        '<p class="{{ "on" if a > b else "off" }}" data-style="wide">',
        '<a href="https://example.org">elsewhere</a>',
        "<p>Play it safe: one = two</p>",
        "{{ form.onboarding }}",
        '<svg><path d="M0 0"/></svg>',
    ],
)
def test_what_only_looks_like_a_fault_passes(text: str) -> None:
    assert not list(find_template_faults("templates/boards/planted.html", text))


def test_letters_may_carry_their_style() -> None:
    assert not list(find_template_faults("templates/email/letter.html", '<p style="color: #333">'))
    assert list(find_template_faults("templates/email/letter.html", "{{ body|safe }}"))
