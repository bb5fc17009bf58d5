"""Names and usernames: what may be one, what looks like another, what is kept back. Faults are ValueErrors in words."""

import re
import unicodedata

from flask_babel import gettext as _

from forum.accounts.reserved_names import is_reserved

LONGEST_NAME = 64
SHORTEST_USERNAME, LONGEST_USERNAME = 3, 32
MOST_MARKS = 4  # combining marks on one letter; some scripts need three, mischief needs dozens

_USERNAME = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_SPACES = re.compile(r"[^\S\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")  # every space that stays on its line
_JOINERS = {"\u200c", "\u200d"}  # shape letters in Persian and the scripts of India
_NEVER = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ALIKE = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "5": "s", "2": "z", "8": "b", ".": "", "_": "", "-": ""}
)
_TWO_AS_ONE = (("rn", "m"), ("vv", "w"))


def clean_line(text: str, *, most: int = 120) -> str:
    """One line of text that cannot hide anything: no controls, no turning of direction, no stacks of marks; or nothing."""
    line = re.sub(r" {2,}", " ", _SPACES.sub(" ", unicodedata.normalize("NFC", text))).strip(" ")
    if len(line) > most:
        raise ValueError(_("At most %(count)s characters.", count=most))
    if not is_plain(line):
        raise ValueError(_("There are characters in it that cannot be seen. Type it anew."))
    return line


def clean_name(text: str) -> str:
    """The name of a person, in any script."""
    name = clean_line(text, most=LONGEST_NAME)
    if not name:
        raise ValueError(_("Fill this in."))
    if not any(character.isalpha() for character in name):
        raise ValueError(_("A name has letters in it."))
    if "@" in name or "://" in name:
        raise ValueError(_("A name, not an address."))
    return name


def clean_text(text: str, *, most: int) -> str:
    """Text of several lines."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")
    whole = "\n".join(lines).strip()
    if len(whole) > most:
        raise ValueError(_("At most %(count)s characters.", count=most))
    if not all(is_plain(line.replace("\t", " ")) for line in lines):
        raise ValueError(_("There are characters in it that cannot be seen. Type it anew."))
    return whole


def is_plain(text: str) -> bool:
    """Whether every character shows, and shows where it stands."""
    marks = 0
    for at, character in enumerate(text):
        category = unicodedata.category(character)
        if character in _JOINERS:
            if not (0 < at < len(text) - 1 and _is_shaped(text[at - 1]) and _is_shaped(text[at + 1])):
                return False
        elif category in _NEVER or character in "\u115f\u1160\u3164\uffa0\u2800":
            return False
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > MOST_MARKS:
            return False
    return True


def check_username(text: str) -> str:
    """A username as it stands in addresses and mentions: Latin letters, digits, and single dots, dashes, underscores inside."""
    username = unicodedata.normalize("NFKC", text.strip())
    if not SHORTEST_USERNAME <= len(username) <= LONGEST_USERNAME:
        limits = {"least": SHORTEST_USERNAME, "most": LONGEST_USERNAME}
        raise ValueError(_("From %(least)s to %(most)s characters.", **limits))
    if not _USERNAME.fullmatch(username):
        raise ValueError(_("Letters from a to z, digits, and single dots, dashes or underscores inside."))
    if username.isdigit():
        raise ValueError(_("A username has letters in it."))
    return username


def clean_username(text: str) -> str:
    """A username that people may choose for themselves."""
    username = check_username(text)
    if is_reserved(username):
        raise ValueError(_("This name is kept back. Choose another."))
    return username


def username_key(username: str) -> str:
    return unicodedata.normalize("NFKC", username).casefold()


def skeleton(username: str) -> str:
    """What a username looks like at a glance: `J0hn.Smlth` and `john-smith` have one skeleton."""
    text = username_key(username).translate(_ALIKE)
    for two, one in _TWO_AS_ONE:
        text = text.replace(two, one)
    return text


def name_key(name: str) -> str:
    """What is searched and sorted by: case and accents folded."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def suggest_username(name: str, email: str = "") -> str:
    """A username to begin with: from the name where it is written in Latin letters, else from the address."""
    for source in (name_key(name), email.partition("@")[0].casefold()):
        words = re.findall(r"[a-z0-9]+", source) if source.isascii() or source == email else []
        text = "-".join(words)[: LONGEST_USERNAME - 6].strip("-")
        if len(text) >= SHORTEST_USERNAME and not text.isdigit() and not is_reserved(text):
            return text
    return "person"


def _is_shaped(character: str) -> bool:
    return ord(character) > 0x300 and unicodedata.category(character)[0] in "LM"
