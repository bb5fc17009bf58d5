"""Rules for templates: no inline style or script, nothing from elsewhere, no HTML declared safe; errors name their field."""

import re
from collections.abc import Iterator

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


def fields_without_label(text: str) -> Iterator[str]:
    """Fields of a form whose errors would stand nameless in its summary."""
    for given in re.findall(r"\{\{ error_summary\(errors(.*?)\) \}\}", text):
        if not re.match(r", (audience_)?labels\b", given):
            yield "a summary without labels"
    if "error_summary(errors" not in text or "labels.update" in text:
        return
    said = set(re.findall(r'"(\w+)": _\(', "".join(re.findall(r"labels = .*", text))))
    asked = re.findall(r'(?:text_field|text_area|select_field|choice_field|check_field)\("(\w+)"', text)
    yield from (name for name in asked if name not in said)
    if "{{ writing(" in text and "body" not in said:
        yield "body"
    if "{{ audience_fields(" in text and "audience_labels" not in text:
        yield "audience_labels"


def test_every_summary_of_errors_names_their_fields() -> None:
    nameless = {path: list(fields_without_label(text)) for path, text in templates()}
    assert not {path: names for path, names in nameless.items() if names}


def test_a_nameless_error_is_caught() -> None:
    summary = "{{ error_summary(errors, labels) }}"
    named = '{% set labels = {"title": _("Title")} %}' + summary + '{{ text_field("title", labels.title) }}'
    assert not list(fields_without_label(named))
    assert list(fields_without_label("{{ error_summary(errors) }}"))
    assert list(fields_without_label(named + '{{ text_area("reason", "Why") }}'))
    assert list(fields_without_label(named + '{{ writing("Text") }}'))
    assert list(fields_without_label(named + "{{ audience_fields(values) }}"))
