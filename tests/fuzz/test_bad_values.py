"""Two hundred bad values in every field of every door, form or API: an answer, never a fall.

Each field reads them all. Then requests are sent: with all fields bad at once; and with what a field takes while all else is in
order, so that it goes as far as it can. In the suite a sample of these, by `make schemathesis` all.
"""

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import ValidationError

from forum.accounts import params as of_accounts
from forum.accounts.models import User
from forum.admin import params as of_staff
from forum.api.document import declared_operations
from forum.boards.actions import keep_template
from forum.boards.params import CategoryPageParams
from forum.core.db import db
from forum.core.errors import Invalid, Malformed
from forum.discussions import curating_params as of_curating
from forum.discussions import params as of_discussions
from forum.discussions import poll_params as of_polls
from forum.discussions.actions.bookmarking import keep_post
from forum.discussions.actions.polling import PollPlan
from forum.discussions.actions.tagging import TagPlan, create_tag
from forum.discussions.actions.writing import reply
from forum.explaining import params as of_explaining
from forum.messaging import page_params as of_messages
from forum.messaging.actions.starting import start_group, write_to
from forum.messaging.writing import prepare as prepare_message
from forum.moderation import params as of_moderation
from forum.moderation.actions import flag_post
from forum.moderation.kinds import FlagReason
from forum.moderation.reporting import flag_message
from forum.notifications import params as of_notifications
from forum.web.operations import API
from forum.web.params import Params, parse
from tests import images
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.factories import make_post, make_topic, settled, written
from tests.fuzz.bad_values import COUNT, SEED, texts, values
from tests.passwords import PASSWORD

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]

MANY = bool(
    os.environ.get("SCHEMATHESIS_EXAMPLES")
)  # send all two hundred; else the fields read them all, and some are sent


@dataclass(frozen=True)
class Form:
    """A form: where it goes, what it takes, and what else to send so that one field's value gets through."""

    address: str
    takes: type[Params]
    good: dict[str, Any]


CATEGORY = {"name": "A place", "read": "members", "reply": "members", "start": "members"}
REASON = {"reason": "Why."}
FORMS = {
    "accounts.register": Form("/register", of_accounts.RegisterParams, {"name": "New", "email": "new@example.org", "password": PASSWORD}),
    "accounts.request_confirmation": Form("/confirm", of_accounts.EmailParams, {}),
    "accounts.request_reset": Form("/reset", of_accounts.EmailParams, {}),
    "accounts.reset": Form("/reset/nothing", of_accounts.ResetParams, {}),
    "accounts.sign_in": Form("/signin", of_accounts.SignInParams, {"email": "mina", "password": "wrong"}),
    "accounts.sign_in_demo": Form("/signin/demo", of_accounts.DemoParams, {}),
    "accounts.prove": Form("/settings/prove", of_accounts.ProveParams, {"password": "wrong"}),
    "accounts.update_profile": Form("/settings/profile", of_accounts.ProfileParams, {"name": "Stella", "username": "stella"}),
    "accounts.change_email": Form("/settings/email", of_accounts.ChangeEmailParams, {"email": "new@example.org"}),
    "accounts.change_password": Form("/settings/password", of_accounts.ChangePasswordParams, {"password": "wrong", "new_password": PASSWORD}),
    "accounts.update_preferences": Form("/settings/preferences", of_accounts.PreferencesParams, {}),
    "accounts.choose_theme": Form("/settings/theme", of_accounts.ThemeParams, {}),
    "accounts.make_token": Form("/settings/tokens", of_accounts.TokenParams, {"name": "Mine"}),
    "staff.create_category": Form("/staff/categories/new", of_staff.CategoryParams, CATEGORY),
    "staff.change_category": Form("/staff/categories/porch", of_staff.CategoryParams, CATEGORY),
    "staff.change_settings": Form("/staff/settings", of_staff.SettingsParams, {}),
    "staff.set_standing": Form("/staff/people/otto/standing", of_accounts.StandingParams, {"standing": "member"}),
    "staff.grant_role": Form("/staff/people/otto/roles", of_accounts.RoleParams, {"role": "moderator"}),
    "staff.suspend": Form("/staff/people/otto/suspend", of_accounts.SuspendParams, REASON),
    "boards.start_topic": Form("/new", of_discussions.NewTopicParams, {"category": "lounge", "title": "T", "body": "B", "inherits": "0"}),
    "discussions.preview": Form("/preview?to=/new", of_discussions.PreviewBody, {}),
    "discussions.keep_draft": Form("/drafts?target=topic", of_discussions.EditParams, {}),
    "discussions.reply": Form("/t/{topic}/reply", of_discussions.ReplyParams, {"body": "B"}),
    "discussions.vote": Form("/posts/{poll}/poll", of_polls.VoteParams, {"choices": ["0"]}),
    "discussions.close_poll": Form("/posts/{poll}/poll/close", of_discussions.OptionalReasonParams, {}),
    "discussions.accept_answer": Form("/t/{topic}/answer", of_discussions.NumberParams, {}),
    "discussions.withdraw_answer": Form("/t/{topic}/answer/withdraw", of_discussions.NumberParams, {}),
    "discussions.rename": Form("/t/{topic}/rename", of_discussions.RenameParams, {"title": "T"}),
    "discussions.change_audience": Form("/t/{topic}/audience", of_discussions.SetAudienceParams, {"inherits": "0", "read": "people", "people": "otto"}),
    "discussions.lock_topic": Form("/t/{topic}/lock", of_discussions.ReasonParams, {}),
    "discussions.unlock_topic": Form("/t/{topic}/unlock", of_discussions.OptionalReasonParams, {}),
    "discussions.pin_topic": Form("/t/{topic}/pin", of_curating.PinParams, {}),
    "discussions.unpin_topic": Form("/t/{topic}/unpin", of_discussions.OptionalReasonParams, {}),
    "discussions.archive_topic": Form("/t/{alone}/archive", of_discussions.ReasonParams, {}),
    "discussions.unarchive_topic": Form("/t/{alone}/unarchive", of_discussions.OptionalReasonParams, {}),
    "discussions.slow_topic": Form("/t/{topic}/slow", of_curating.SlowParams, {"seconds": "60"}),
    "discussions.change_author_of_post": Form("/posts/{post}/author", of_curating.AuthorParams, {"username": "otto", "reason": "Why."}),
    "moderation.act_on_several": Form("/c/lounge/choose", of_moderation.SeveralParams, {"topics": ["1"], "reason": "Why."}),
    "staff.add_moderator": Form("/staff/categories/lounge/moderators", of_staff.ModeratorParams, {"username": "otto"}),
    "discussions.move_topic": Form("/t/{alone}/move", of_curating.MoveParams, {"category": "nook", "reason": "Why."}),
    "discussions.merge_topic": Form("/t/{alone}/merge", of_curating.MergeParams, {"target": "1", "reason": "Why."}),
    "discussions.act_on_posts": Form("/t/{topic}/choose", of_curating.ChosenParams, {"posts": ["1"], "reason": "Why."}),
    "moderation.undo_all": Form("/moderation/log/1/undo-together", of_discussions.OptionalReasonParams, {}),
    "moderation.undo": Form("/moderation/log/1/undo", of_discussions.OptionalReasonParams, {}),
    "discussions.hide_topic": Form("/t/{topic}/hide", of_discussions.ReasonParams, {}),
    "discussions.restore_topic": Form("/t/{topic}/restore", of_discussions.OptionalReasonParams, {}),
    "discussions.delete_topic": Form("/t/{alone}/delete", of_discussions.ReasonParams, {}),
    "discussions.mark_read": Form("/t/{topic}/read", of_discussions.NumberParams, {}),
    "discussions.mark_unread": Form("/t/{topic}/unread", of_discussions.NumberParams, {}),
    "discussions.edit": Form("/posts/{post}/edit", of_discussions.EditParams, {"body": "B"}),
    "discussions.hide_post": Form("/posts/{post}/hide", of_discussions.ReasonParams, {}),
    "discussions.restore_post": Form("/posts/{post}/restore", of_discussions.OptionalReasonParams, {}),
    "discussions.delete_post": Form("/posts/{gone}/delete", of_discussions.ReasonParams, {}),
    "discussions.change_reaction": Form("/posts/{post}/reactions/like", of_discussions.ReactionParams, {}),
    "discussions.put_bookmark": Form("/bookmarks/{bookmark}", of_discussions.BookmarkParams, {"remind": "own", "at": "2026-12-01T08:30"}),
    "discussions.change_ignore_of_author": Form("/posts/{post}/ignore", of_accounts.IgnoreParams, {}),
    "accounts.change_ignore": Form("/people/mina/ignore", of_accounts.IgnoreParams, {}),
    "discussions.remove_file_of_post": Form("/posts/{post}/remove-file", of_discussions.RemoveFileParams, {}),
    "discussions.ignore_by_name": Form("/settings/ignored", of_accounts.IgnoreByNameParams, {}),
    "discussions.hide_revision": Form("/revisions/1/hide", of_discussions.ReasonParams, {}),
    "accounts.make_feed_token": Form("/settings/feeds", of_accounts.FeedTokenParams, {}),
    "accounts.confirm": Form("/confirm/nothing", of_accounts.ConfirmParams, {}),
    "staff.keep_template": Form("/staff/categories/lounge/templates", of_staff.TemplateParams, {"name": "N", "body": "B"}),
    "staff.keep_field": Form("/staff/categories/lounge/templates/{template}/fields", of_staff.FormFieldParams, {"label": "L"}),
    "staff.create_tag": Form("/staff/tags", of_staff.TagParams, {"name": "N"}),
    "staff.change_tag": Form("/staff/tags/pain", of_staff.TagParams, {"name": "N"}),
    "staff.merge_tag": Form("/staff/tags/pain", of_staff.MergeTagParams, {"into": "N"}),
    "staff.keep_tag_group": Form("/staff/tags/groups", of_staff.TagGroupParams, {"name": "N"}),
    "explaining.begin_preview": Form("/look", of_explaining.PreviewParams, {"guise": "guest"}),
    "explaining.begin_preview_of_topic": Form("/t/{topic}/look", of_explaining.PreviewParams, {"guise": "guest"}),
    "moderation.flag_post": Form("/posts/{others}/flag", of_moderation.FlagParams, {"reason": "spam"}),
    "moderation.flag_message": Form("/messages/said/{their_message}/flag", of_moderation.MessageFlagBody, {"reason": "spam"}),
    "moderation.judge_message_flag": Form("/moderation/messages/{message_flag}", of_moderation.JudgeMessageFlagBody, {"act": "dismiss", "reason": "Why."}),
    "moderation.judge_flags": Form("/moderation/queue/{review}", of_moderation.JudgeParams, {"act": "dismiss", "reason": "Why."}),
    "notifications.update_notification_preferences": Form("/settings/notifications", of_notifications.PreferencesParams, {}),
    "notifications.stop_mail": Form("/unsubscribe/nothing", of_notifications.UnsubscribeParams, {}),
    "messaging.begin": Form("/messages/new", of_messages.BeginParams, {"people": "otto", "body": "B", "client_id": "c"}),
    "messaging.say": Form("/messages/{group}", of_messages.SayParams, {"body": "B", "client_id": "c"}),
    "messaging.mark_read": Form("/messages/{group}/read", of_messages.UpToParams, {"seq": "1"}),
    "messaging.keep": Form("/messages/{group}/keep", of_messages.KeepParams, {"do": "pin"}),
    "messaging.rename": Form("/messages/{group}/name", of_messages.GroupParams, {"name": "N"}),
    "messaging.add_person": Form("/messages/{group}/people", of_messages.PersonParams, {"username": "mina"}),
    "messaging.remove_person": Form("/messages/{group}/people/remove", of_messages.PersonParams, {"username": "mina"}),
    "messaging.hand_over": Form("/messages/{group}/owner", of_messages.PersonParams, {"username": "nobody"}),
    "messaging.change_message": Form("/messages/said/{message}", of_messages.ChangeParams, {"body": "B"}),
    "messaging.change_reaction": Form("/messages/said/{answered}/reactions/like", of_messages.SwitchParams, {}),
    "messaging.choose": Form("/settings/messages", of_messages.ChoicesParams, {}),
    "messaging.change_block": Form("/people/otto/block", of_messages.SwitchParams, {}),
    "discussions.watch": Form("/t/{topic}/watch", of_notifications.TopicWatchParams, {}),
    "boards.watch_category": Form("/c/lounge/watch", of_notifications.PlaceWatchParams, {}),
    "notifications.mark_notifications_read": Form("/notifications/read", of_notifications.SeenParams, {"up_to": "1"}),
    "discussions.restore_revision": Form("/revisions/1/restore", of_discussions.OptionalReasonParams, {}),
}  # fmt: skip
# Buttons: nothing is sent but where they stand. `report_shown` takes JSON from scripts of ours; `bring` takes a file, see tests/media.
BUTTONS = {
    "accounts.end_session", "accounts.end_other_sessions", "accounts.sign_out", "accounts.revoke_token",
    "staff.archive", "staff.unarchive", "staff.move_up", "staff.move_down", "staff.end_sessions", "staff.reinstate",
    "media.bring", "media.delete_upload", "media.remove_upload", "accounts.renew_feed_token", "accounts.revoke_feed_token", "explaining.end_preview", "staff.drop_template", "staff.delete_tag", "staff.delete_tag_group", "staff.drop_field", "staff.raise_field", "discussions.withdraw_vote", "take_csp_reports",
    "staff.revoke_role", "staff.remove_moderator", "discussions.discard_draft", "boards.mark_category_read", "boards.mark_everything_read",
    "discussions.note_look", "discussions.keep_post", "discussions.remove_bookmark", "accounts.stop_ignoring",
    "notifications.mark_notification_read", "discussions.mail_again", "messaging.leave", "messaging.delete_message",
}  # fmt: skip
QUERIES = {
    "/c/lounge": list(CategoryPageParams.model_fields),
    "/t/{topic}/x": list(of_discussions.PageParams.model_fields),
    "/new": ["category", "draft"],
    "/unread": ["after", "show"],
    "/drafts": ["after"],
    "/bookmarks": list(of_discussions.BookmarkListParams.model_fields),
    "/settings/uploads": ["after"],
    "/settings/watching": list(of_notifications.FollowedPageParams.model_fields),
    "/notifications": list(of_notifications.NotificationPageParams.model_fields),
    "/people/mina": ["after", "tab"],
    "/staff/people": list(of_staff.FindPeopleParams.model_fields),
    "/staff/audiences": ["place", "person"],
    "/moderation": list(of_moderation.QueueParams.model_fields),
    "/flags": ["after"],
    "/flags/messages": ["after"],
    "/moderation/messages": list(of_moderation.MessageFlagsParams.model_fields),
    "/t/{topic}/choose": list(of_curating.ChoosingParams.model_fields),
    "/moderation/log": list(of_moderation.LogParams.model_fields),
    "/c/lounge/choose": ["after"],
    "/signin": ["next"],
    "/settings/prove": ["next"],
    "/messages": list(of_messages.InboxPageParams.model_fields),
    "/messages/{group}": list(of_messages.TalkPageParams.model_fields),
    "/messages/new": ["to"],
}


@pytest.fixture
def things(app: Flask, cast: Cast, database: str) -> dict[str, str]:
    return images.made_or_put_back(app, database, "things", lambda: make_things(cast))


def make_things(cast: Cast) -> dict[str, str]:
    create_tag(TagPlan("Pain"), actor=None)
    template = settled(keep_template(cast.lounge, name="N", body="B", actor=cast.staff))
    asked = make_topic(cast.lounge, cast.staff)
    voted = settled(reply(asked, author=cast.staff, written=written("P"), poll=PollPlan("Q", ("A", "B"))))
    topic, alone = make_topic(cast.lounge, cast.member), make_topic(cast.lounge, cast.staff)
    post, gone = make_post(topic, cast.staff), make_post(topic, cast.staff)
    others = make_post(topic, cast.other)
    flag, _new = flag_post(others, actor=cast.member, reason=FlagReason.SPAM)
    review = flag.review_id
    kept = keep_post(post, reader=db.session.get_one(User, cast.staff.id))
    staff, otto = db.session.get_one(User, cast.staff.id), db.session.get_one(User, cast.other.id)
    said = start_group([otto], author=staff, name="G", written=prepare_message("B"), client_id="begun")
    answered = write_to(staff, author=otto, written=prepare_message("B"), client_id="written")
    return {
        "bookmark": str(kept.id),
        "group": str(said.conversation_id),
        "message": str(said.id),
        "answered": str(answered.id),
        "topic": str(topic.id),
        "template": str(template.id),
        "poll": str(voted.id),
        "alone": str(alone.id),
        "post": str(post.id),
        "gone": str(gone.id),
        "others": str(others.id),
        "review": str(review),
        **make_talk(cast),
    }


def make_talk(cast: Cast) -> dict[str, str]:
    """A conversation of staff with another, in which both have said something, and a message that was reported."""
    staff, other, member = (db.session.get_one(User, who.id) for who in (cast.staff, cast.other, cast.member))
    mine = write_to(other, author=staff, written=prepare_message("Hello."), client_id="mine")
    theirs = write_to(staff, author=other, written=prepare_message("Hello back."), client_id="theirs")
    bad = write_to(member, author=other, written=prepare_message("Rude."), client_id="bad")
    flag, _new = flag_message(bad.id, actor=member, reason=FlagReason.RUDE)
    return {
        "conversation": str(mine.conversation_id),
        "message": str(mine.id),
        "their_message": str(theirs.id),
        "message_flag": str(flag.id),
    }


def sent_by_rounds(
    app: Flask,
    takes: type[Params],
    good: dict[str, Any],
    bad: list[Any],
    together: int,
    most: int,
    *,
    is_form: bool,
) -> Iterator[dict[str, Any]]:
    """What to send, after every value was read for every field: `together` with all fields bad at once; then values that
    each field takes, `most` of them at most, with all else good."""
    chance = random.Random(SEED)
    names = list(takes.model_fields)
    with app.test_request_context():
        taken = {name: [v for v in bad if is_taken(takes, good, name, v, is_form=is_form)] for name in names}
    order = {name: chance.sample(bad, min(len(bad), together)) for name in names}
    for of_round in zip(*order.values(), strict=True):
        yield dict(zip(names, of_round, strict=True))
    order = {name: chance.sample(of, min(len(of), most)) for name, of in taken.items()}
    for number in range(max(map(len, order.values()), default=0)):
        yield good | {name: of[number] for name, of in order.items() if number < len(of)}


def is_taken(takes: type[Params], good: dict[str, Any], name: str, value: Any, *, is_form: bool) -> bool:
    """Whether a field takes a value; what it does not take is refused in the one way that doors know how to answer."""
    try:
        if is_form:
            parse(
                takes,
                good
                | {
                    name: [value]
                    if name in {"scopes", "numbers", "choices", "posts", "topics", "context"}
                    else value
                },
            )
        else:
            takes.model_validate_json(json.dumps(good | {name: value}), strict=True)
    except (Invalid, Malformed, ValidationError):
        return False
    return True


def values_for(database: str, all_values: list[Any]) -> tuple[list[Any], int, int]:
    """The values, and how many to send at most with all fields bad at once, and of what fields take.

    On PostgreSQL text alone, and what fields take: nothing else gets as far as the database.
    """
    if database.startswith("sqlite"):
        return all_values, *((COUNT // 3, COUNT) if MANY else (6, 15))
    return [value for value in all_values if isinstance(value, str)], *(
        (COUNT // 3, COUNT) if MANY else (0, 8)
    )


def test_every_form_is_tried(app: Flask) -> None:
    doors = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith(API)
    }
    assert doors == FORMS.keys() | BUTTONS
    assert len(set(texts())) == len(values()) == COUNT


@pytest.mark.parametrize("name", FORMS)
def test_no_value_in_a_form_makes_it_fall(
    app: Flask,
    cast: Cast,
    sign_in: SignIn,
    submit: Submit,
    things: dict[str, str],
    database: str,
    name: str,
) -> None:
    form, browser = FORMS[name], sign_in(cast.staff)
    address = form.address.format(**things)
    for fields in sent_by_rounds(app, form.takes, form.good, *values_for(database, texts()), is_form=True):
        answer = submit(browser, address, **fields)
        assert answer.status_code < 500, (answer.status_code, fields)
        assert "Set-Cookie: a=b" not in str(answer.headers)
        assert "<script>alert(1)</script>" not in answer.text
        assert "evil.example" not in answer.headers.get("Location", "")


def test_no_value_in_an_operation_makes_it_fall(
    app: Flask, cast: Cast, program: ProgramOf, things: dict[str, str], database: str
) -> None:
    staff, seen = program(cast.staff), set()
    where = {
        "topic_id": things["topic"],
        "post_id": things["post"],
        "slug": "lounge",
        "username": "mina",
        "review_id": things["review"],
        "conversation_id": things["conversation"],
        "message_id": things["message"],
        "message_flag_id": things["message_flag"],
    }
    good = {
        "title": "T",
        "body": "B",
        "number": 1,
        "reason": "Why.",
        "name": "N",
        "target": "topic",
        "client_id": "",
        "seconds": 60,
        "act": "dismiss",
        "post_id": things["others"],
        "category": "nook",
        "username": "otto",
        "level": "normal",
        "post_ids": ["1"],
        "topic_ids": ["1"],
        "into": "pain",
        "makers": "members",
        "choices": [0],
        "participants": ["otto"],
        "seq": 1,
    }
    for one in declared_operations(app):
        takes = one.operation.takes
        if takes is None or takes in seen:
            continue
        seen.add(takes)
        path = one.path.format(**{name: where.get(name, "1") for name, _kind in one.arguments})
        needed = {name: good[name] for name, field in takes.model_fields.items() if field.is_required()}
        if needed.get("client_id") == "":
            needed["client_id"] = "of-a-tab"
        if takes is of_curating.MergeBody:
            needed["target"] = "1"
        if takes in {of_moderation.SeveralTopicsBody, of_moderation.SeveralPostsBody}:
            needed |= {"act": "hide", "reason": "Why."}
        for body in sent_by_rounds(app, takes, needed, *values_for(database, values()), is_form=False):
            answer = staff.call(
                one.method, path, data=json.dumps(body).encode(), content_type="application/json"
            )
            if answer.status_code in {400, 422}:
                assert answer.json.get("errors") or answer.json.get("detail"), (path, body)
            if any(
                isinstance(value, str) and ("\x00" in value or "\ud800" in value) for value in body.values()
            ):
                assert answer.status_code in {400, 403, 404}, (path, body)


@pytest.mark.one_database
def test_no_value_in_a_query_an_address_or_a_header_makes_it_fall(
    app: Flask, cast: Cast, program: ProgramOf, sign_in: SignIn, things: dict[str, str]
) -> None:
    staff, browser = program(cast.staff), sign_in(cast.staff)
    where = {"topic_id": things["topic"], "post_id": things["post"], "slug": "lounge", "username": "mina"}
    where |= {"conversation_id": things["conversation"], "message_id": things["message"]}
    known = list(declared_operations(app))
    reads = [one for one in known if one.method == "GET" and one.path != "/openapi.json"]
    for number, text in enumerate(texts() if MANY else random.Random(SEED).sample(texts(), 20)):
        encodable = text.encode("utf-8", "replace")
        for one in reads:
            path = one.path.format(**{name: where.get(name, "1") for name, _kind in one.arguments})
            if one.operation.query is not None:
                for name in one.operation.query.model_fields:
                    staff.get(path, query_string={name: text})
            if one.arguments and number % 2:
                staff.browser.get(
                    API + one.path.format(**{name: quote(encodable, safe="") for name, _k in one.arguments})
                )
        line = (
            "".join(c for c in text if c.isprintable()).encode("latin-1", "replace").decode("latin-1")[:3000]
        )
        for header in ("If-None-Match", "If-Match", "Idempotency-Key"):
            method, path = (
                ("GET", "/me") if header == "If-None-Match" else ("PATCH", f"/topics/{things['topic']}")
            )
            staff.call(
                method,
                path,
                headers={header: line},
                **({"json": {"title": "T"}} if method == "PATCH" else {}),
            )
        refused = staff.browser.get(f"{API}/me", headers={"Authorization": line})
        assert refused.status_code == 401
        for address, names in QUERIES.items():
            page = browser.get(address.format(**things), query_string=dict.fromkeys(names, text))
            assert page.status_code < 500, (address, text[:80])
            assert "<script>alert(1)</script>" not in page.text
