"""The accounts that the sign-in page of the demo offers."""

from functools import cache

from flask_babel import gettext as _

from forum.demo.parsing import read_people
from forum.demo.plan import Person


def list_accounts() -> list[tuple[str, str, str]]:
    """Username, what it is in one word, a line about it."""
    words = {
        "guest": _("Guest"),
        "member": _("Member"),
        "blogger": _("Blogger"),
        "editor": _("Editor"),
        "moderator": _("Moderator"),
        "staff": _("Staff"),
    }
    shown = {person.demo: person for person in _people() if person.demo}
    return [(shown[key].username, word, shown[key].demo_line) for key, word in words.items() if key in shown]


@cache
def _people() -> tuple[Person, ...]:
    return tuple(read_people())
