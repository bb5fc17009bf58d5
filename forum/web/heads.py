"""What the head of a page says to programs that look at it: search engines, and whoever draws a preview of a link.

It is made for visitors alone. What a head says is therefore never more than what a visitor reads on the page itself, and
for anybody who is signed in there is none: neither search engines nor previews sign in.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from forum.web.links import absolute

NO_INDEX = "noindex"  # links on the page are followed all the same

# What would end the element, or begin a comment in it, wherever it stands in a text.
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True, slots=True)
class Head:
    """`path` is the page without its moods. `data` is what it holds in the words of schema.org."""

    title: str
    path: str
    description: str = ""
    image: str = ""  # the path of a picture that everybody may see
    kind: str = "website"  # of Open Graph: website, article
    published: datetime | None = None
    modified: datetime | None = None
    data: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return absolute(self.path)

    @property
    def data_block(self) -> Markup:
        return data_block(self.data) if self.data else Markup("")


def data_block(value: Mapping[str, Any]) -> Markup:
    """JSON-LD as an element: data, which the policy lets stand and no browser runs."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escaped in _ESCAPED.items():
        text = text.replace(character, escaped)
    return Markup('<script type="application/ld+json">') + Markup(text) + Markup("</script>")  # noqa: S704 - nothing in it ends it
