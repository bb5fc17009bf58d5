"""The real archives, headers only: who and what is in them, in how many threads."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forum.importers.mail import mbox, message
from forum.importers.mail.identity import message_key
from forum.importers.threads import ThreadIndex
from tests.importers.samples import MAIL_LISTS, USENET, needs_real_archives

pytestmark = needs_real_archives
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def envelopes(folder: Path) -> list[message.Envelope]:
    return [
        message.read_envelope(record, now=NOW)
        for path in mbox.find_files([folder])
        for record in mbox.scan(path)
    ]


def threads(found: list[message.Envelope]) -> Counter[int]:
    with ThreadIndex() as index:
        for envelope in found:
            names = [tuple(map(message_key, ids)) for ids in (envelope.references, envelope.in_reply_to)]
            index.add(message_key(envelope.message_id), *names)
        index.resolve()
        return Counter(dict(index.scratch.execute("SELECT root, COUNT(*) FROM messages GROUP BY root")))


def test_the_usenet_archive() -> None:
    found = envelopes(USENET)
    assert len(found) == 3000
    assert len({envelope.message_id for envelope in found}) == 2994
    sizes = threads(found)
    assert (len(sizes), max(sizes.values())) == (1574, 50)
    assert sum(size > 1 for size in sizes.values()) == 507
    assert {envelope.sent_at.year for envelope in found if envelope.sent_at} == {1993}
    assert not any("@" in envelope.author.name for envelope in found)


def test_threads_are_the_same_for_every_order_of_files() -> None:
    found = envelopes(USENET)
    thirds = [found[:1000], found[1000:2000], found[2000:]]
    expected = threads(found)
    for a, b, c in ((0, 2, 1), (2, 1, 0), (1, 0, 2)):
        assert threads([*thirds[a], *thirds[b], *thirds[c]]) == expected


def test_the_mailing_lists() -> None:
    found = envelopes(MAIL_LISTS)
    assert len(found) == 137
    assert len({envelope.message_id for envelope in found}) == 127
    sizes = threads(found)
    assert (len(sizes), max(sizes.values())) == (60, 13)
    assert sum(size > 1 for size in sizes.values()) == 24
    assert [envelope.title for envelope in found if envelope.sent_at is None] == [""]


@pytest.mark.parametrize("folder", [USENET, MAIL_LISTS], ids=["usenet", "mail-lists"])
def test_people_have_names(folder: Path) -> None:
    authors = {envelope.author.key: envelope.author for envelope in envelopes(folder)}
    assert all(person.name.strip() and len(person.name) <= 64 for person in authors.values())
    assert sum(person.address is None for person in authors.values()) <= 4
