"""Tags of what moderators take elsewhere. Inside the transaction of the act, once the topic stands where it is to stand."""

from collections.abc import Sequence
from typing import Any

from forum.accounts.models import User
from forum.core.errors import Invalid
from forum.discussions.actions.tagging import put_tag_ids, put_tags
from forum.discussions.models import Topic
from forum.discussions.queries.tags import union_of_tags, vocabulary, why_not_there


def retag(topic: Topic, names: Sequence[str] | None, *, actor: User, offered: Sequence[int]) -> None:
    """Give a topic these tags in its new place; None for those that are offered. Raises Invalid for `tags` where the place needs
    others."""
    words = vocabulary()
    tags = (
        words.of(offered)
        if names is None
        else [tag for name in names if (tag := words.named(name)) is not None]
    )
    missing = why_not_there(topic.place_id, tags)
    if missing:
        raise Invalid({"tags": missing})
    if names is not None:
        put_tags(topic, names, actor=actor, known=offered)
    elif list(offered) != topic.tag_ids:
        put_tag_ids(topic, offered)


def join_tags(target: Topic, source: Topic) -> dict[str, Any]:
    """Give a topic the tags of another one that is merged into it; answers what the log keeps of it."""
    gained = [tag.id for tag in union_of_tags(target, source).gained]
    return _put(target, [*target.tag_ids, *gained])


def tags_kept(before: Sequence[int], after: Sequence[int]) -> dict[str, Any]:
    """What the log keeps, so that a change of tags can be undone with what it came with; nothing where none changed."""
    if list(before) == list(after):
        return {}
    return {"tags": {"before": [str(i) for i in before], "after": [str(i) for i in after]}}


def tag_ids_before(topic: Topic, detail: dict[str, Any]) -> list[int]:
    """What the tags are again once an act is undone: as before it, or as somebody has set them since."""
    kept = detail.get("tags")
    if not kept or [str(i) for i in topic.tag_ids] != kept["after"]:
        return list(topic.tag_ids)
    return [int(i) for i in kept["before"]]


def _put(topic: Topic, ids: Sequence[int]) -> dict[str, Any]:
    before = list(topic.tag_ids)
    if list(ids) != before:
        put_tag_ids(topic, ids)
    return tags_kept(before, topic.tag_ids)
