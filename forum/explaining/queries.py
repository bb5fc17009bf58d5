"""What is asked about: a topic, a post or a place that the asker may read, and what is answered."""

from dataclasses import dataclass

from flask_babel import gettext as _

from forum.access.explain import About, Explanation, Names, explain_place, explain_topic
from forum.access.guises import moderator_of, staff_at, stand_in
from forum.access.models import Audience, Place
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.boards.models import Category
from forum.boards.queries import categories_for, category_of_place, find_category
from forum.core.errors import Forbidden, Malformed, NotFound
from forum.discussions.models import Post, PostKind, Topic
from forum.discussions.queries.posts import find_post, view_of
from forum.discussions.queries.topics import default_audience, find_topic


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about. Of a post both `post` and `topic` are there; of a place only `category`."""

    place: Place
    audience: Audience
    default: Audience
    category: Category | None = None
    topic: Topic | None = None
    post: Post | None = None

    @property
    def permission(self) -> Permission:
        return Permission.EXPLAIN_TOPIC if self.topic is not None else Permission.EXPLAIN_PLACE

    @property
    def judged(self) -> Topic | Category:
        """What the rule of the permission looks at."""
        return self.topic or self.category  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of person, and what they may."""

    key: str
    words: str
    told: Explanation


def of_topic(topic: Topic, post: Post | None = None) -> Subject:
    return Subject(topic.place, topic.audience, default_audience(topic), topic=topic, post=post)


def of_category(category: Category) -> Subject:
    default = category.place.default_audience
    return Subject(category.place, default, default, category=category)


def find_subject(asker: Viewer, text: str) -> Subject:
    """`topic:{id}`, `post:{id}` or `category:{slug}`, if it is there for the asker."""
    kind, _colon, which = text.partition(":")
    if kind not in {"topic", "post", "category"} or not which:
        raise Malformed(errors={"subject": _("Say topic:ID, post:ID or category:ADDRESS.")})
    if kind == "category":
        category = find_category(asker, which)
        if category is None:
            raise NotFound
        return of_category(category)
    if not (which.isascii() and which.isdigit() and len(which) < 20 and int(which) < 2**63):
        raise Malformed(errors={"subject": _("This is not an id.")})
    if kind == "topic":
        topic = find_topic(asker, int(which))
        if topic is None:
            raise NotFound
        return of_topic(topic)
    post = find_post(asker, int(which))
    if post is None:
        raise NotFound
    return of_topic(post.topic, post)


def refuse_tombstone(asker: Viewer, subject: Subject) -> None:
    """Of what is concealed from them nobody learns more by asking who sees it."""
    if subject.post is not None and view_of(asker, subject.post.topic, subject.post).is_concealed:
        raise Forbidden(_("This post is no longer here."))


def names_for(asker: Viewer, place: Place) -> Names:
    """What the place is called, and the one around it where the asker may read that."""
    category = category_of_place(place.id)
    if category is None:
        return Names(_("its place"))
    around = category.parent
    open_to_asker = around is not None and any(c.id == around.id for c in categories_for(asker))
    return Names(category.name, around.name if around is not None and open_to_asker else "")


def explained(about: About, subject: Subject, names: Names) -> Explanation:
    """The answer about one person."""
    if subject.category is not None:
        return explain_place(about, subject.category, names)
    told = explain_topic(about, subject.topic, names)  # type: ignore[arg-type]
    return told if subject.post is None else _of_post(about, subject.post, told)


def explained_by_kind(subject: Subject, names: Names) -> list[Row]:
    """The answer about everybody, by kind."""
    place_id = subject.place.id
    kinds = [
        ("visitor", _("Visitors"), stand_in("visitor")),
        ("guest", _("Guests"), stand_in("guest")),
        ("member", _("Members"), stand_in("member")),
        ("moderator", _("Its moderators"), moderator_of(place_id)),
        ("staff", _("Staff"), staff_at(place_id)),
    ]
    return [Row(key, words, explained(About(v, words), subject, names)) for key, words, v in kinds]


def _of_post(about: About, post: Post, told: Explanation) -> Explanation:
    """A post is read by whoever reads its topic, unless it is concealed from them."""
    if post.is_visible or not told.readable:
        return told
    if post.kind is PostKind.GAP:
        line = _("The archive does not have this post: nobody reads it.")
        return Explanation(readable=False, may_reply=False, rule="gap", because=[*told.because, line])
    if post.deleted_at is not None:
        state = "deleted"
        line = _("The post is deleted: only its author and those who moderate there see what it said.")
    else:
        state = "hidden"
        line = _("The post is hidden: only its author and those who moderate there see what it said.")
    readable = not view_of(about.viewer, post.topic, post).is_concealed
    return Explanation(
        readable=readable,
        may_reply=False,
        rule=told.rule if readable else state,
        because=[*told.because, line],
    )
