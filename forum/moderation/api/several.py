"""Doing the same to several topics of a place, or several posts of a topic: each by its own rule, logged one by one."""

from collections.abc import Iterable

from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.access.words import sentence
from forum.boards.models import Category
from forum.boards.queries import find_category
from forum.discussions import models
from forum.discussions.actions.several import (
    Outcome,
    act_on_posts,
    act_on_topics,
    outcome_of,
    outcome_of_posts,
)
from forum.discussions.params import refuse_without_reason
from forum.discussions.places import places_to_move_into
from forum.discussions.queries.topics import find_topic, readable_topics
from forum.moderation import schemas
from forum.moderation.api import moderation_api
from forum.moderation.meaning import act_meant
from forum.moderation.params import SeveralPostsBody, SeveralTopicsBody
from forum.web.operations import operation


@moderation_api.post("/categories/<slug>/acts")
@requires(Permission.MODERATE_PLACE, subject=find_category)
@operation(schemas.DoneToSeveral, takes=SeveralTopicsBody)
def act_on_several_topics(
    viewer: Viewer, category: Category, given: SeveralTopicsBody
) -> schemas.DoneToSeveral:
    """Do the same to several topics of a category: each by its own rule, with an entry of its own in the log.

    Those to which it may not be done are left, and it is said why. With `look` nothing is done: the answer says what
    it would come to.
    """
    act = act_meant(viewer, given)
    found = readable_topics(viewer, [int(one) for one in given.topic_ids if int(one) < 2**63])
    chosen = sorted(i for i, topic in found.items() if topic.place_id == category.place_id)
    then = next(
        (c.place.default_audience for c in places_to_move_into(viewer) if c.place_id == act.place_id), None
    )
    words = sentence(then, viewer=viewer) if then is not None else None
    if given.look:
        outcome = outcome_of(viewer, [found[i] for i in chosen], act)
    else:
        refuse_without_reason(given.reason, is_own=False)
        outcome = act_on_topics(chosen, act, actor=viewer.user) if chosen else Outcome([], [])
    return _answer(outcome, given.topic_ids, chosen, _("There is no such topic here."), sentence=words)


@moderation_api.post("/topics/<id:topic_id>/acts")
@requires(Permission.SPLIT_TOPIC, subject=find_topic)
@operation(schemas.DoneToSeveral, takes=SeveralPostsBody)
def act_on_several_posts(
    viewer: Viewer, topic: models.Topic, given: SeveralPostsBody
) -> schemas.DoneToSeveral:
    """Hide or delete several posts of a topic: each by its own rule, with an entry of its own in the log.

    Posts are moved by `/split`. With `look` nothing is done: the answer says what it would come to.
    """
    ids = {int(one) for one in given.post_ids}
    if given.look:
        outcome = outcome_of_posts(viewer, topic, ids, act=given.act, with_replies=given.with_replies)
    else:
        refuse_without_reason(given.reason, is_own=False)
        outcome = act_on_posts(
            topic,
            post_ids=ids,
            with_replies=given.with_replies,
            act=given.act,
            actor=viewer.user,
            reason=given.reason,
        )
    return _answer(outcome, given.post_ids, ids, "")


def _answer(
    outcome: Outcome, asked: Iterable[str], found: Iterable[int], missing: str, *, sentence: str | None = None
) -> schemas.DoneToSeveral:
    there = set(found)
    left = [schemas.Left(id=str(i), why=why) for i, why in outcome.refused]
    left += [schemas.Left(id=one, why=missing) for one in dict.fromkeys(asked) if int(one) not in there]
    return schemas.DoneToSeveral(done=[str(i) for i in outcome.done], left=left, sentence=sentence)
