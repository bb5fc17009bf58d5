"""What a change of audience comes to, before it is saved: asked of the rule itself, on an audience that nobody has yet.

Who gains and who loses is told by kind; by name only for those whom the asker names, has named, or can read in the
topic. Who is in a closed or secret group is not told in this way to anybody but staff.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy import and_, case, func, or_, select

from forum.access.audience import may_read, may_reply
from forum.access.explain import involved_groups
from forum.access.guises import moderator_of, staff_at, stand_in
from forum.access.models import NOBODY, Audience, AudienceKind, Place, ScopePerson
from forum.access.permissions import Permission
from forum.access.places import PLANNED, AudienceChoice, find_scope, planned_audience
from forum.access.rules import judge
from forum.access.viewer import Rights, Viewer, viewer_of
from forum.access.words import name_of_group, sentence
from forum.accounts.models import User
from forum.core import clock, settings
from forum.core.db import db
from forum.discussions.actions.inviting import invited
from forum.discussions.actions.moving import choice_of
from forum.discussions.counting import visible_posts
from forum.discussions.models import Post, Topic
from forum.discussions.queries.quotes import Quoting, quoted_elsewhere
from forum.discussions.queries.topics import author_wrote_all, default_audience

MOST_WRITERS = 200  # looked at one by one; whoever wrote most comes first
Holds = Callable[[Viewer, Audience], bool]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change comes to, in words. `answers_gained` and `answers_lost` are those who read it before and after."""

    sentence: str
    gains: Sequence[str] = ()
    loses: Sequence[str] = ()
    answers_gained: Sequence[str] = ()
    answers_lost: Sequence[str] = ()
    writers_lose: Sequence[str] = ()
    writers_untold: bool = False  # others have written in it; whether they keep it would tell of a group
    you_lose: bool = False
    nobody_answers: bool = False
    stops_answers: bool = False  # it comes to stand in what is locked or an archive
    opens_answers: bool = False
    quoted: Sequence[Quoting] = field(default=())

    @property
    def is_nothing(self) -> bool:
        return not (self.gains or self.loses or self.answers_gained or self.answers_lost or self.writers_lose)


@dataclass(frozen=True, slots=True)
class Kind:
    """People who stand and fall together: what they are called, and how they look before and after the change."""

    words: str
    before: Viewer
    after: Viewer


def effect_on_topic(
    topic: Topic, choice: AudienceChoice | None, people: Sequence[User], *, asker: Viewer
) -> Effect:
    """Who gains and who loses a topic, if it had the audience that was chosen."""
    before = topic.audience
    after = planned_audience(topic.place, choice, topic_id=topic.id) if choice else default_audience(topic)
    named = _named(topic, after, people)
    kinds = kinds_at(topic.place_id, before, after, counted=asker.is_staff)
    gains, loses = _moved(kinds, before, after, may_read)
    stay = [kind for kind in kinds if may_read(kind.before, before) and may_read(kind.after, after)]
    gained, lost = _moved(stay, before, after, may_reply)
    scope = find_scope("people", topic.id)
    tells_names = asker.is_staff or not _tells_of_a_group(before, after)
    for person in _everybody({*invited(topic.id), *people}) if tells_names else []:
        was = may_read(_lasting(person), before)
        will = may_read(_with_invitation(person, scope, person.id in named), after)
        if person.id != topic.author_id and was != will:
            (gains if will else loses).append(_called(asker, person))
    writers = _writers_lose(topic, scope, named, after)
    you = asker.user is not None and not may_read(
        _with_invitation(asker.user, scope, asker.id in named), after
    )
    return Effect(
        sentence=sentence(after, people=len(named), viewer=asker),
        gains=gains,
        loses=loses,
        answers_gained=gained,
        answers_lost=lost,
        writers_lose=writers if tells_names else [],
        writers_untold=not tells_names and not author_wrote_all(topic),
        you_lose=you,
        nobody_answers=topic.is_locked or topic.place.archived,
        quoted=quoted_elsewhere(asker, topic),
    )


def effect_of_moving(
    topic: Topic, place: Place, *, asker: Viewer, post_ids: Collection[int] | None = None
) -> Effect:
    """Who gains and who loses a topic, if it stood in another place with the audience that it would have there; or those of its
    posts, as a topic of their own there."""
    before, choice = topic.audience, choice_of(topic.audience)
    if place.id == topic.place_id:
        after = before
    else:
        after = planned_audience(place, choice, topic_id=topic.id) if choice else place.default_audience
    named = {person.id for person in invited(topic.id)}
    effect = _effect_elsewhere(topic, after, place.id, named=named, post_ids=post_ids, asker=asker)
    if after is not before and (asker.is_staff or not _tells_of_a_group(before, after)):
        gains, loses = list(effect.gains), list(effect.loses)
        scope = find_scope("people", topic.id)
        for person in _everybody({one for one in invited(topic.id) if one.id != topic.author_id}):
            was = may_read(_lasting(person), before)
            will = may_read(_with_invitation(person, scope, is_named=True), after)
            if was != will:
                (gains if will else loses).append(_called(asker, person))
        effect = replace(effect, gains=gains, loses=loses)
    will_be_closed = post_ids is None and (topic.is_locked or topic.is_archived)
    return _with_answers(effect, topic, will_be_closed=will_be_closed)


def effect_of_joining(
    source: Topic, target: Topic, *, asker: Viewer, post_ids: Collection[int] | None = None
) -> Effect:
    """Who gains and who loses the posts of a topic, or some of them, if they stood in another one."""
    before, after = source.audience, target.audience
    named = {person.id for person in invited(source.id)}
    effect = _effect_elsewhere(
        source, after, target.place_id, named=named, post_ids=post_ids, into=target, asker=asker
    )
    if asker.is_staff or not _tells_of_a_group(before, after):
        gains, loses = list(effect.gains), list(effect.loses)
        theirs = invited(target.id)
        untold = False
        for person in _everybody({*invited(source.id), *theirs}):
            who = _lasting(person)
            was, will = may_read(who, before), may_read(who, after)
            if was == will:
                continue
            if will and not judge(Permission.SET_AUDIENCE, asker, target):
                untold = True
            else:
                (gains if will else loses).append(_called(asker, person))
        if untold:
            gains.append(_("Those who are named for the other topic"))
        effect = replace(effect, gains=gains, loses=loses)
    return _with_answers(effect, source, will_be_closed=_is_closed(target))


def effect_between_places(place: Place, into: Place, *, asker: Viewer) -> Effect:
    """Who gains and who loses what stands in a place and leaves it to that who reads it, if it stood in another one."""
    before, after = place.default_audience, into.default_audience
    return _effect_by_kind(place.id, into.id, before, after, people=0, asker=asker)


def _effect_by_kind(
    place_id: int, into_id: int, before: Audience, after: Audience, *, people: int, asker: Viewer
) -> Effect:
    kinds = kinds_at(place_id, before, after, counted=asker.is_staff)
    if into_id != place_id:
        there = moderator_of(into_id)
        kinds.insert(-1, Kind(_("Those who moderate the other place"), there, _curating(there)))
        overseer = _also(kinds[-1].before, set(staff_at(into_id).scopes))
        kinds[-1] = Kind(kinds[-1].words, overseer, _curating(overseer))
    gains, loses = _moved(kinds, before, after, may_read)
    stay = [kind for kind in kinds if may_read(kind.before, before) and may_read(kind.after, after)]
    gained, lost = _moved(stay, before, after, may_reply)
    return Effect(
        sentence=sentence(after, people=people, viewer=asker),
        gains=gains,
        loses=loses,
        answers_gained=gained,
        answers_lost=lost,
    )


def _effect_elsewhere(
    topic: Topic,
    after: Audience,
    place_id: int,
    *,
    asker: Viewer,
    named: set[int],
    post_ids: Collection[int] | None,
    into: Topic | None = None,
) -> Effect:
    """What comes of another audience in another place, but for people who are named."""
    before = topic.audience
    tells_names = asker.is_staff or not _tells_of_a_group(before, after)
    scope = find_scope("people", topic.id)
    number = len(invited(into.id)) if into is not None else len(named)
    return replace(
        _effect_by_kind(topic.place_id, place_id, before, after, people=number, asker=asker),
        writers_lose=_writers_lose(topic, scope, named, after, post_ids) if tells_names else [],
        writers_untold=not tells_names and after.id != before.id and not author_wrote_all(topic),
        you_lose=not may_read(asker, after),
        quoted=quoted_elsewhere(asker, topic) if post_ids is None else (),
    )


def _is_closed(topic: Topic) -> bool:
    return topic.is_locked or topic.is_archived or topic.place.archived


def _with_answers(effect: Effect, topic: Topic, *, will_be_closed: bool) -> Effect:
    """With who can answer at all, now and then."""
    was = _is_closed(topic)
    return replace(
        effect,
        nobody_answers=was and will_be_closed,
        stops_answers=will_be_closed and not was,
        opens_answers=was and not will_be_closed,
    )


def kinds_at(place_id: int, *audiences: Audience, counted: bool) -> list[Kind]:
    """The kinds of people whom one of these audiences could concern, from wide to narrow; `counted` for staff."""
    numbers = _numbers() if counted else {}
    found = [
        (_("Everybody without an account, and search engines"), stand_in("visitor")),
        (_with_number(_("Guests"), numbers.get("guest")), stand_in("guest")),
        (_with_number(_("Members"), numbers.get("member")), stand_in("member")),
    ]
    for group_id in dict.fromkeys(g for audience in audiences for g in involved_groups(audience)):
        words, scope_id = (
            _("The people of %(group)s", group=name_of_group(group_id)),
            find_scope("group", group_id),
        )
        number = _people_in(scope_id) if counted else None
        found.append((_with_number(words, number), stand_in("member", also=[scope_id])))
    found.append((_("Those who moderate there"), moderator_of(place_id)))
    found.append((_("Staff and moderators of the whole site"), staff_at(place_id)))
    return [Kind(words, viewer, _curating(viewer)) for words, viewer in found]


def _called(asker: Viewer, person: User) -> str:
    """By name where the asker may look them up, else as they typed it."""
    return person.name if judge(Permission.READ_PROFILE, asker, person) else f"@{person.username}"


def _numbers() -> dict[str, int]:
    """How many accounts read as guests, and as members, at this moment."""
    now = clock.now()
    grace = timedelta(days=settings.current().grace_days)
    is_member = and_(
        User.member_since <= now, or_(User.member_until.is_(None), User.member_until > now - grace)
    )
    takes_part = and_(
        User.email_confirmed_at.is_not(None),
        or_(User.suspended_at.is_(None), User.suspended_until <= now),
    )
    rows = db.session.execute(
        select(case((is_member, "member"), else_="guest").label("kind"), func.count())
        .where(takes_part)
        .group_by("kind")
    )
    return {kind: count for kind, count in rows}  # noqa: C416 - rows, not pairs


def _people_in(scope_id: int) -> int:
    return db.session.scalar(select(func.count()).where(ScopePerson.scope_id == scope_id)) or 0


def _with_number(words: str, number: int | None) -> str:
    return words if number is None else f"{words} ({format_decimal(number)})"


def moved(kinds: Sequence[Kind], before: Audience, after: Audience) -> tuple[list[str], list[str]]:
    """Who would read it and does not, and the other way round."""
    return _moved(kinds, before, after, may_read)


def _moved(
    kinds: Sequence[Kind], before: Audience, after: Audience, holds: Holds
) -> tuple[list[str], list[str]]:
    gains: list[str] = []
    loses: list[str] = []
    for kind in kinds:
        was, will = holds(kind.before, before), holds(kind.after, after)
        if was != will:
            (gains if will else loses).append(kind.words)
    return gains, loses


def _curating(viewer: Viewer) -> Viewer:
    """The same with the scope of staff and moderators that would be made with the audience."""
    return _also(viewer, {PLANNED[AudienceKind.STAFF]}) if viewer.guise == "moderator" else viewer


def _also(viewer: Viewer, scopes: set[int], *, but: set[int] | None = None) -> Viewer:
    rights = viewer.rights
    held = (rights.scopes - (but or set())) | scopes
    changed = Rights(
        scopes=held - {NOBODY},
        roles=rights.roles,
        is_suspended=rights.is_suspended,
        is_confirmed=rights.is_confirmed,
        is_member=rights.is_member,
    )
    return Viewer(viewer.user, changed, guise=viewer.guise)


def _lasting(person: User) -> Viewer:
    """What somebody holds, their suspension or unconfirmed address left aside: the effect does not tell of those."""
    viewer = viewer_of(person)
    if viewer.rights.is_confirmed and not viewer.rights.is_suspended:
        return viewer
    held = set(db.session.scalars(select(ScopePerson.scope_id).where(ScopePerson.user_id == person.id)))
    return stand_in("guest" if person.standing == "guest" else "member", also=held)


def _with_invitation(person: User, scope: int, is_named: bool) -> Viewer:
    viewer = _lasting(person)
    mine = {PLANNED[AudienceKind.PEOPLE], scope} if is_named else set()
    if viewer.moderates_anything:
        mine |= {PLANNED[AudienceKind.STAFF]}
    return _also(viewer, mine, but={scope})


def _named(topic: Topic, after: Audience, people: Sequence[User]) -> set[int]:
    """The ids of those who would be named: as now where nobody is chosen anew."""
    if after.read_kind is AudienceKind.PEOPLE:
        return {topic.author_id, *(person.id for person in people)}
    return {person.id for person in invited(topic.id)}


def _tells_of_a_group(*audiences: Audience) -> bool:
    """Whether names would tell who is in a closed or secret group."""
    return any(audience.overseers_id == NOBODY or involved_groups(audience) for audience in audiences)


def _writers_lose(
    topic: Topic,
    scope: int,
    named: set[int],
    after: Audience,
    post_ids: Collection[int] | None = None,
) -> list[str]:
    """Names of those who have written in it, or these posts of it, read it now, and would not any more."""
    these = Post.topic_id == topic.id if post_ids is None else Post.id.in_(post_ids)
    rows = db.session.execute(
        select(Post.author_id)
        .where(these, visible_posts(), Post.author_id.is_not(None))
        .group_by(Post.author_id)
        .order_by(func.count().desc(), Post.author_id)
        .limit(MOST_WRITERS)
    )
    ids = [row.author_id for row in rows]
    users = _everybody(
        set(db.session.scalars(select(User).where(User.id.in_(ids), User.imported_at.is_(None))))
    )
    return [
        user.name
        for user in users
        if may_read(_lasting(user), topic.audience)
        and not may_read(_with_invitation(user, scope, user.id in named), after)
    ]


def _everybody(people: set[User]) -> list[User]:
    return sorted(
        {person.id: person for person in people}.values(), key=lambda person: (person.name_key, person.id)
    )
