"""Mail over SMTP to a server on this machine: who gets it, what it holds, and what stops it."""

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask
from itsdangerous import URLSafeSerializer

from forum.accounts.models import Ignore, User
from forum.admin.actions import change_settings
from forum.boards.actions import CategoryPlan, change_category
from forum.boards.models import Category
from forum.core import clock, settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions import mailing as letters
from forum.discussions.actions import audiences, concealing, reading, writing
from forum.discussions.actions.splitting import merge_topic
from forum.discussions.models import Topic
from forum.discussions.writing import prepare
from forum.jobs import outbox
from forum.notifications.actions import mailing, notify
from forum.notifications.actions.watching import choose_topic_level
from forum.notifications.models import MailStop, NotificationKind, NotificationPreferences, WatchLevel
from forum.notifications.unsubscribing import Subscription, link_out
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import choice, make_post, make_topic
from tests.mailbox import text_of
from tests.racing import Race


class Letters:
    """What a mail server was sent, while it takes mail."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.is_broken = False
        self.raw = ""  # of the last one

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - so it is called
        if self.is_broken:
            return "451 not now"
        self.raw = envelope.content.decode("utf-8", "replace")
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"


@pytest.fixture
def server(app: Flask) -> Iterator[Letters]:
    """A mail server on this machine, to which the program sends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    taken = Letters()
    controller = Controller(taken, hostname="127.0.0.1", port=port)
    controller.start()
    config = app.extensions["forum_mail"]
    app.extensions["forum_mail"] = replace(
        config, mail_url=f"smtp://127.0.0.1:{port}", mail_from="forum@society.example"
    )
    yield taken
    controller.stop()
    app.extensions["forum_mail"] = config


Work = Callable[..., list[EmailMessage]]


@pytest.fixture
def work(app: Flask, server: Letters) -> Work:
    """Let the worker do all there is to do, some minutes later; answers what was mailed by it."""

    def done(minutes: int = 6) -> list[EmailMessage]:
        before = len(server.taken)
        with app.app_context():
            outbox.sweep()
            clock.freeze(clock.now() + timedelta(minutes=minutes))
            mailing.hand_over_due()
            outbox.sweep()
        return server.taken[before:]

    return done


@pytest.fixture
def topic(app: Flask, cast: Cast) -> Topic:
    with app.app_context():
        return make_topic(cast.lounge, cast.member, "Rounding to the vial")


def now(user: User) -> User:
    return db.session.get_one(User, user.id)


def parts_of(mail: EmailMessage) -> str:
    """All that can be read of a mail."""
    html = mail.get_body(("html",))
    assert html is not None
    return f"{mail['Subject']}\n{text_of(mail)}\n{html.get_content()}"


def test_a_reply_is_mailed_after_a_while(
    app: Flask, cast: Cast, topic: Topic, server: Letters, work: Work
) -> None:
    with app.app_context():
        post = writing.reply(topic, author=now(cast.other), written=prepare("Round **down**."))
        post_id = post.id
    assert work(4) == []
    (mail,) = work(2)
    assert (mail["To"], mail["Subject"]) == (cast.member.email, "Re: Rounding to the vial")
    text = text_of(mail)
    assert "Otto Other\u2069 replied to you in “\u2068Rounding to the vial\u2069”" in text
    assert "Round **down**." in text
    assert f"/t/{topic.id}/rounding-to-the-vial/2#post-{post_id}" in text
    assert "You get this because what you wrote was answered." in text
    assert "/settings/notifications" in text
    html = mail.get_body(("html",))
    assert html is not None and "Round <strong>down</strong>." in html.get_content()  # noqa: PT018
    assert mail["Message-ID"] == f"<post-{post_id}@society.example>"
    assert mail["In-Reply-To"] == mail["References"] == f"<topic-{topic.id}@society.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip("<>") in text
    for name in ("List-Unsubscribe", "References", "In-Reply-To", "Message-ID"):  # neither folded nor encoded
        assert re.search(rf"^{name}: (<\S+> ?)+\r$", server.raw, re.MULTILINE), name
    assert work(60) == []


def test_several_of_one_topic_come_in_one(app: Flask, cast: Cast, topic: Topic, work: Work) -> None:
    with app.app_context():
        other = make_topic(cast.lounge, cast.member, "Ports")
        first = make_post(topic, cast.other, "One.")
        outbox.sweep()
        clock.freeze(clock.now() + timedelta(minutes=4))
        last = make_post(topic, cast.staff, "Two.", parent=first)
        make_post(other, cast.staff, "Elsewhere.")
    mails = {str(mail["Subject"]): mail for mail in work(2) if mail["To"] == cast.member.email}
    assert set(mails) == {"Re: Rounding to the vial"}  # that of the other is not due yet
    mail = mails["Re: Rounding to the vial"]
    assert "One." in text_of(mail) and "Two." in text_of(mail)  # noqa: PT018
    root, parent = f"<topic-{topic.id}@society.example>", f"<post-{first.id}@society.example>"
    assert (mail["In-Reply-To"], mail["References"]) == (parent, f"{root} {parent}")
    assert mail["Message-ID"] == f"<post-{last.id}@society.example>"
    assert sorted(str(mail["Subject"]) for mail in work(6)) == [
        "Re: Ports",
        "Re: Rounding to the vial",
    ]  # and to Otto


def test_what_was_read_meanwhile_is_not_mailed(app: Flask, cast: Cast, topic: Topic, work: Work) -> None:
    with app.app_context():
        make_post(topic, cast.other)
        outbox.sweep()
        reading.mark_read(topic, reader=now(cast.member), numbers=[2])
    assert work() == []


def test_what_was_read_while_it_lay_in_the_outbox_is_not_mailed(
    app: Flask, cast: Cast, topic: Topic, server: Letters
) -> None:
    with app.app_context():
        make_post(topic, cast.other)
        outbox.sweep()
        clock.freeze(clock.now() + timedelta(minutes=6))
        assert mailing.hand_over_due() == 1
        reading.mark_read(topic, reader=now(cast.member), numbers=[2])
        outbox.sweep()
    assert server.taken == []


def lose_topic(cast: Cast, topic: Topic) -> None:
    audiences.set_audience(topic, actor=now(cast.staff), choice=choice("staff"), reason="Why.")


def hide_post(cast: Cast, topic: Topic) -> None:
    post = db.session.scalar(
        db.select(letters.Post).where(letters.Post.topic_id == topic.id, letters.Post.number == 2)
    )
    assert post is not None
    concealing.hide_post(post, actor=now(cast.staff), reason="Why.")


def change_reader(**values: Any) -> Callable[[Cast, Topic], None]:
    def change(cast: Cast, _topic: Topic) -> None:
        with transaction():
            reader = now(cast.other)
            for name, value in values.items():
                setattr(reader, name, value)
            reader.rights_epoch += 1

    return change


def mute(cast: Cast, topic: Topic) -> None:
    choose_topic_level(cast.other, topic.id, WatchLevel.MUTED)


def ignore(cast: Cast, _topic: Topic) -> None:
    with transaction():
        db.session.add(Ignore(user_id=cast.other.id, ignored_id=cast.grace.id, created_at=clock.now()))


def want_none(cast: Cast, _topic: Topic) -> None:
    with transaction():
        db.session.add(NotificationPreferences(user_id=cast.other.id, mail=False))


LOSSES = {
    "the topic is for others": lose_topic,
    "the post is hidden": hide_post,
    "a guest now": change_reader(member_since=None, member_until=None),
    "suspended": change_reader(suspended_at=clock.now()),
    "not confirmed": change_reader(email_confirmed_at=None),
    "a placeholder": change_reader(imported_at=clock.now()),
    "without an address": change_reader(email=None, email_key=None),
    "muted": mute,
    "ignored": ignore,
    "switched off": want_none,
}


@pytest.mark.parametrize("why", LOSSES)
def test_it_is_asked_again_when_it_is_sent(
    app: Flask, cast: Cast, topic: Topic, server: Letters, why: str
) -> None:
    """Told while it was in order, and lost while the mail lay in the outbox."""
    with app.app_context():
        make_post(topic, cast.grace, "Ask @otto.")
        outbox.sweep()
        clock.freeze(clock.now() + timedelta(minutes=6))
        mailing.hand_over_due()
        LOSSES[why](cast, topic)
        outbox.sweep()
    assert [mail["To"] for mail in server.taken if mail["To"] == "otto@example.org"] == []


def test_without_that_it_would_have_been_sent(app: Flask, cast: Cast, topic: Topic, work: Work) -> None:
    with app.app_context():
        make_post(topic, cast.grace, "Ask @otto.")
    assert "otto@example.org" in [mail["To"] for mail in work()]


def secret_reply(cast: Cast, place: Category, author: User, reader: User) -> Topic:
    topic = make_topic(place, reader, "Zinc and silence")
    make_post(topic, author, "Not for mail.")
    return topic


def insider_two(app: Flask, cast: Cast) -> User:
    from forum.groups.actions import add_people
    from tests.factories import make_user

    with app.app_context():
        second = make_user("ida", name="Ida Inside")
        add_people(cast.closed_group, [second])
        return second


BARE = ("Zinc", "silence", "zinc", "Not for mail", "Ida")


def test_of_a_closed_group_mail_says_only_that_there_is_something(app: Flask, cast: Cast, work: Work) -> None:
    second = insider_two(app, cast)
    with app.app_context():
        topic = secret_reply(cast, cast.closed, second, cast.insider)
    (mail,) = work()
    assert mail["Subject"] == "Something new for you at Collegium"
    assert [word for word in BARE if word in parts_of(mail)] == []
    assert re.search(r"/posts/\d+", text_of(mail))
    assert str(topic.id) not in text_of(mail).replace(mail["List-Unsubscribe"].strip("<>"), "")


def test_a_place_and_the_society_decide_what_mail_holds(app: Flask, cast: Cast, work: Work) -> None:
    second = insider_two(app, cast)

    def hold(place: Category, content: bool | None) -> None:
        chosen = place.place
        plan = CategoryPlan(
            name=place.name, slug=place.slug, read=chosen.read_kind, reply=chosen.reply_kind,
            start=chosen.start_kind, group_id=chosen.group_id, mail_content=content,
        )  # fmt: skip
        change_category(place, plan, actor=now(cast.staff))

    def is_whole(place: Category, author: User, reader: User) -> bool:
        with app.app_context():
            secret_reply(cast, place, author, reader)
        (mail,) = work()
        found = [word for word in BARE[:4] if word in parts_of(mail)]
        assert len(found) in {0, 4}
        return bool(found)

    assert is_whole(cast.lounge, cast.other, cast.member)
    with app.app_context():
        hold(cast.lounge, content=False)
        hold(cast.closed, content=True)
    assert not is_whole(cast.lounge, cast.other, cast.member)
    assert is_whole(cast.closed, second, cast.insider)
    with app.app_context():
        hold(cast.lounge, content=None)
        change_settings({**settings.current().model_dump(), "mail_content": False}, actor=now(cast.staff))
    assert not is_whole(cast.lounge, cast.other, cast.member)


def test_a_quote_of_what_the_reader_may_not_read_is_not_in_the_mail(
    app: Flask, cast: Cast, topic: Topic, work: Work
) -> None:
    with app.app_context():
        staff_topic = make_topic(cast.desk, cast.staff, body="For the desk alone.")
        first = db.session.scalar(db.select(letters.Post).where(letters.Post.topic_id == staff_topic.id))
        assert first is not None
        body = f"> [@stella](/posts/{first.id}):\n>\n> For the desk alone.\n\nSo it is."
        writing.reply(topic, author=now(cast.staff), written=prepare(body))
    (mail,) = work()
    assert "So it is." in parts_of(mail)
    assert "For the desk alone" not in parts_of(mail)


def test_pictures_are_named_and_nothing_is_loaded(app: Flask, cast: Cast, topic: Topic, work: Work) -> None:
    from forum.discussions.actions.writing import Written
    from forum.markup import SafeHTML

    html = SafeHTML('<p>See <img src="/uploads/1/x.png" alt="A slide"> <a href="/c/lounge">there</a>.</p>')
    with app.app_context():
        writing.reply(topic, author=now(cast.other), written=Written(body="See it.", html=html, renderer=0))
    (mail,) = work()
    part = mail.get_body(("html",))
    assert part is not None
    shown = part.get_content()
    assert "<img" not in shown and "[A slide]" in shown  # noqa: PT018
    assert re.search(r'href="http[^"]+/c/lounge"', shown)


def test_line_breaks_in_titles_and_names_make_no_headers(
    app: Flask, cast: Cast, server: Letters, work: Work
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Harmless\r\nBcc: thief@example.org")
        with transaction():
            now(cast.other).name = "Otto\r\nBcc: thief@example.org"
        make_post(topic, cast.other)
    (mail,) = work()
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Re: Harmless Bcc: thief@example.org"


def test_one_click_stops_mail_about_the_topic_without_signing_in(
    app: Flask, cast: Cast, topic: Topic, work: Work, sign_in: SignIn, submit: Any
) -> None:
    with app.app_context():
        make_post(topic, cast.other)
    (mail,) = work()
    link = urlsplit(mail["List-Unsubscribe"].strip("<>")).path
    visitor = app.test_client()
    page = visitor.get(link)
    assert page.status_code == 200 and topic.title not in page.text  # noqa: PT018
    with app.app_context():
        make_post(topic, cast.other)
    assert len(work()) == 1  # opening the link has changed nothing
    assert visitor.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with app.app_context():
        make_post(topic, cast.other)
        make_post(make_topic(cast.lounge, cast.member, "Ports"), cast.other)
    assert [str(mail["Subject"]) for mail in work()] == ["Re: Ports"]
    browser = sign_in(cast.member)
    assert 'data-count="notifications">4<' in browser.get("/c").text  # told on the site all the same
    assert "No mail about it." in browser.get("/settings/watching").text
    submit(browser, f"/t/{topic.id}/mail")
    with app.app_context():
        make_post(topic, cast.other)
    assert len(work()) == 1


@pytest.mark.parametrize("scope", ["kind", "all"])
def test_the_page_stops_more_with_a_button(
    app: Flask, cast: Cast, topic: Topic, work: Work, scope: str
) -> None:
    with app.app_context():
        make_post(topic, cast.other)
    (mail,) = work()
    link = urlsplit(mail["List-Unsubscribe"].strip("<>")).path
    assert app.test_client().post(link, data={"scope": scope}).status_code == 200
    assert app.test_client().post(link, data={"scope": "everything"}).status_code == 422
    with app.app_context():
        other = make_topic(cast.lounge, cast.staff, "Ports")
        make_post(topic, cast.other)
        make_post(other, cast.other, "Ask @mina.")
    subjects = [str(mail["Subject"]) for mail in work() if mail["To"] == cast.member.email]
    assert subjects == (["Re: Ports"] if scope == "kind" else [])


def test_a_link_that_is_not_ours_or_of_nobody_leads_nowhere(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    forged = URLSafeSerializer("another key", salt="unsubscribe").dumps([str(cast.member.id), "0", "reply"])
    nobody = URLSafeSerializer(app.config["SECRET_KEY"], salt="unsubscribe").dumps(["1", "0", "reply"])
    for token in (forged, "nothing"):
        assert browser.get(f"/unsubscribe/{token}").status_code == 404
        assert browser.post(f"/unsubscribe/{token}").status_code == 404
    assert browser.post(f"/unsubscribe/{nobody}").status_code == 404


def test_a_link_of_a_topic_that_was_merged_or_is_gone_is_taken(app: Flask, cast: Cast, topic: Topic) -> None:
    with app.app_context():
        other = make_topic(cast.lounge, cast.staff)
        merge_topic(topic, actor=cast.staff, target_id=other.id)
        links = [link_out(Subscription(cast.member.id, i, NotificationKind.REPLY)) for i in (topic.id, 12345)]
    for link in links:
        assert app.test_client().post(urlsplit(link).path).status_code == 200
    with app.app_context():
        assert set(db.session.scalars(db.select(MailStop.topic_id))) == {other.id}


def test_a_server_that_is_away_gets_it_later_and_the_same(
    app: Flask, cast: Cast, topic: Topic, server: Letters, work: Work
) -> None:
    with app.app_context():
        make_post(topic, cast.other)
    server.is_broken = True
    assert work() == []
    server.is_broken = False
    assert len(work()) == 1
    assert work() == []


def test_a_worker_that_dies_after_sending_sends_the_same_mail_again(
    app: Flask, cast: Cast, topic: Topic, server: Letters, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once: two mails with one id, which programs show as one."""
    with app.app_context():
        make_post(topic, cast.other)
    before = letters.send

    def die(message: EmailMessage) -> None:
        before(message)
        raise SystemExit

    monkeypatch.setattr(letters, "send", die)
    with pytest.raises(SystemExit):
        work()
    monkeypatch.setattr(letters, "send", before)
    work()
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_events_without_a_topic_are_mailed_too(app: Flask, cast: Cast, work: Work) -> None:
    with app.app_context():
        with transaction():
            db.session.add(
                NotificationPreferences(user_id=cast.member.id, channels={"flagged": ["app", "mail"]})
            )
        notify([cast.member.id], NotificationKind.FLAGGED, key="review:1", detail={"verdict": "taken"})
    (mail,) = work()
    assert "/notifications" in text_of(mail)


@pytest.mark.one_database("postgresql")
def test_two_workers_at_once_tell_once_and_mail_once(
    app: Flask, cast: Cast, topic: Topic, database: str, server: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        post = make_post(topic, cast.other)
        say = {"key": "post:x", "post_id": post.id, "actor_id": cast.other.id}

    def first(pause: Callable[[], None]) -> None:
        with transaction():
            notify([cast.member.id], NotificationKind.REPLY, **say)
            pause()

    assert Race(app, database).run(
        first, lambda: notify([cast.member.id], NotificationKind.REPLY, **say)
    ) == (None, None)
    clock.freeze(clock.now() + timedelta(minutes=6))

    def hand_over(pause: Callable[[], None]) -> int:
        publish = mailing.publish

        def slowly(signal: Any) -> None:
            monkeypatch.setattr(mailing, "publish", publish)
            publish(signal)
            pause()

        monkeypatch.setattr(mailing, "publish", slowly)
        return mailing.hand_over_due()

    assert Race(app, database).run(hand_over, mailing.hand_over_due) == (1, 0)
    with app.app_context():
        outbox.sweep()
    assert len(server.taken) == 1


PLANTED: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "delivery does not ask again": (
        lambda patch: patch.setattr(
            "forum.notifications.queries.listing.allows_reading", lambda *_args: sa.true()
        ),
        "the topic is for others",
    ),
    "delivery does not look at the account": (
        lambda patch: patch.setattr(letters, "may_be_mailed", lambda _user: True),
        "a placeholder",
    ),
}


@pytest.mark.one_database
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_into_mail_is_seen(
    app: Flask, cast: Cast, topic: Topic, server: Letters, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    plant, why = PLANTED[name]
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        test_it_is_asked_again_when_it_is_sent(app, cast, topic, server, why)


@pytest.mark.one_database
def test_a_mail_that_forgets_to_hold_back_is_seen(
    app: Flask, cast: Cast, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "shows_content", lambda _topic: True)
    with pytest.raises(AssertionError):
        test_of_a_closed_group_mail_says_only_that_there_is_something(app, cast, work)
