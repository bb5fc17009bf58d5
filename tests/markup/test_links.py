"""Where links may lead, and how they say so."""

import pytest

from forum.markup import render
from forum.markup.addresses import is_safe_address, leads_away

REL = 'rel="nofollow ugc noopener"'


def html(body: str) -> str:
    return str(render(body).html).strip().removeprefix('<p dir="auto">').removesuffix("</p>")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("[a](https://a.org/x)", f'<a href="https://a.org/x" {REL}>a</a>'),
        ("[a](HTTP://a.org)", f'<a href="HTTP://a.org" {REL}>a</a>'),
        ("[a](/t/1)", '<a href="/t/1">a</a>'),
        ("[a](#p3)", '<a href="#p3">a</a>'),
        ("[a](?page=2)", '<a href="?page=2">a</a>'),
        ("[a](mailto:a@b.org)", '<a href="mailto:a@b.org">a</a>'),
        ('[a](/t/1 "A \\" title")', '<a href="/t/1" title="A &quot; title">a</a>'),
        ("<https://a.org>", f'<a href="https://a.org" {REL}>https://a.org</a>'),
        ("https://a.org/b_c_d.", f'<a href="https://a.org/b_c_d" {REL}>https://a.org/b_c_d</a>.'),
        ("(https://a.org/b_(c))", f'(<a href="https://a.org/b_(c)" {REL}>https://a.org/b_(c)</a>)'),
        ("https://a.org/*x*", f'<a href="https://a.org/*x" {REL}>https://a.org/*x</a>*'),
        ("**https://a.org/x**", f'<strong><a href="https://a.org/x" {REL}>https://a.org/x</a></strong>'),
        ("~~https://a.org/x~~", f'<del><a href="https://a.org/x" {REL}>https://a.org/x</a></del>'),
        ("_https://a.org/x_", f'<em><a href="https://a.org/x" {REL}>https://a.org/x</a></em>'),
        ("a@b.hospital", '<a href="mailto:a@b.hospital">a@b.hospital</a>'),
        ("www.a.org/x", f'<a href="http://www.a.org/x" {REL}>www.a.org/x</a>'),
        ("ask a.b@c.org now", 'ask <a href="mailto:a.b@c.org">a.b@c.org</a> now'),
        ("参见https://a.org/x 后", f'参见<a href="https://a.org/x" {REL}>https://a.org/x</a> 后'),
        ("https://a.org?q=1&r=2", f'<a href="https://a.org?q=1&amp;r=2" {REL}>https://a.org?q=1&amp;r=2</a>'),
    ],
)
def test_an_address_becomes_a_link(body: str, shown: str) -> None:
    assert html(body) == shown


@pytest.mark.parametrize(
    "body",
    [
        "setup.py",
        "e.g.in",
        "example.org",
        "1.2.3.4",
        "ftp://a.org",
        "tel:123",
        "//a.org",
        "`https://a.org`",
        "http://",
        "http\\://a.org",
        "[a](//a.org)",
        "[a](http://xn--a)",
        "http://1.2.3.4.5",
        "www.a.org\ufffd",
        "[a](https://a.org:99999)",
        "[a](ftp://a.org)",
        "[a](javascript:x)",
        "<tel:1>",
        "[a](data:image/png;x)",
    ],
)
def test_what_is_no_web_address_stays_text(body: str) -> None:
    assert "<a" not in html(body)


def test_the_name_of_a_host_is_shown_as_it_was_written() -> None:
    assert ">https://xn--80ak6aa92e.example</a>" in html("https://xn--80ak6aa92e.example")
    assert ">https://a.org/%E2%80%AEx</a>" in html("https://a.org/%E2%80%AEx")


@pytest.mark.parametrize(
    "address",
    [
        "http://a",
        "https://a/b",
        "HTTPS://a",
        "mailto:a@b",
        "/a",
        "a/b",
        "#a",
        "?a",
        "",
        "/a:b",
        "a?b:c",
        " https://a",
    ],
)
def test_safe_addresses(address: str) -> None:
    assert is_safe_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:x",
        "JavaScript:x",
        " javascript:x",
        "\x01javascript:x",
        "java\tscript:x",
        "java\r\nscript:x",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc",
        "ftp://a",
        "blob:x",
        "about:blank",
        "x-y:z",
        "//a",
        "\\\\a",
        "/\\a",
        "\\/a",
        "/\t/a",
        " //a",
        "\n//a",
        "a:b",
        "%6a:x",
        "é:x",
        "http:",
        "mailto:",
        "/a\x00b",
        "a b:c",
    ],
)
def test_unsafe_addresses(address: str) -> None:
    assert not is_safe_address(address)


@pytest.mark.parametrize(
    ("address", "away"),
    [("https://a", True), (" hTTp:a", True), ("ht\ntp://a", True), ("/a", False), ("mailto:a", False)],
)
def test_only_the_web_is_elsewhere(address: str, away: bool) -> None:
    assert leads_away(address) is away
