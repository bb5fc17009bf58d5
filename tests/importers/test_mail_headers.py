"""Headers are read as people meant them, however they were written."""

from datetime import UTC, datetime

import pytest

from forum.importers.mail import dates, identity, people, subjects
from forum.importers.mail.headers import Headers

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def headers(*lines: str | bytes) -> Headers:
    return Headers(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"plain", "plain"),
        (b"folded\n over\n\tthree", "folded over three"),
        (b"=?iso-8859-1?Q?Gr=FC=DFe_aus?= K=?utf-8?B?w7ZsbiE=?=", "Grüße aus Köln!"),
        (b"=?utf-8?B?5ryi5a2X?= =?utf-8?B?44Gn44GZ?=", "漢字です"),
        (b"=?utf-8?B?5ryi5Q==?=\n =?utf-8?B?rZc=?=", "漢字"),  # one character split over two words
        (b"=?UTF-8?Q?=E2=82?= =?UTF-8?Q?=AC?=", "€"),
        (b"=?iso-2022-jp?B?GyRCNEE7ehsoQg==?=", "漢字"),
        (b"=?big5?B?un6mcg==?=", "漢字"),
        (b"=?koi8-r?B?8NLJ18XU?=", "Привет"),
        (b"=?utf-8*de?Q?Stra=C3=9Fe?=", "Straße"),
        (b"=?utf-8?q?with spaces within?=", "with spaces within"),
        (b"=?nonsense?Q?caf=E9?=", "café"),
        (b"=?us-ascii?Q?caf=C3=A9?=", "café"),
        (b"caf\xe9", "café"),
        ("café".encode(), "café"),
        (b"=?utf-8?B?!!!?=", ""),
        (b"a\x00b\x1b[31m \xe2\x80\xaegnp.exe", "a b [31m gnp.exe"),
        (b"=?broken?= stays", "=?broken?= stays"),
    ],
)
def test_text_of_a_header(written: bytes, read: str) -> None:
    assert headers(b"Subject: " + written).text("subject") == read


def test_the_first_header_that_says_anything_counts_and_names_ignore_case() -> None:
    found = headers(
        "SUBJECT:", "subject: one", "Subject: two", "not a header", " and no continuation", "X: y"
    )
    assert found.text("subject") == "one"
    assert found.text("x") == "y"
    assert not headers("", "nothing here")


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("<a@x> <b@x>", ("a@x", "b@x")),
        ("<a@x><b@x>", ("a@x", "b@x")),
        ("<a@x: <b@x>", ("a@x", "b@x")),
        ("a@x b@x", ("a@x", "b@x")),
        ("<a@x>, <b@x>;", ("a@x", "b@x")),
        ("<long\n id@x> <b@x>", ("longid@x", "b@x")),
        ("<b@X.Example> <B@x.example>", ("b@x.example", "B@x.example")),
        ("<a@x> <b@x> <a@x>", ("b@x", "a@x")),
        ("<own@x> <a@x>", ("a@x",)),
        ("<see my other message> (none)", ()),
        ('"<a@x>"', ("a@x",)),
        ("", ()),
    ],
)
def test_references_in_all_forms(written: str, ids: tuple[str, ...]) -> None:
    assert identity.references(headers("References: " + written), "own@x") == ids


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("<a@x>", ("a@x",)),
        ("Your message of Monday <a@x>", ("a@x",)),
        ("<a@x> (Ann's message of Monday)", ("a@x",)),
        ("ann@x's message of 6 Apr 93 18:18:30 GMT", ()),
        ("<own@x>", ()),
        ("", ()),
    ],
)
def test_in_reply_to_in_all_forms(written: str, ids: tuple[str, ...]) -> None:
    assert identity.in_reply_to(headers("In-Reply-To: " + written), "own@x") == ids


def test_very_many_references_are_the_first_and_the_nearest() -> None:
    ids = identity.references(headers("References: " + " ".join(f"<{n}@x>" for n in range(500))), "own@x")
    assert len(ids) == 100
    assert (ids[0], ids[1], ids[-1]) == ("0@x", "401@x", "499@x")


def test_a_missing_id_is_made_from_what_the_message_says() -> None:
    one = identity.message_id(headers("From: a@x", "Subject: s", "Received: from here"), b"digest")
    again = identity.message_id(headers("From: a@x", "Subject: s", "Received: from there"), b"digest")
    other = identity.message_id(headers("From: a@x", "Subject: s"), b"another")
    assert one == again != other
    assert identity.message_id(headers("Message-ID: bare@x"), b"") == "bare@x"
    assert identity.message_id(headers("Message-ID: <>"), b"d").endswith(".invalid")
    assert len(identity.message_id(headers(f"Message-ID: <{'a' * 2000}@x>"), b"")) <= 250


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Mon, 1 Mar 1993 09:00:00 GMT", "1993-03-01T09:00:00"),
        ("1 Mar 93 09:00:00 GMT", "1993-03-01T09:00:00"),
        ("Monday, 1-Mar-93 09:00:00 EST", "1993-03-01T14:00:00"),
        ("1 Mar 93 09:00 PDT", "1993-03-01T16:00:00"),
        ("Mon Mar  1 09:00:00 1993", "1993-03-01T09:00:00"),
        ("Mon, 1 Mar 1993 09:00:00 MET DST", "1993-03-01T07:00:00"),
        ("Mon, 1 Mar 1993 09:00:00 (CEST)", "1993-03-01T07:00:00"),
        ("Mon, 01 Mar 1993 09:00:00 +0100 (MEZ)", "1993-03-01T08:00:00"),
        ("1993-03-01 09:00:00", "1993-03-01T09:00:00"),
        ("1993-03-01T09:00:00+02:00", "1993-03-01T07:00:00"),
        ("Fri, 21 Nov 1997 09:55:06 +9999", "1997-11-21T09:55:06"),
    ],
)
def test_dates_in_all_forms(written: str, moment: str) -> None:
    assert dates.parse_date(written, now=NOW) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "32 Mar 1993 09:00:00 GMT",
        "1 Mar 2093 09:00:00 GMT",
        "1 Jan 1904 00:00:00 GMT",
        "1 Mar 99999 1:1:1",
    ],
)
def test_what_is_no_date(written: str) -> None:
    assert dates.parse_date(written, now=NOW) is None


RECEIVED = "Received: from a by b; Mon, 1 Mar 1993 09:00:00 +0000"


@pytest.mark.parametrize(
    ("lines", "from_line", "day"),
    [
        (["Date: 28 Feb 1993 23:00:00 GMT", RECEIVED], "", "1993-02-28"),
        (["Date: 1 Mar 2019 09:00:00 GMT", RECEIVED], "", "1993-03-01"),  # after it arrived
        (["Date: 1 Jan 1980 00:00:00 GMT", RECEIVED], "", "1993-03-01"),  # years before
        (["Date: broken", RECEIVED], "", "1993-03-01"),
        (["Date: broken", "Received: x; broken", RECEIVED], "", "1993-03-01"),
        ([], "From ann@x Mon Mar  1 09:00:00 1993", "1993-03-01"),
        ([RECEIVED], "From ann@x Thu Jan  5 09:00:00 2010", "1993-03-01"),
        (["Date: 1 Mar 1993 09:00:00 GMT"], "From ann@x Thu Jan  5 09:00:00 2010", "1993-03-01"),
        (["Date: 2093", "NNTP-Posting-Date: 1 Mar 1993 09:00:00 GMT"], "", "1993-03-01"),
    ],
)
def test_a_date_that_cannot_be_is_taken_from_elsewhere(lines: list[str], from_line: str, day: str) -> None:
    sent = dates.sent_at(headers(*lines), from_line, now=NOW)
    assert sent is not None
    assert sent.date().isoformat() == day


def test_no_date_at_all() -> None:
    assert dates.sent_at(headers("Subject: x"), "From ", now=NOW) is None


@pytest.mark.parametrize(
    ("written", "key", "name"),
    [
        ("ann@X.example (Ann Apple)", "ann@x.example", "Ann Apple"),
        ("Ann Apple <Ann@x.example>", "ann@x.example", "Ann Apple"),
        ('"Apple, Ann" <ann@x.example>', "ann@x.example", "Apple, Ann"),
        ('"Ann \\"The\\" Apple" <ann@x.example>', "ann@x.example", 'Ann "The" Apple'),
        ("=?utf-8?Q?=C3=84nn_=C3=84pple?= <ann@x.example>", "ann@x.example", "Änn Äpple"),
        ('"=?utf-8?Q?=C3=84nn?=" <ann@x.example>', "ann@x.example", "Änn"),
        ("ann.apple@x.example", "ann.apple@x.example", "ann apple"),
        ("<ann@x.example>", "ann@x.example", "ann"),
        ("Ann <ann@x.example>:", "ann@x.example", "Ann"),
        ("ann@x.example (Ann <ann>)", "ann@x.example", "Ann <ann>"),
        ('"ann@x.example" <ann@x.example>', "ann@x.example", "ann"),
        ("ann at x.example (Ann Apple)", "ann@x.example", "Ann Apple"),
        ("far!near!ann (Ann)", "ann@near", "Ann"),
        ("Ann Apple ann@x.example", "ann@x.example", "Ann Apple"),
        ("ann@x.example, bob@x.example", "ann@x.example", "ann"),
        ("Ann Apple", "name:ann apple", "Ann Apple"),
        ("()", "unknown", "Unknown sender"),
        ("", "unknown", "Unknown sender"),
        ("<>", "unknown", "Unknown sender"),
        ("ann@x.example (Ann Apple (at work))", "ann@x.example", "Ann Apple (at work)"),
        (
            "ann@x.example (Ann (Apple) of (The (Old) Garden))",
            "ann@x.example",
            "Ann (Apple) of (The (Old) Garden)",
        ),
        ("ann@x.example (Ann (Apple)", "ann@x.example", "Ann (Apple)"),
        ("ann@x.example (Ann Apple) (work)", "ann@x.example", "Ann Apple"),
        (r"ann@x.example (Ann \(Apple)", "ann@x.example", "Ann (Apple"),
        ("<ann@x.example> (Ann (Apple))", "ann@x.example", "Ann (Apple)"),
    ],
)
def test_people_in_all_forms(written: str, key: str, name: str) -> None:
    person = people.parse_person(written)
    assert (person.key, person.name) == (key, name)
    assert "@" not in person.name


def test_a_list_that_writes_under_its_own_address_is_seen_through() -> None:
    munged = headers(
        "From: 'Ann Apple' via Gardeners <list@x.example>", "Reply-To: Ann Apple <ann@x.example>"
    )
    assert people.author(munged) == people.Person("ann@x.example", "Ann Apple", "ann@x.example")
    hidden = headers("From: Ann Apple via Gardeners <list@x.example>")
    assert people.author(hidden) == people.Person("name:ann apple", "Ann Apple", None)


def test_an_address_missing_in_from_is_taken_from_elsewhere() -> None:
    assert people.author(headers("From: Ann Apple", "Reply-To: ann@x.example")).key == "ann@x.example"
    assert people.author(headers("From: Ann Apple", "Reply-To: ann@x.example")).name == "Ann Apple"


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Roses", "Roses"),
        ("Re: Roses", "Roses"),
        ("RE: re: Re[2]: Re^3: Roses", "Roses"),
        ("AW: Fwd: SV: Antw: WG: Roses", "Roses"),
        ("回复：Roses", "Roses"),
        ("[gardeners] Re: [gardeners] Roses", "Roses"),
        ("Re: [users@garden.example] Roses (fwd)", "Roses"),
        ("[ANN] Roses", "[ANN] Roses"),
        ("Regarding roses", "Regarding roses"),
        ("Re: Roses (was: Tulips)", "Roses (was: Tulips)"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_subjects_as_titles(subject: str, title: str) -> None:
    assert (
        subjects.title(headers("Subject: " + subject, "List-Id: The Gardeners <gardeners.garden.example>"))
        == title
    )


def test_long_subjects_are_cut_and_likeness_ignores_marks() -> None:
    assert len(subjects.title(headers("Subject: " + "long " * 100))) <= subjects.TITLE_LENGTH
    assert subjects.same_subject("Roses, again!", "roses again")
    assert not subjects.same_subject("Roses", "Tulips")
