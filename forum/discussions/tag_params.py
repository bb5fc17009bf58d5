"""Tags as they are typed."""

from typing import Annotated

from flask_babel import gettext as _
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from forum.accounts.names import clean_line
from forum.web.params import Params

MOST_TAGS = 5  # of one topic
LONGEST_TAG = 32  # characters


def clean_tag(name: str) -> str:
    """One tag. Commas stand between tags, so there is none in it."""
    name = clean_line(name, most=LONGEST_TAG)
    if "," in name or not any(c.isalnum() for c in name):
        raise ValueError(_("A tag is a word or a few, without commas."))
    return name


def tags_typed(text: object) -> object:
    """A field of tags, with commas between them."""
    return [part for part in map(str.strip, text.split(",")) if part] if isinstance(text, str) else text


TagName = Annotated[str, StringConstraints(max_length=400), AfterValidator(clean_tag)]
# In a form: several in one field.
TypedTags = Annotated[tuple[TagName, ...], BeforeValidator(tags_typed), Field(max_length=20)]


class TagListParams(Params):
    q: Annotated[str, StringConstraints(max_length=LONGEST_TAG)] = Field("", description="How a word begins.")
