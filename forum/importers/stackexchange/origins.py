"""Where a post comes from: the site, its page and that of its author there, and the license that asks for all of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from forum.importers.stackexchange.index import ANSWER, COMMENT, QUESTION, Entry, whole

_PAGES = {QUESTION: "q", ANSWER: "a", COMMENT: "posts/comments"}
_LICENSE = re.compile(r"CC BY-SA \d\.\d")
# What was written until then stands under this, where the dump does not say it.
_LICENSES = (
    (datetime(2011, 4, 8, tzinfo=UTC), "CC BY-SA 2.5"),
    (datetime(2018, 5, 2, tzinfo=UTC), "CC BY-SA 3.0"),
)
_NEWEST = "CC BY-SA 4.0"


def origin_of(entry: Entry, host: str) -> dict[str, str]:
    """Of one post, for `posts.origin`; without links where nobody knows which site it is."""
    told = entry.values.get("ContentLicense", "")
    license_name = told if _LICENSE.fullmatch(told) else _license_at(entry.created_at)
    version = license_name.rpartition(" ")[2]
    origin = {
        "license": license_name,
        "license_url": f"https://creativecommons.org/licenses/by-sa/{version}/",
    }
    if host:
        origin |= {"site": host, "url": f"https://{host}/{_PAGES[entry.kind]}/{entry.id}"}
        user = whole(entry.values.get("UserId" if entry.kind == COMMENT else "OwnerUserId"))
        if user is not None and user > 0:
            origin["author_url"] = f"https://{host}/users/{user}"
    return origin


def _license_at(moment: datetime) -> str:
    return next((name for until, name in _LICENSES if moment < until), _NEWEST)
