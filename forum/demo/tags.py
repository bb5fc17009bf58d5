"""The tags of the demo."""

from forum.demo import plan
from forum.discussions.actions.tag_groups import keep_group
from forum.discussions.actions.tagging import TagPlan, create_tag


def make_tags(demo: plan.Demo) -> None:
    groups = {
        group.name: keep_group(None, name=group.name, only_one=group.only_one, place_ids=(), actor=None).id
        for group in demo.tag_groups
    }
    for tag in demo.tags:
        create_tag(TagPlan(tag.name, tag.description, groups[tag.group], tag.words), actor=None)
