"""Nothing that anybody writes does anything but be read."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice

import pytest
from bleach._vendor.html5lib.constants import DataLossWarning

from forum.markup import (
    MarkupRefused,
    html_to_markdown,
    render,
)
from forum.markup.sanitizer import first_wall, second_wall
from tests.elsewhere import needs_data
from tests.markup import samples
from tests.markup.detector import harm_in, requests_in
from tests.markup.places import PLACES, as_shown, everybody

pytestmark = pytest.mark.filterwarnings(f"ignore::{DataLossWarning.__module__}.DataLossWarning")


@pytest.mark.parametrize("html", samples.PLANTED)
def test_the_detector_sees_what_is_planted(html: str) -> None:
    assert harm_in(html)
    assert harm_in(f"<p>fine</p>{html}<p>fine</p>")


@pytest.mark.parametrize(
    "html",
    [
        "<p>a</p>",
        "<a href='https://a.org'>x</a>",
        "<a href='/t/1'>x</a>",
        "<a href='mailto:a@b'>x</a>",
        "&lt;script&gt;",
    ],
)
def test_the_detector_lets_harmless_html_be(html: str) -> None:
    assert not harm_in(html)


def test_harm_is_seen_among_harmless_texts() -> None:
    mixed = [("fine", "<p>fine</p>")] * 100 + [(html, html) for html in samples.PLANTED]
    assert {attack for attack, _ in harm_among(mixed)} == set(samples.PLANTED)


@needs_data("attacks")
def test_the_large_sets_are_read_where_they_are_at_hand() -> None:
    assert len(samples.attacks()) > 3000


@pytest.mark.parametrize("number", range(len(PLACES)))
def test_every_attack_is_harmless_by_itself_and_in_some_place(number: int) -> None:
    attacks = samples.attacks()[number :: len(PLACES)]
    assert not harmful("{}", attacks)
    for shift, place in enumerate(PLACES[1:]):
        assert not harmful(place, attacks[shift :: len(PLACES) - 1])


@pytest.mark.parametrize("place", PLACES)
def test_our_own_attacks_are_harmless_in_every_place(place: str) -> None:
    assert not harmful(place, samples.OWN + samples.PLANTED)


@pytest.mark.parametrize("wall", [first_wall, second_wall])
def test_each_wall_alone_stops_every_attack_in_html(wall: Callable[[str], str]) -> None:
    assert not harm_among((attack, wall(attack)) for attack in [*samples.attacks(), *samples.PLANTED])


def test_an_attack_by_mail_is_harmless() -> None:
    attacks = samples.attacks()[::4] + samples.OWN + samples.PLANTED
    assert not harm_among((attack, render(html_to_markdown(attack)).html) for attack in attacks)


def harmful(place: str, attacks: list[str]) -> list[tuple[str, list[str]]]:
    """The attacks that are not harmless in that place, with what they do."""

    def tried() -> Iterator[tuple[str, str]]:
        for attack in attacks:
            with suppress(MarkupRefused):
                html = render(place.replace("{}", attack), mentions=everybody).html
                yield attack, as_shown(html)

    return harm_among(tried())


def harm_among(tried: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Judges (attack, HTML) by the armful, then one by one where there is something to see."""
    found = []
    for group in batched(tried, 40):
        if harm_in("\n".join(html for _, html in group)) or requests_in("\n".join(html for _, html in group)):
            found += [(attack, harm) for attack, html in group if (harm := harm_in(html) + requests_in(html))]
            assert found, "harmful together"
    return found


def batched(items: Iterable[tuple[str, str]], size: int) -> Iterator[list[tuple[str, str]]]:
    iterator = iter(items)
    while group := list(islice(iterator, size)):
        yield group
