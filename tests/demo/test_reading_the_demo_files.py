"""The parser takes what it knows and names the place of everything else; each check is shown to catch its fault."""

from datetime import timedelta
from typing import Any

import pytest

from forum.demo.checking import find_faults
from forum.demo.parsing import DemoFault, parse_ago, parse_topic, read_demo
from forum.demo.plan import Demo

TOPIC = """+++
title = "Drains"
category = "pharmacy-supply"
+++

=== 1 @anneli 2d4h
First.

- a list

=== 2 < 1 @paulo 2d edited 1d
Now.
--- earlier version
Then.

=== 3 < 2 @noor 5h hidden 4h by mairead: Too much.
Gone.
"""


@pytest.fixture(scope="module")
def demo() -> Demo:
    return read_demo()


def test_a_topic_is_read() -> None:
    topic = parse_topic(TOPIC, slug="drains")
    first, second, third = topic.posts
    assert (topic.title, topic.author, topic.ago) == ("Drains", "anneli", timedelta(days=2, hours=4))
    assert (first.body, first.parent, first.line) == ("First.\n\n- a list", None, 6)
    assert (second.body, second.earlier, second.edited) == ("Now.", "Then.", timedelta(days=1))
    assert third.hidden is not None
    assert (third.hidden.by, third.hidden.reason) == ("mairead", "Too much.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19d4h", timedelta(days=19, hours=4)),
        ("3h20m", timedelta(minutes=200)),
        ("90m", timedelta(minutes=90)),
    ],
)
def test_times_are_read(text: str, expected: timedelta) -> None:
    assert parse_ago(text, "here") == expected


@pytest.mark.parametrize("text", ["", "d", "4", "4x", "2d30h", "1h75m", "4h2d", "-3h"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(DemoFault, match="here"):
        parse_ago(text, "here")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("+++\ntitle", "title", "front matter"),
        ('title = "Drains"', "title = Drains", "drains.md"),
        ('title = "Drains"', 'title = "Drains"\ncolour = 3', "colour"),
        ("=== 2 < 1 @paulo", "=== two @paulo", "drains.md:11: not the heading"),
        ("=== 2 < 1 @paulo", "=== 2 < 1 paulo", "drains.md:11: not the heading"),
        ("@noor 5h hidden 4h by mairead: Too much.", "@noor 5h hidden 4h", "drains.md:16: not the heading"),
        ("--- earlier version\nThen.\n", "", "earlier version"),
        (" edited 1d", "", "earlier version"),
        ("+++\n\n=== 1", "+++\n\nStray.\n\n=== 1", "text before"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(old: str, new: str, message: str) -> None:
    assert TOPIC.count(old) == 1
    with pytest.raises(DemoFault, match=message):
        parse_topic(TOPIC.replace(old, new), slug="drains")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("@noor", "@nobody", "nobody is called nobody"),
        ("=== 3 < 2", "=== 4 < 2", "number 4 where 3 is next"),
        ("=== 3 < 2", "=== 3 < 3", "answers 3, which is not before it"),
        ("=== 3 < 2", "=== 3", "answers None"),
        ("@noor 5h", "@noor 3d", "older than the post before"),
        ("hidden 4h", "hidden 6h", "changed before it was written"),
        ("by mairead", "by nobody", "nobody is called nobody"),
        ("- a list", "Thanks @nobody and @anneli.", "mentions: nobody is called nobody"),
        ("- a list", "Wow! Great!", "exclamation"),
        ("- a list", "Lorem ipsum.", "no business here"),
        ("- a list", "Chart 004829-13.", "no business here"),
        ("- a list", "https://example.com/x", "links to example.com"),
        ("- a list", "```r\nx <- 1", "not closed"),
        ("- a list", "x" * 20_001, "over 20000 bytes"),
        ("Gone.", "", "says nothing"),
        ("@noor 5h", "@mwansa 5h", "mwansa may not write here"),
        ("@noor 5h", "@lucan 5h", "lucan was suspended"),
        ("2d4h", "9000d", "was not here yet"),
        ('category = "pharmacy-supply"', 'category = "cellar"', "no category cellar"),
        ("+++\n\n=== 1", 'read = "people"\n+++\n\n=== 1', "names them"),
        ("+++\n\n=== 1", 'read = "group"\n+++\n\n=== 1', "names one that exists"),
        (
            "+++\n\n=== 1",
            'locked = { by = "mairead", ago = "1d", reason = "Enough." }\n+++\n\n=== 1',
            "after it was locked",
        ),
    ],
)
def test_a_fault_in_a_discussion_is_found(demo: Demo, old: str, new: str, message: str) -> None:
    assert TOPIC.count(old) == 1
    changed = parse_topic(TOPIC.replace(old, new), slug="drains-too")
    whole = parse_topic(TOPIC, slug="drains-too")
    assert "drains-too" not in " ".join(find_faults(with_topic(demo, whole)))
    faults = [fault for fault in find_faults(with_topic(demo, changed)) if fault.startswith("drains-too")]
    assert any(message in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("username", "change", "message"),
    [
        ("noor", {"until_days": None}, "do not fit the standing"),
        ("giacomo", {"until_days": 5}, "do not fit the standing"),
        ("ruoxi", {"roles": ["moderator:cellar"]}, "no such role"),
        ("noor", {"demo_line": ""}, "a line of its own"),
        ("noor", {"demo": "guest"}, "demo account guest stands there 2 times"),
        ("noor", {"username": "paulo"}, "username paulo stands there 2 times"),
    ],
)
def test_a_fault_in_a_person_is_found(
    demo: Demo, username: str, change: dict[str, Any], message: str
) -> None:
    people = [p.model_copy(update=change) if p.username == username else p for p in demo.people]
    assert message in " ".join(find_faults(demo.model_copy(update={"people": people})))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"new": ["cannabis-oil"]}, "older than the floor"),
        ({"new": ["staff-only"]}, "cannot read staff-only"),
        ({"new": ["sign-in-questions"]}, "cannot read sign-in-questions"),
        ({"read": {"drains": 99}}, "has no number 99"),
        ({"new": ["drains"], "read": {"drains": 1}}, "either new or read"),
        ({"new": ["circle-registry"]}, "wrote in circle-registry"),
        ({"read": {}}, "but the files say"),
    ],
)
def test_a_fault_in_what_was_read_is_found(demo: Demo, change: dict[str, Any], message: str) -> None:
    readers = [r.model_copy(update=change) if r.username == "noor" else r for r in demo.readers]
    assert message in " ".join(find_faults(demo.model_copy(update={"readers": readers})))


def with_topic(demo: Demo, topic: object) -> Demo:
    """The demo with one topic more."""
    return demo.model_copy(update={"topics": [*demo.topics, topic]})
