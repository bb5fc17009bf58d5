"""Loads the demo into an empty database: everything happens in order, at the moment its file says, through the actions of the slices."""

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from forum.access.models import AudienceKind, Place, RoleAssignment, RoleName
from forum.access.places import AudienceChoice
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.audit.models import AuditEntry
from forum.boards.actions import CategoryPlan, create_category, start_topic_in
from forum.boards.models import Category
from forum.core import clock, settings
from forum.core.db import db
from forum.core.errors import Conflict
from forum.core.transactions import transaction
from forum.core.versions import Version
from forum.demo import plan
from forum.demo.forms import make_form
from forum.demo.hearing import set_what_was_heard, tell_nobody_anew
from forum.demo.mark import MARK
from forum.demo.pictures import Pictures, hung
from forum.demo.polls import poll_of
from forum.demo.reading import set_what_was_read
from forum.demo.replies import Replies, Spot
from forum.demo.tags import make_tags
from forum.demo.taking_part import draw_what_readers_do
from forum.demo.talking import Talk, plan_talks, set_what_was_talked
from forum.discussions import counting
from forum.discussions.actions.answering import accept_answer
from forum.discussions.actions.concealing import delete_post, hide_post
from forum.discussions.actions.curating import archive_topic, pin_topic
from forum.discussions.actions.locking import lock_topic
from forum.discussions.actions.polling import vote
from forum.discussions.actions.writing import Written, edit_post
from forum.discussions.models import Post, Topic
from forum.groups.actions import add_people, create_group
from forum.groups.models import Group, GroupKind
from forum.markup import Mention, render, with_quoted_posts
from forum.moderation.actions import flag_post, judge_flags
from forum.moderation.kinds import Act, FlagReason
from forum.moderation.queries.flags import open_review_of

QUOTED = re.compile(r"(?<=/posts/)\d+")
FOUNDED = timedelta(days=1000)  # ago: groups are older than the places that are theirs


class State(enum.Enum):
    """What a database holds."""

    EMPTY = "empty"
    DEMO = "demo"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens at a moment; most steps are actions, which must find all replies before them written."""

    at: datetime
    do: Callable[[], None]
    is_reply: bool = False


def state_of_database() -> State:
    if db.session.get(Version, MARK) is not None:
        return State.DEMO
    for model in (User, Place, Group, AuditEntry, settings.SettingRow):
        if db.session.scalar(select(func.count()).select_from(model)):
            return State.OTHER
    return State.EMPTY


def load_demo(demo: plan.Demo) -> bool:
    """Load the demo, whole or not at all; False where it is there already. Raises Conflict where anything else is."""
    if state_of_database() is State.DEMO:
        return False
    texts = _render(demo)
    with hung() as pictures, transaction() as running:
        state = state_of_database()
        if state is State.OTHER:
            raise Conflict("This database holds something else. The demo is loaded only into an empty one.")
        if state is State.DEMO:
            return False
        _Story(demo, texts, clock.now(), pictures).happen()
        db.session.add(Version(name=MARK, value=1))
        tell_nobody_anew(running)
    return True


def _render(demo: plan.Demo) -> dict[str, Written]:
    """Every text of the demo, rendered before the transaction begins."""
    known = {person.username: Mention(person.username) for person in demo.people}

    def people(names: set[str]) -> Mapping[str, Mention]:
        return {name: known[name] for name in names & known.keys()}

    bodies = {body for t in demo.topics for p in t.posts for body in (p.body, p.earlier) if body}
    bodies |= {said.body for talk in demo.conversations for said in talk.messages}
    bodies |= {category.guidelines for category in demo.categories}
    texts = {}
    for body in sorted(bodies):
        rendered = render(body, mentions=people)
        texts[body] = Written(body, rendered.html, rendered.version)
    return texts


class _Story:
    """The life of the society up to now, as steps in order of time."""

    def __init__(
        self, demo: plan.Demo, texts: Mapping[str, Written], now: datetime, pictures: Pictures
    ) -> None:
        self.demo, self.texts, self.now, self.pictures = demo, texts, now, pictures
        self.steps: list[Step] = []
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.categories: dict[str, Category] = {}
        self.topics: dict[str, Topic] = {}
        self.spots: dict[tuple[str, int], Spot] = {}
        self.replies = Replies()
        self.talks: list[Talk] = []

    def happen(self) -> None:
        self._plan()
        for step in sorted(self.steps, key=lambda step: step.at):
            with clock.stopped_at(step.at):
                if not step.is_reply:
                    self.replies.write_down()
                step.do()
        self.replies.write_down()
        self.pictures.hang()
        draw_what_readers_do(self.topics, self.users, self.now)
        counting.recount()
        set_what_was_talked(self.talks)
        set_what_was_read(self.demo, self.users, self.topics, self.now)
        set_what_was_heard(self.demo, self.users, self.topics, self.spots, self.now)

    def _plan(self) -> None:
        for person in self.demo.people:
            self._then(timedelta(days=person.days_ago), self._join, person)
        for group in self.demo.groups:
            self._then(timedelta(days=group.days_ago), self._found_group, group)
            for username in group.everybody:
                person = self._person(username)
                days = min(group.days_ago, person.days_ago)
                self._then(timedelta(days=days), self._enter_group, group, username)
        for position, category in enumerate(self.demo.categories):
            self._then(self._opening_of(category), self._open_category, category, position)
        self._then(self._opening_of_all(), make_tags, self.demo)
        for person in self.demo.people:
            for role in person.roles:
                ago = min(timedelta(days=person.days_ago), self._opening_of_all())
                self._then(ago, self._grant, person.username, role)
            if person.suspended:
                ago = timedelta(days=person.suspended.days_ago)
                self._then(ago, self._suspend, person.username, person.suspended)
        self._then(self._opening_of_all(), self._make_forms)
        self._then(self._opening_of_all(), self._settle)
        for topic in self.demo.topics:
            self._plan_topic(topic)
        self.talks = plan_talks(self.demo, self.users, self.texts, self._then)
        for flag in self.demo.flags:
            self._then(flag.ago, self._flag, flag)
            if flag.judged:
                self._then(flag.judged.ago, self._dismiss, flag, flag.judged)

    def _plan_topic(self, topic: plan.Topic) -> None:
        for post in topic.posts:
            if post.parent is None:
                self._then(post.ago, self._start, topic, post)
            else:
                self._then_reply(post.ago, topic, post)
            if post.edited is not None:
                self._then(post.edited, self._edit, topic, post)
            if post.deleted is not None:
                self._then(post.deleted, self._delete, topic, post)
            if post.hidden is not None:
                self._then(post.hidden.ago, self._hide, topic, post, post.hidden)
        for username, choices in topic.poll.votes.items() if topic.poll else ():
            self._then(topic.posts[-1].ago, self._vote, topic, username, [choice - 1 for choice in choices])
        if topic.answer is not None:
            self._then(
                topic.posts[-1].ago - timedelta(minutes=1), self._accept, topic, topic.posts[topic.answer - 1]
            )
        for act, deed in (
            (pin_topic, topic.pinned),
            (lock_topic, topic.locked),
            (archive_topic, topic.archived),
        ):
            if deed is not None:
                self._then(deed.ago, self._curate, act, topic, deed)

    def _then(self, ago: timedelta, do: Callable[..., None], *what: Any) -> None:
        self.steps.append(Step(self.now - ago, lambda: do(*what)))

    def _then_reply(self, ago: timedelta, topic: plan.Topic, post: plan.Post) -> None:
        self.steps.append(Step(self.now - ago, lambda: self._reply(topic, post), is_reply=True))

    def _person(self, username: str) -> plan.Person:
        return next(person for person in self.demo.people if person.username == username)

    def _opening_of(self, category: plan.Category) -> timedelta:
        groups = {group.slug: timedelta(days=group.days_ago) for group in self.demo.groups}
        return min(FOUNDED, groups.get(category.group or "", FOUNDED))

    def _opening_of_all(self) -> timedelta:
        return min(self._opening_of(category) for category in self.demo.categories)

    def _join(self, person: plan.Person) -> None:
        until = None
        if person.until_days is not None:
            until = self.now + timedelta(days=person.until_days)
        elif person.ended_days_ago is not None:
            until = self.now - timedelta(days=person.ended_days_ago)
        email = f"{person.username}@{self.demo.society.mail_domain}"
        user = User(
            username=person.username,
            username_key=person.username,
            name=person.name,
            email=email,
            email_key=email,
            email_confirmed_at=clock.now(),
            member_since=None if person.standing == "guest" else clock.now(),
            member_until=until,
            credentials=person.credentials,
            specialty=person.specialty,
            institution=person.institution,
            city=person.city,
            country=person.country,
            bio=person.bio,
            created_at=clock.now(),
        )
        db.session.add(user)
        db.session.flush()
        self.users[person.username] = user

    def _found_group(self, group: plan.Group) -> None:
        founder = self.users[group.owners[0]]
        self.groups[group.slug] = create_group(
            group.slug, name=group.name, kind=GroupKind(group.kind), actor=founder
        )

    def _enter_group(self, group: plan.Group, username: str) -> None:
        add_people(self.groups[group.slug], [self.users[username]], actor=self.users[group.owners[0]])

    def _open_category(self, category: plan.Category, position: int) -> None:
        made = CategoryPlan(
            name=category.name,
            slug=category.slug,
            description=category.description,
            guidelines=category.guidelines,
            guidelines_html=self.texts[category.guidelines].html if category.guidelines else None,
            hue=category.hue,
            position=position,
            read=AudienceKind(category.read),
            reply=AudienceKind(category.reply),
            start=AudienceKind(category.reply),
            group_id=self.groups[category.group].id if category.group else None,
            parent_slug=category.parent or "",
            for_questions=category.questions,
        )
        self.categories[category.slug] = create_category(made, actor=None)

    def _make_forms(self) -> None:
        staff = next(self.users[person.username] for person in self.demo.people if "staff" in person.roles)
        for template in self.demo.templates:
            make_form(self.categories[template.category], template, actor=staff)

    def _grant(self, username: str, role: str) -> None:
        name, _, slug = role.partition(":")
        user, place = self.users[username], self.categories[slug].place if slug else None
        db.session.add(
            RoleAssignment(
                user_id=user.id,
                role=RoleName(name),
                place_id=place.id if place else None,
                granted_at=clock.now(),
            )
        )
        user.rights_epoch += 1
        record(
            AuditAction.ROLE_GRANTED,
            subject_kind="user",
            subject_id=user.id,
            actor_id=None,
            place_id=place.id if place else None,
            detail={"role": name, "username": username},
        )

    def _suspend(self, username: str, suspension: plan.Suspension) -> None:
        user = self.users[username]
        user.suspended_at = clock.now()
        user.suspended_until = clock.now() + timedelta(days=suspension.for_days)
        user.suspension_reason = suspension.reason
        user.rights_epoch += 1
        record(
            AuditAction.USER_SUSPENDED,
            subject_kind="user",
            subject_id=user.id,
            actor_id=self.users[suspension.by].id,
            reason=suspension.reason,
            detail={"username": username, "until": user.suspended_until.isoformat()},
        )

    def _settle(self) -> None:
        society = self.demo.society
        values = {
            "name": society.name,
            "tagline": society.tagline,
            "welcome": society.welcome,
            "rules": society.rules,
        }
        settings.change(values, actor_id=None)

    def _start(self, topic: plan.Topic, post: plan.Post) -> None:
        choice = None
        if topic.read is not None:
            choice = AudienceChoice(
                AudienceKind(topic.read),
                AudienceKind(topic.reply or topic.read),
                self.groups[topic.group].id if topic.group else None,
                topic.opened,
            )
        made = start_topic_in(
            self.categories[topic.category],
            author=self.users[post.author],
            title=topic.title,
            written=self.texts[post.earlier or post.body],
            tags=topic.tags,
            poll=poll_of(topic.poll, self.now) if topic.poll else None,
            choice=choice,
            people=[self.users[username] for username in topic.people],
        )
        self.topics[topic.slug] = made
        first = db.session.get_one(Post, made.last_post_id)
        self.spots[topic.slug, 1] = Spot(first.id, first.path)

    def _text(self, topic: plan.Topic, body: str) -> Written:
        """As it was rendered; `/posts/2` in a quote is the second post of its topic, which has a number of its own by now."""
        written = self.pictures.put_into(self.texts[body]) if "/uploads/" in body else self.texts[body]
        if "/posts/" not in body:
            return written

        def id_of(number: int) -> int:
            return self.spots[topic.slug, number].id

        said = QUOTED.sub(lambda found: str(id_of(int(found[0]))), written.body)
        return Written(said, with_quoted_posts(written.html, id_of), written.renderer)

    def _reply(self, topic: plan.Topic, post: plan.Post) -> None:
        written, author_id = self._text(topic, post.earlier or post.body), self.users[post.author].id
        spot = self.spots[topic.slug, post.number] = self.replies.add(
            self.topics[topic.slug],
            author_id=author_id,
            written=written,
            above=self.spots[topic.slug, post.parent or 1],
            at=clock.now(),
        )
        self.pictures.note(written, post_id=spot.id, author_id=author_id)

    def _edit(self, topic: plan.Topic, post: plan.Post) -> None:
        edit_post(
            self._post(topic, post), actor=self.users[post.author], written=self._text(topic, post.body)
        )

    def _delete(self, topic: plan.Topic, post: plan.Post) -> None:
        delete_post(self._post(topic, post), actor=self.users[post.author])

    def _hide(self, topic: plan.Topic, post: plan.Post, deed: plan.Deed) -> None:
        hide_post(self._post(topic, post), actor=self.users[deed.by], reason=deed.reason)

    def _post(self, topic: plan.Topic, post: plan.Post) -> Post:
        return db.session.get_one(Post, self.spots[topic.slug, post.number].id)

    def _vote(self, topic: plan.Topic, username: str, choices: list[int]) -> None:
        vote(self._post(topic, topic.posts[0]), choices, voter=self.users[username])

    def _accept(self, topic: plan.Topic, post: plan.Post) -> None:
        made = self._post(topic, post)
        accept_answer(self.topics[topic.slug], post_id=made.id, actor=self.users[topic.author])

    def _flag(self, flag: plan.Flag) -> None:
        post = db.session.get_one(Post, self.spots[flag.topic, flag.number].id)
        flag_post(post, actor=self.users[flag.by], reason=FlagReason(flag.reason), note=flag.note)

    def _dismiss(self, flag: plan.Flag, deed: plan.Deed) -> None:
        post_id = self.spots[flag.topic, flag.number].id
        judge_flags(open_review_of(post_id), actor=self.users[deed.by], act=Act.DISMISS, reason=deed.reason)

    def _curate(self, act: Callable[..., None], topic: plan.Topic, deed: plan.Deed) -> None:
        act(self.topics[topic.slug], actor=self.users[deed.by], reason=deed.reason)
