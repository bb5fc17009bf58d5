"""What people do in discussions besides writing, one of each: what it leaves on pages, and pages of its own."""

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from PIL import Image

from forum.access.models import Place
from forum.accounts.actions import ignoring
from forum.accounts.models import User
from forum.audit.actions import recorded_together
from forum.audit.models import AuditEntry
from forum.boards.actions import keep_field, keep_template
from forum.boards.models import Category
from forum.boards.template_forms import FieldKind, FormField
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import (
    answering,
    authorship,
    bookmarking,
    curating,
    locking,
    moving,
    polling,
    reacting,
    splitting,
    tag_groups,
    tagging,
    writing,
)
from forum.discussions.actions.undoing import UNDOINGS
from forum.discussions.models import Post, Topic
from forum.discussions.models.polls import PollKind
from forum.discussions.writing import prepare
from forum.jobs import outbox
from forum.media.actions import keep_upload
from forum.media.schemas import address_of
from forum.messaging.actions import changing
from forum.messaging.actions.choosing import block
from forum.messaging.actions.keeping import keep_conversation
from forum.messaging.actions.sending import send_message
from forum.messaging.actions.starting import start_group, write_to
from forum.messaging.writing import nothing
from forum.messaging.writing import prepare as said
from forum.moderation.actions import flag_post, judge_flags
from forum.moderation.kinds import Act, FlagReason
from forum.moderation.reporting import flag_message
from forum.notifications.actions import notify
from forum.notifications.actions.watching import choose_place_level, choose_topic_level
from forum.notifications.kinds import NotificationKind, WatchLevel
from forum.notifications.unsubscribing import Subscription, link_out

if TYPE_CHECKING:
    from tests.face.scene import Scene

OPTIONS = ("Ένα", "Δύο", "Τρία")


@dataclass
class Things:
    """What of it has an address, each as what fills that."""

    templates: list[dict[str, object]] = field(default_factory=list)
    tags: list[dict[str, object]] = field(default_factory=list)
    tag_groups: list[dict[str, object]] = field(default_factory=list)
    entries: list[dict[str, object]] = field(default_factory=list)  # of the log, that can be undone
    reviews: list[dict[str, object]] = field(default_factory=list)  # an open one, and one that is judged
    bookmarks: list[dict[str, object]] = field(default_factory=list)
    uploads: list[dict[str, object]] = field(default_factory=list)
    with_files: list[dict[str, object]] = field(default_factory=list)  # posts
    conversations: list[dict[str, object]] = field(default_factory=list)
    messages: list[dict[str, object]] = field(default_factory=list)
    message_flags: list[dict[str, object]] = field(default_factory=list)
    ways_out: list[str] = field(default_factory=list)  # of mail

    def reduced(self) -> "Things":
        return Things(
            self.templates[:1],
            self.tags[:1],
            self.tag_groups,
            self.entries[-1:],
            self.reviews,
            self.bookmarks[:1],
            self.uploads[:1],
            self.with_files,
            self.conversations,
            self.messages,
            self.message_flags,
            self.ways_out[:1],
        )


def take_part(scene: "Scene", open_place: Category, place: Category, insider: User) -> None:
    """In a topic that a member began in a place for questions, and in some beside it."""
    member, staff = scene["member"], _now(scene["staff"])
    with transaction():
        db.session.get_one(Place, place.place_id).for_questions = True
    _tags(scene, place, staff)
    topic = _begin(place, member, "Ερώτηση για όλους", tags=["Πόνος", "Νέο"])
    scene.topics["curated"] = topic
    helpful, theirs, mistaken, aside = (
        writing.reply(topic, author=insider, written=prepare(f"Απάντηση {n}.")) for n in range(4)
    )
    scene.posts.append(_polls(scene, topic))
    _files(scene, topic)
    answering.accept_answer(topic, post_id=helpful.id, actor=staff)
    reacting.react(scene.posts[1], name="like", actor=insider)
    reacting.react(helpful, name="like", actor=_now(member))
    _flags(scene, theirs, mistaken, insider)
    _curate(scene, topic, mistaken, aside, open_place, place)
    _template(scene, place, staff)
    _for_oneself(scene, topic, place, helpful, insider)
    _talk(scene, insider)
    with recorded_together():
        for name in ("split", "moved"):
            locking.lock_topic(scene.topics[name], actor=staff, reason="Μαζί.")
    undone = db.session.scalars(
        db.select(AuditEntry.id).where(AuditEntry.action.in_(UNDOINGS)).order_by(AuditEntry.position)
    )
    scene.things.entries = [{"id": entry_id} for entry_id in undone]
    outbox.sweep()


def _tags(scene: "Scene", place: Category, staff: User) -> None:
    group = tag_groups.keep_group(None, name="Είδος", only_one=True, place_ids=[place.place_id], actor=staff)
    plan = tagging.TagPlan("Πόνος", "Όσα πονούν.", group_id=group.id, words=["Άλγος"])
    made = [tagging.create_tag(each, actor=staff) for each in (plan, tagging.TagPlan("Νέο"))]
    scene.things.tag_groups = [{"id": group.id}]
    scene.things.tags = [{"slug": tag.slug} for tag in made]


def _polls(scene: "Scene", topic: Topic) -> Post:
    """One of each kind, the last of them closed. Answers the post of the first."""
    member, made = scene["member"], []
    questions = {PollKind.SINGLE: "Ποιο;", PollKind.MULTIPLE: "Ποια;", PollKind.RANKED: "Ποιο πρώτα;"}
    for kind, question in questions.items():
        most = 1 if kind is PollKind.SINGLE else len(OPTIONS)
        plan = polling.PollPlan(question, OPTIONS, kind=kind, most=most)
        made.append(writing.reply(topic, author=member, written=prepare("Ψηφίστε."), poll=plan))
    for post in made:
        polling.vote(post, [1], voter=_now(scene["staff"]))
    polling.vote(made[-1], [2], voter=_now(member))
    polling.close_poll(made[-1], actor=_now(scene["moderator"]), reason="Αρκεί.")
    return made[0]


def _files(scene: "Scene", topic: Topic) -> None:
    """A picture and a text that stand in a post, and a file that stands nowhere."""
    member, picture = scene["member"], io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    sent = {"Εικόνα.png": picture.getvalue(), "Κείμενο.txt": b"1", "Μόνο.txt": b"2"}
    drawing, words, alone = (
        keep_upload(name, io.BytesIO(data), owner_id=member.id) for name, data in sent.items()
    )
    body = f"![Μια εικόνα]({address_of(drawing)})\n\n[Κείμενο]({address_of(words)})"
    post = writing.reply(topic, author=member, written=prepare(body))
    scene.things.with_files = [{"id": post.id}]
    scene.things.uploads = [{"id": each.id, "name": each.file_name} for each in (drawing, words, alone)]


def _flags(scene: "Scene", theirs: Post, mistaken: Post, insider: User) -> None:
    """What a member reported waits, and something else was judged; another person reported what the member wrote."""
    member, staff = _now(scene["member"]), _now(scene["staff"])
    flags = [
        flag_post(post, actor=by, reason=FlagReason.OTHER, note="Κοιτάξτε το.")[0]
        for post, by in ((theirs, member), (mistaken, member), (scene.posts[-1], _now(insider)))
    ]
    judge_flags(flags[1].review_id, actor=staff, act=Act.DISMISS, reason="Δεν πειράζει.")
    scene.things.reviews = [{"id": flag.review_id} for flag in flags]


def _curate(
    scene: "Scene", topic: Topic, mistaken: Post, aside: Post, open_place: Category, place: Category
) -> None:
    member, staff, why = scene["member"], _now(scene["staff"]), "Για την τάξη."
    until = clock.now() + timedelta(days=9)
    tagging.set_tags(topic, ["Πόνος"], actor=staff, reason=why)
    scene.topics["split"] = splitting.split_topic(
        topic, actor=staff, post_ids=[aside.id], with_replies=False, title="Στην άκρη", reason=why
    )
    merged = _begin(place, member, "Το ίδιο", tags=["Πόνος"])
    splitting.merge_topic(merged, actor=staff, target_id=topic.id, reason=why)
    scene.topics["moved"] = _begin(open_place, member, "Αλλού")
    moving.move_topic(scene.topics["moved"], actor=staff, place_id=place.place_id, reason=why, tags=["Πόνος"])
    authorship.change_author(mistaken, actor=staff, author=_now(member), reason=why)
    scene.topics["archived"] = _begin(place, member, "Παλιό", tags=["Πόνος"])
    writing.rename_topic(scene.topics["archived"], actor=staff, title="Παλαιό", reason=why)
    locking.lock_topic(scene.topics["archived"], actor=staff, reason=why)
    curating.archive_topic(scene.topics["archived"], actor=staff, reason=why)
    curating.slow_topic(topic, actor=staff, seconds=300, reason=why)
    curating.pin_topic(topic, actor=staff, everywhere=True, until=until, reason=why)


def _template(scene: "Scene", place: Category, staff: User) -> None:
    """A form with a field of each kind."""
    form = keep_template(place, name="Φόρμα", body="Η αρχή.", actor=staff)
    for kind in FieldKind:
        choices = OPTIONS if kind is FieldKind.CHOICE else ()
        asked = FormField("Πεδίο", kind, "Λίγα λόγια.", required=True, choices=choices)
        keep_field(place, form.id, asked, actor=staff)
    scene.things.templates = [{"slug": place.slug, "id": form.id}]


def _for_oneself(scene: "Scene", topic: Topic, place: Category, helpful: Post, insider: User) -> None:
    """What a member keeps, follows and ignores, and is told of: all kinds there are."""
    member = _now(scene["member"])
    for post, remind_at in ((helpful, clock.now() + timedelta(days=2)), (scene.posts[0], None)):
        kept = bookmarking.keep_post(post, reader=member)
        bookmarking.put_bookmark(kept.id, reader=member, note="Να το δω.", remind_at=remind_at)
        scene.things.bookmarks.append({"id": kept.id})
    choose_place_level(member, place.place_id, WatchLevel.FIRST_POST)
    choose_topic_level(member, topic.id, WatchLevel.WATCHING)
    choose_topic_level(member, scene.topics["moved"].id, WatchLevel.MUTED)
    told = {"act": "locked", "reason": "Απαντήθηκε.", "note": "Να το δω.", "verdict": "dismissed"}
    for kind in NotificationKind:
        notify(
            [member.id, scene["staff"].id],
            kind,
            key=f"face:{kind}",
            actor_id=scene["moderator"].id,
            topic_id=topic.id,
            post_id=helpful.id,
            detail=told,
        )
    ways = [Subscription(member.id, topic_id, NotificationKind.REPLY) for topic_id in (topic.id, None)]
    scene.things.ways_out = ["/unsubscribe/" + link_out(way).rpartition("/")[2] for way in ways]
    ignoring.ignore(_now(insider), reader=member)


def _talk(scene: "Scene", insider: User) -> None:
    """A group that a member owns, and a conversation of two with staff: answered, reacted to, changed, deleted, unread."""
    member, staff, other = _now(scene["member"]), _now(scene["staff"]), _now(insider)
    group = start_group(
        [staff, other], author=member, name="Ομάδα", written=said("Η αρχή."), client_id="talk-1"
    )
    pair = write_to(member, author=staff, written=said("Ένα λεπτό;"), client_id="talk-2")
    scene.things.conversations = [{"id": each.conversation_id} for each in (group, pair)]
    scene.things.messages = [{"id": each.id} for each in (group, pair)]
    answer = send_message(
        group.conversation_id,
        author=staff,
        written=said("Ναι, **τώρα**."),
        client_id="talk-3",
        reply_to_id=group.id,
    )
    gone = send_message(group.conversation_id, author=member, written=said("Όχι."), client_id="talk-4")
    changing.edit_message(group.id, actor=member, written=said("Η αρχή, αλλιώς."))
    changing.react_to_message(answer.id, name="like", on=True, actor=member)
    changing.delete_message(gone.id, actor=member, nothing=nothing())
    last = send_message(group.conversation_id, author=other, written=said("Κι εγώ."), client_id="talk-5")
    flag, _new = flag_message(last.id, actor=_now(member), reason=FlagReason.OTHER, note="Κοιτάξτε το.")
    scene.things.message_flags = [{"id": flag.id}]
    keep_conversation(pair.conversation_id, actor=member, muted=True, pinned=True)
    block(other, actor=staff)


def _begin(place: Category, author: User, title: str, tags: list[str] | None = None) -> Topic:
    return writing.start_topic(
        place.place, author=_now(author), title=title, written=prepare("Η αρχή."), tags=tags
    )


def _now(user: User) -> User:
    return db.session.get_one(User, user.id)
