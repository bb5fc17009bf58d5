"""The two walls between what was written and what is shown. The only file that imports bleach.

`sanitize()` passes HTML through bleach, then through nh3, each with the table of `allowlist.py`. The
first is no longer developed and the second is another program in another language: a hole in one is
not likely to be one in the other.
"""

import os
from collections.abc import Iterable, Iterator
from html import escape, unescape
from threading import Lock

import nh3
from bleach.sanitizer import Cleaner

from forum.markup.addresses import SCHEMES, is_safe_address
from forum.markup.allowlist import ADDRESSES, CLASSES, FORMS, FREE, TAGS, VALUES
from forum.markup.errors import MarkupRefused, Reason
from forum.markup.limits import HTML_CHARS
from forum.markup.safe_html import SafeHTML

_ARMFUL = 4_000  # characters of HTML


def sanitize(blocks: Iterable[str]) -> SafeHTML:
    """Blocks of HTML, each whole in itself, without anything but what the table allows, joined.

    bleach has them by the armful, since the time it takes for siblings grows with the square of
    their number. MarkupRefused if they are too large to be looked at.
    """
    cleaned: list[str] = []
    size = 0
    for armful in _armfuls(blocks):
        size += len(armful)
        if size > HTML_CHARS:
            raise MarkupRefused(Reason.TOO_COMPLEX)
        cleaned.append(first_wall(armful))
    return SafeHTML(second_wall("".join(cleaned)))


def _armfuls(blocks: Iterable[str]) -> Iterator[str]:
    gathered: list[str] = []
    size = 0
    for block in blocks:
        gathered.append(block)
        size += len(block)
        if size >= _ARMFUL:
            yield "".join(gathered)
            gathered, size = [], 0
    yield "".join(gathered)


def first_wall(html: str) -> str:
    """bleach. Its parser keeps state, so that only one thread at a time may use it."""
    with _one_at_a_time:
        return _bleach.clean(html)


def second_wall(html: str) -> str:
    """nh3, a binding of the Rust library ammonia."""
    return _nh3.clean(html)


def is_address_kept(url: str) -> bool:
    """Whether an address survives both walls, which know more of hosts than `is_safe_address()`.

    Asked before a link is made of it, so that what comes out has no links that lead nowhere.
    """
    return is_safe_address(url) and "href" in second_wall(f'<a href="{escape(url)}">')


def _may_stay(tag: str, name: str, value: str) -> bool:
    """Whether bleach leaves an attribute, whose value it hands over with its character references."""
    value = unescape(value)
    if name == "class":
        return value in CLASSES.get(tag, ())
    if name in ADDRESSES.get(tag, ()):
        return is_safe_address(value)
    if form := FORMS.get(tag, {}).get(name):
        return form(value)
    return name in FREE.get(tag, ()) or value in VALUES.get(tag, {}).get(name, ())


def _in_form(tag: str, name: str, value: str) -> str | None:
    """An attribute for nh3, None where its value is not of its form."""
    form = FORMS.get(tag, {}).get(name)
    return value if form is None or form(value) else None


def _make_bleach() -> Cleaner:
    return Cleaner(tags=TAGS, attributes=_may_stay, protocols=SCHEMES, strip=True, strip_comments=True)


def _make_nh3() -> nh3.Cleaner:
    plain = {tag: {*FREE.get(tag, ()), *ADDRESSES.get(tag, ()), *FORMS.get(tag, ())} for tag in TAGS}
    return nh3.Cleaner(
        tags=set(TAGS),
        attributes={"*": set(), **{tag: names for tag, names in plain.items() if names}},
        tag_attribute_values={
            tag: {name: set(values) for name, values in names.items()} for tag, names in VALUES.items()
        },
        attribute_filter=_in_form,
        allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
        url_schemes=set(SCHEMES),
        url_relative=lambda url: url if is_safe_address(url) else None,
        generic_attribute_prefixes=set(),
        strip_comments=True,
        link_rel=None,
    )


def _start_anew() -> None:
    """A process forked while another thread was cleaning must not wait for that thread."""
    global _one_at_a_time, _bleach
    _one_at_a_time, _bleach = Lock(), _make_bleach()


_one_at_a_time = Lock()
_bleach = _make_bleach()
_nh3 = _make_nh3()
os.register_at_fork(after_in_child=_start_anew)
