"""Tags of what moderators take elsewhere. Inside the transaction of the act, once the topic stands where it is to stand."""

from collections.abc import Sequence
from typing import Any

from forum.accounts.models import User
from forum.core.errors import Invalid
from forum.discussions.actions.tagging import put_tag_ids, put_tags
from forum.discussions.models import Topic
from forum.discussions.queries.tags import needed_group, union_of_tags, vocabulary, why_not_there
from forum.discussions.tag_params import MOST_TAGS


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
    before = list(target.tag_ids)
    if not gained:
        return {}
    put_tag_ids(target, [*before, *gained])
    return tags_kept(before, target.tag_ids)


def tags_kept(before: Sequence[int], after: Sequence[int]) -> dict[str, Any]:
    """What the log keeps, so that a change of tags can be undone with what it came with."""
    return {"tags": {"before": [str(i) for i in before], "after": [str(i) for i in after]}}


def tag_ids_before(topic: Topic, detail: dict[str, Any], *, place_id: int) -> list[int]:
    """What the tags are again once an act is undone: as before it, or as somebody has set them since, with what its place
    needs of those that it had there."""
    words, kept = vocabulary(), detail.get("tags", {"before": [], "after": []})
    before = [int(i) for i in kept["before"]]
    if [str(i) for i in topic.tag_ids] == kept["after"]:
        return before
    tags = words.of(topic.tag_ids)
    for tag in words.of(before):
        needed = needed_group(place_id, tags)
        if needed is not None and tag.group_id == needed.id:
            tags = [tag, *tags][:MOST_TAGS]
    return [tag.id for tag in tags]
