"""What staff arrange, as programs get it."""

from forum.admin import schemas
from forum.boards.queries import all_categories
from forum.discussions.models import tags as models
from forum.discussions.queries.tags import KnownTag, vocabulary


def tag_of(known: KnownTag) -> schemas.StaffTag:
    tag = known.tag
    return schemas.StaffTag(
        slug=tag.slug,
        name=tag.name,
        description=tag.description,
        group_id=str(tag.group_id) if tag.group_id else None,
        words=[word.name for word in known.synonyms],
        common=tag.is_common,
        topic_count=known.topic_count,
    )


def group_of(group: models.TagGroup) -> schemas.TagGroup:
    required = vocabulary().required
    return schemas.TagGroup(
        id=str(group.id),
        name=group.name,
        only_one=group.only_one,
        categories=[c.slug for c in all_categories() if group.id in required.get(c.place_id, ())],
    )
