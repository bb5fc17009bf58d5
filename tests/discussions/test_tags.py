"""Tags: given, governed, found by, counted as far as one may read."""

from typing import Any

import pytest
from flask import Flask

from forum.admin.actions import change_settings
from forum.audit.models import AuditEntry
from forum.core import settings
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import transaction
from forum.discussions.actions import concealing, tag_groups
from forum.discussions.actions.tagging import TagPlan, create_tag, set_tags
from forum.discussions.counting import counted, recount, stored
from forum.discussions.models import Topic
from forum.discussions.models.tags import Tag
from forum.discussions.queries.tags import tags_as_typed, vocabulary
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import choice, make_topic
from tests.racing import Race

Submit = Any


def tag(name: str, **more: Any) -> Tag:
    return create_tag(TagPlan(name, **more), actor=None)


def typed(topic: Topic) -> str:
    return tags_as_typed(db.session.get_one(Topic, topic.id, populate_existing=True))


def let_make(cast: Cast, who: str) -> None:
    change_settings({**settings.current().model_dump(), "tag_makers": who}, actor=cast.staff)


def test_a_topic_is_started_with_tags_and_found_by_them(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        tag("Palliative care", description="At the end.", words=["Hospice"])
        tag("Opioids")
    member = sign_in(cast.member)
    form = member.get("/new?category=lounge").text
    assert '<option value="Palliative care">' in form
    sent = submit(
        member,
        "/new",
        category="lounge",
        title="At home",
        body="How?",
        tags=" hospice, OPIOIDS,palliative  care",
    )
    assert sent.status_code == 303
    page = member.get(sent.location).text
    assert 'href="/tags/palliative-care"' in page
    assert 'href="/tags/opioids"' in page
    for address in ("/tags/opioids", "/c/lounge?tag=opioids", "/c/lounge", "/"):
        assert "At home" in member.get(address).text, address
    led = member.get("/tags/hospice")
    assert (led.status_code, led.location) == (303, "/tags/palliative-care")
    assert member.get("/tags/nothing").status_code == member.get("/c/lounge?tag=nothing").status_code == 404


def test_what_cannot_be_taken_is_told_at_the_field_and_kept(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        kind = tag_groups.keep_group(
            None, name="Kind", only_one=True, place_ids=[cast.lounge.place_id], actor=cast.staff
        )
        tag("Case", group_id=kind.id)
        tag("Question", group_id=kind.id)
        tag("Pain")
    member = sign_in(cast.member)
    assert "One of Kind (Case, Question) is needed." in member.get("/new?category=lounge").text
    for tags, told in {
        "": "Here a topic needs one of Kind (Case, Question).",
        "Pain": "Here a topic needs one of Kind",
        "Case, Question": "Only one of Kind: choose between “Case” and “Question”.",
        "Case, Unheard of": "There is no tag “Unheard of”. Only staff",
        f"Case, {'x' * 33}": "At most 32 characters",
        "Case, a, b, c, d, e": "At most 5 tags",
        "Case, ???": "A tag is a word or a few",
    }.items():
        page = submit(member, "/new", category="lounge", title="T", body="B", tags=tags)
        assert page.status_code == 422
        assert told in page.text, tags
        assert f'name="tags" type="text" value="{tags}"' in page.text
    assert submit(member, "/new", category="nook", title="T", body="B", tags="Pain").status_code == 303
    assert (
        submit(member, "/new", category="lounge", title="T", body="B", tags="Pain, case").status_code == 303
    )


def test_who_may_make_tags_is_the_choice_of_the_society(app: Flask, cast: Cast) -> None:
    with app.app_context():
        topics = {
            who: make_topic(cast.lounge, person)
            for who, person in cast.people.items()
            if who in ("staff", "moderator", "member")
        }
        for makers, allowed in {"staff": 1, "moderators": 2, "members": 3}.items():
            let_make(cast, makers)
            for place, who in enumerate(("staff", "moderator", "member"), start=1):
                actor, name = getattr(cast, who), f"{makers} {who}"
                if place <= allowed:
                    assert typed(set_tags(topics[who], [name], actor=actor)) == name
                else:
                    with pytest.raises(Invalid):
                        set_tags(topics[who], [name], actor=actor)


def test_a_word_that_somebody_made_is_there_for_those_who_may_read_a_topic_with_it(
    app: Flask, cast: Cast, program: ProgramOf
) -> None:
    with app.app_context():
        let_make(cast, "members")
        shown, own = make_topic(cast.lounge, cast.member), make_topic(cast.closed, cast.insider)
        set_tags(own, ["Inner"], actor=cast.insider)
        set_tags(shown, ["Outer"], actor=cast.member)
    names = {
        who: [one["name"] for one in program(getattr(cast, who)).items("/tags")]
        for who in ("guest", "member", "insider", "staff")
    }
    assert names == {"guest": [], "member": ["Outer"], "insider": ["Inner", "Outer"], "staff": ["Outer"]}
    assert program(cast.member).get("/tags/inner").status_code == 404
    assert program(cast.insider).get("/tags/inner").json["topic_count"] == 1
    with app.app_context():
        let_make(cast, "staff")
        with pytest.raises(Invalid):
            set_tags(shown, ["Inner"], actor=cast.member)
        set_tags(own, ["inner"], actor=cast.insider)
        create_tag(TagPlan("INNER", description="Now for all."), actor=cast.staff)
        assert typed(own) == "INNER"
    assert program(cast.guest).get("/tags/inner").json["topic_count"] == 0


def test_counts_follow_what_happens_to_topics(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        tag("Pain")
        topics = [make_topic(cast.lounge, cast.member) for _ in range(3)]
        for topic in topics:
            set_tags(topic, ["Pain"], actor=cast.member)
        opened = make_topic(cast.lounge, cast.member, audience=choice("guests", opened=True))
        set_tags(opened, ["Pain"], actor=cast.member)

    def count(who: str) -> int:
        found: int = program(getattr(cast, who)).get("/tags/pain").json["topic_count"]
        assert found == len(program(getattr(cast, who)).items("/tags/pain/topics"))
        return found

    assert [count(who) for who in ("guest", "member", "moderator")] == [1, 4, 4]
    with app.app_context():
        concealing.hide_topic(topics[0], actor=cast.moderator, reason="No.")
        set_tags(topics[1], [], actor=cast.member)
    assert [count(who) for who in ("guest", "member", "moderator")] == [1, 2, 2]
    with app.app_context():
        concealing.restore_topic(topics[0], actor=cast.moderator)
        assert counted() == {key: value for key, value in stored().items() if any(value)}
        with transaction():
            assert recount() == 0
    assert count("member") == 3


def test_a_moderator_changes_tags_and_the_thread_and_the_log_say_so(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        tag("Pain")
        topic = make_topic(cast.lounge, cast.member, "Where?")
    moderator = sign_in(cast.moderator)
    where = f"/t/{topic.id}/rename"
    assert submit(moderator, where, title="Where?", tags="pain").status_code == 303
    assert "changed the tags" in moderator.get(f"/t/{topic.id}/{topic.slug}").text
    with app.app_context():
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "topic:tagged")).one()
        assert (entry.detail["before"], entry.detail["after"]) == ([], ["Pain"])
    assert submit(sign_in(cast.other), where, title="Mine", tags="").status_code == 403
    assert submit(sign_in(cast.guest), where, title="Mine", tags="").status_code == 404
    first = moderator.get(f"/api/v1/topics/{topic.id}/posts").json["items"][0]["id"]
    edit = submit(
        sign_in(cast.member), f"/posts/{first}/edit", title="Where?", body="The first post.", tags=""
    )
    assert edit.status_code == 303
    with app.app_context():
        assert typed(topic) == ""


def test_programs_give_and_read_tags(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        tag("Pain", words=["Ache"])
    member = program(cast.member)
    made = member.post("/categories/lounge/topics", {"title": "T", "body": "B", "tags": ["ache"]})
    assert made.status_code == 201
    assert made.json["tags"] == [{"slug": "pain", "name": "Pain"}]
    bad = member.post("/categories/lounge/topics", {"title": "T", "body": "B", "tags": ["Nothing"]})
    assert (bad.status_code, list(bad.json["errors"])) == (422, ["tags"])
    changed = member.patch(f"/topics/{made.json['id']}", {"tags": []})
    assert (changed.json["tags"], changed.json["title"]) == ([], "T")
    assert member.get("/categories/lounge/topics?tag=pain").json["items"] == []
    assert member.get("/categories/lounge/topics?tag=nothing").status_code == 404
    found = member.get("/tags?q=AC").json["items"]
    assert [(one["name"], one["synonyms"]) for one in found] == [("Pain", ["Ache"])]


def test_staff_rename_merge_and_delete(app: Flask, cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    staff = sign_in(cast.staff)
    with app.app_context():
        tag("Pain", words=["Ache"])
        tag("Dolor")
        both, one = make_topic(cast.lounge, cast.member), make_topic(cast.lounge, cast.member)
        set_tags(both, ["Dolor", "Pain"], actor=cast.member)
        set_tags(one, ["Dolor"], actor=cast.member)
    assert submit(staff, "/staff/tags", name="ache").status_code == 422
    assert submit(staff, "/staff/tags/dolor/merge", into="dolor").status_code == 422
    assert submit(staff, "/staff/tags/dolor/merge", into="ache").status_code == 303
    assert staff.get("/tags/dolor").location == "/tags/pain"
    assert staff.get("/api/v1/tags/pain").json["topic_count"] == 2
    with app.app_context():
        assert (typed(both), typed(one)) == ("Pain", "Pain")
        assert counted() == {key: value for key, value in stored().items() if any(value)}
    renamed = submit(staff, "/staff/tags/pain", name="Ache", description="", words="Dolor, Hurt")
    assert renamed.status_code == 303
    with app.app_context():
        assert typed(one) == "Ache"
        assert {word.name for word in vocabulary().words_for(vocabulary().by_slug["pain"])} == {
            "Dolor",
            "Hurt",
        }
    assert submit(staff, "/staff/tags/pain/delete").status_code == 303
    assert "There are no tags yet" in staff.get("/tags").text
    with app.app_context():
        assert (typed(both), typed(one)) == ("", "")
        assert not [key for key, value in stored().items() if key[0] == "tag" and any(value)]
    for who in (cast.moderator, cast.member):
        browser = sign_in(who)
        assert browser.get("/staff/tags").status_code == 403
        assert submit(browser, "/staff/tags", name="Mine").status_code == 403


def test_groups_are_arranged(app: Flask, cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    staff = sign_in(cast.staff)
    assert (
        submit(
            staff, "/staff/tags/groups", name="Organ", only_one="1", places=[str(cast.nook.place_id), "5"]
        ).status_code
        == 303
    )
    refused = submit(staff, "/staff/tags/groups", name="organ").text
    assert "is a group of this name" in refused
    assert 'href="#group-name"' in refused
    assert refused.count('id="group-name"') == 1, "the summary leads to one field, with what was typed"
    with app.app_context():
        (group,) = vocabulary().groups.values()
        assert (group.only_one, vocabulary().required) == (True, {cast.nook.place_id: [group.id]})
    submit(staff, "/staff/tags", name="Breast", group_id=str(group.id))
    for _twice in range(2):
        assert submit(staff, f"/staff/tags/groups?group={group.id}", name="Organs").status_code == 303
    with app.app_context():
        assert (vocabulary().groups[group.id].name, vocabulary().required) == ("Organs", {})
    assert "Organs" in staff.get("/tags").text
    page = staff.get("/staff/tags").text
    assert page.index(f'id="h-group-{group.id}"') < page.index('href="/staff/tags/breast"')
    assert "In no group" not in page
    asks = staff.get(f"/staff/tags/groups/{group.id}/delete").text
    assert "1 tag is in it. They stay, without a group, and no topic loses one." in asks
    assert "No topic needs one" not in asks
    assert staff.get("/staff/tags/groups/123/delete").status_code == 404
    submit(staff, f"/staff/tags/groups/{group.id}/delete")
    submit(staff, f"/staff/tags/groups/{group.id}/delete")
    with app.app_context():
        found = db.select(AuditEntry).where(AuditEntry.subject_kind == "tag_group")
        entries = list(db.session.scalars(found.order_by(AuditEntry.position)))
        assert [(e.action, e.detail["name"], e.actor_id) for e in entries] == [
            ("tag_group:created", "Organ", cast.staff.id),
            ("tag_group:changed", "Organs", cast.staff.id),
            ("tag_group:deleted", "Organs", cast.staff.id),
        ]
    log = staff.get("/moderation/log?kind=tag_group:changed").text
    for words in ("Was called: Organ<", "Several for a topic", "No longer needed in: Nook"):
        assert words in log, words
    assert "Organs" not in staff.get("/moderation/log").text
    assert "Organs" not in sign_in(cast.site_moderator).get("/moderation/log?kind=all").text
    page = staff.get("/tags").text
    assert "Breast" in page
    assert "Organs" not in page
    assert "Breast" in staff.get("/staff/tags").text


def test_heads_and_feeds_say_the_tags(app: Flask, cast: Cast) -> None:
    with app.app_context():
        tag("Pain")
        topic = make_topic(cast.welcome, cast.member)
        set_tags(topic, ["Pain"], actor=cast.member)
    visitor = app.test_client()
    assert '"keywords":["Pain"]' in visitor.get(f"/t/{topic.id}/{topic.slug}").text.replace(": ", ":")
    assert '<category term="pain" label="Pain" />' in visitor.get("/feeds/site.atom").text
    assert "Pain" in visitor.get("/tags").text


def test_it_is_said_first_what_it_comes_to_to_delete_a_tag(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        kind = tag_groups.keep_group(
            None, name="Kind", only_one=True, place_ids=[cast.nook.place_id], actor=cast.staff
        )
        create_tag(TagPlan("Pain", group_id=kind.id, words=["Ache"]), actor=None)
        for place, author in ((cast.lounge, cast.member), (cast.closed, cast.insider)):
            set_tags(make_topic(place, author), ["Pain"], actor=author)
    staff = sign_in(cast.staff)
    assert 'href="/staff/tags/pain/delete"' in staff.get("/staff/tags/pain").text
    page = staff.get("/staff/tags/pain/delete").text
    for words in ("1 topic loses it.", "Topics that are closed to you", "<bdi>Ache</bdi>", "<bdi>Nook</bdi>"):
        assert words in page, words
    assert sign_in(cast.site_moderator).get("/staff/tags/pain/delete").status_code == 403
    assert submit(staff, "/staff/tags/pain/delete").status_code == 303


def test_another_word_for_a_tag_leads_to_it_and_changes_nothing(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        tag("Pain", words=["Ache"])
        tag("Dolor")
    staff, old = sign_in(cast.staff), "/staff/tags/ache"
    assert [staff.get(old + way).location for way in ("", "/delete")] == ["/staff/tags/pain"] * 2
    for way, fields in (("", {"name": "Mine"}), ("/merge", {"into": "Dolor"}), ("/delete", {})):
        refused = submit(staff, old + way, **fields)
        assert refused.status_code == 409
        assert "“Ache” is only another word for “Pain”, so nothing was done." in refused.text
    with app.app_context():
        assert [one.name for one in vocabulary().tags] == ["Dolor", "Pain"]
    assert submit(staff, "/staff/tags/pain/merge", into="Dolor").status_code == 303


@pytest.mark.one_database("postgresql")
def test_two_make_the_same_tag_at_once(app: Flask, cast: Cast, database: str) -> None:
    """Both topics have it, and it is there once."""
    with app.app_context():
        let_make(cast, "members")
        one, two = make_topic(cast.lounge, cast.member), make_topic(cast.welcome, cast.other)

    def first(pause: Any) -> None:
        with transaction():
            set_tags(one, ["Fresh"], actor=cast.member)
            pause()

    Race(app, database).run(first, lambda: set_tags(two, ["fresh"], actor=cast.other))
    with app.app_context():
        assert (typed(one), typed(two)) == ("Fresh", "Fresh")
        assert len(vocabulary().tags) == 1
