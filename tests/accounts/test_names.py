"""Names, usernames and addresses: what may be one, and what only looks like another."""

import json
from typing import Any

import pytest

from forum.accounts.addresses import clean_email
from forum.accounts.names import (
    check_username,
    clean_name,
    clean_username,
    name_key,
    skeleton,
    suggest_username,
)
from forum.accounts.reserved_names import is_reserved
from tests.elsewhere import DATA, needs_data

with_data = needs_data("attacks")

pytestmark = pytest.mark.usefixtures("words")


def items(name: str) -> Any:
    return json.loads((DATA / "attacks" / f"{name}.json").read_text(encoding="utf-8"))["items"]


def is_taken(check: Any, text: str) -> bool:
    try:
        check(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", ["noor", "Wangari.Otieno", "j-p_smith9", "x2y", "a" * 32, "guest1", "user7"])
def test_usernames_that_may_be_chosen(name: str) -> None:
    assert clean_username(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "no",
        "a" * 33,
        "12345",
        ".noor",
        "noor-",
        "no..or",
        "no r",
        "noor@x",
        "nöor",
        "noor\n",
        "no\u200bor",
        "ｎoor ｘ",
        "",
    ],
)
def test_usernames_that_cannot_be(name: str) -> None:
    assert not is_taken(check_username, name.replace("noor\n", "no\nor"))


@pytest.mark.parametrize(
    "name",
    [
        "admin",
        "Admin7",
        "site-admin",
        "the.moderators",
        "STAFF",
        "root1",
        "robots.txt",
        "settings",
        "collegium",
        "me",
    ],
)
def test_names_kept_back_can_be_given_but_not_chosen(name: str) -> None:
    assert not is_taken(clean_username, name)
    assert len(name) < 3 or is_taken(check_username, name)


@with_data
def test_every_name_that_is_commonly_reserved_is_kept_back() -> None:
    assert [name for name in items("reserved-usernames") if is_taken(clean_username, name)] == []


def test_ordinary_names_are_not_kept_back() -> None:
    for name in (
        "monroe",
        "adminton",
        "theodora",
        "systema",
        "itai",
        "modesto",
        "staffan",
        "helpmann",
        "rootham",
    ):
        assert not is_reserved(name), name


@with_data
def test_characters_that_look_like_others_never_pass_for_them() -> None:
    """Refused, or turned into the very letter they resemble, and then the same name."""
    for letter, look_alikes in items("confusables-ascii").items():
        for character in look_alikes:
            try:
                name = clean_username(f"wangari{character}x")
            except ValueError:
                continue
            assert name.isascii(), (letter, character)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("john.smith", "John-Smith"),
        ("paul", "pau1"),
        ("oliver", "0liver"),
        ("marnie", "mamie"),
        ("vvendy", "wendy"),
        ("lisa5", "Iisas"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_names_that_differ_have_different_skeletons() -> None:
    names = ["noor", "nora", "giacomo", "giacoma", "otto", "ottoo", "smith", "smyth"]
    assert len({skeleton(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    "name",
    [
        "Noor El-Haddaoui",
        "佐々木 遥香",
        "می‌خواهم",
        "क्‍षिति",
        "Mairéad Ní Chonaráin",
        "O’Brien",
        "ณัฐวุฒิ",
        "Đặng Thị Hà",
    ],
)
def test_people_are_called_as_they_are_called(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "123",
        "a\nb",
        "a\rb",
        "a\x00b",
        "a\x85b",
        "a\u2028b",
        "a\u202eb",
        "a\u2066b",
        "a\u200eb",
        "a\u200bb",
        "a\u200db",
        "\ufeffab",
        "a\u00adb",
        "a\ue000b",
        "a\u3164b",
        "a\u2800b",
        "a" + "\u0335" * 5,
        "x@y.org",
        "http://x",
        "x" * 65,
    ],
)
def test_names_that_hide_something_are_refused(name: str) -> None:
    assert not is_taken(clean_name, name)


def test_spaces_are_evened_out() -> None:
    assert clean_name("  Noor\u00a0 El\u3000Haddaoui ") == "Noor El Haddaoui"


@with_data
def test_line_breaks_that_would_add_a_header_are_refused_everywhere() -> None:
    breaking = [
        text.replace("%0d", "\r").replace("%0a", "\n").replace("%0D", "\r").replace("%0A", "\n")
        for text in items("crlf-injection")
    ]
    for text in breaking:
        if "\n" in text or "\r" in text:
            assert not is_taken(clean_name, f"Noor{text}"), text
            assert not is_taken(clean_email, f"noor{text}@example.org"), text
            assert not is_taken(check_username, f"noor{text}"), text


@with_data
def test_naughty_strings_are_taken_harmlessly_or_refused_in_words() -> None:
    for text in items("naughty-strings"):
        for check in (clean_name, clean_email, check_username):
            if is_taken(check, text):
                assert "\n" not in check(text)
                assert "\u202e" not in check(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("noor@example.org", "noor@example.org"),
        (" Noor@Example.ORG ", "Noor@example.org"),
        ("noor+list@mail.example.org", "noor+list@mail.example.org"),
        ("noor@bücher.example", "noor@xn--bcher-kva.example"),
        ("o'neill@example.org", "o'neill@example.org"),
    ],
)
def test_addresses_are_kept_as_mail_is_sent_to_them(typed: str, kept: str) -> None:
    assert clean_email(typed) == kept


@pytest.mark.parametrize(
    "address",
    [
        "",
        "noor",
        "@example.org",
        "noor@",
        "noor@localhost",
        "no or@example.org",
        "noor@exa mple.org",
        "noor@-x.org",
        "noor@example..org",
        ".noor@example.org",
        "noor@1.2.3.4",
        "noor@[1.2.3.4]",
        "a@b@example.org,c@d.org",
        "nöor@example.org",
        '"noor"@example.org',
        "<noor@example.org>",
        "noor@example.org\nBcc: x@y.org",
        "x" * 65 + "@example.org",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert not is_taken(clean_email, address)


def test_a_username_is_suggested_from_the_name_or_the_address() -> None:
    assert suggest_username("Wangari Otieno") == "wangari-otieno"
    assert suggest_username("José Núñez") == "jose-nunez"
    assert suggest_username("佐々木 遥香", "sasaki.h@example.org") == "sasaki-h"
    assert suggest_username("佐々木 遥香", "admin@example.org") == "person"


def test_names_are_compared_without_case_and_accents() -> None:
    assert name_key("Zoë BRONTË") == name_key("zoe bronte")
