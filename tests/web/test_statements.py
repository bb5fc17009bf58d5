"""What a page costs: statements, for each page, and none more for more rows."""

from typing import Any

import pytest
from flask import Flask

from forum.access.models import RoleName
from forum.accounts.actions import grant_role
from forum.admin.actions import change_settings
from forum.boards.actions import MOST_TEMPLATES, keep_template
from forum.core import settings
from forum.discussions.actions.concealing import hide_post
from forum.discussions.actions.locking import lock_topic
from forum.discussions.actions.tagging import set_tags
from forum.groups.actions import add_people, create_group
from forum.groups.models import GroupKind
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_category, make_post, make_topic, make_user

# Page: the most statements somebody signed in may cost (the first one tells who asks).
BUDGET = {
    "/c": 6,
    "/c/lounge": 5,
    "/tags": 4,
    "/tags/pain": 6,
    "/c/lounge?tag=pain": 6,
    "/unread": 5,
    "/unread?show=followed": 6,
    "/new?category=lounge": 5,
    "/drafts": 4,
    "/moderation/log": 9,
    "/staff/people": 5,
    "/settings/posts": 4,
    "/people/mina": 8,
}


@pytest.mark.parametrize("page", BUDGET)
def test_a_page_keeps_its_budget_and_costs_no_more_for_more_rows(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any, page: str
) -> None:
    browser = sign_in(cast.staff)

    def grow(n: int) -> None:
        for i in range(n):
            place = make_category(
                f"more{n}-{i}", read="group" if i % 2 else "members", group_id=cast.closed_group.id
            )
            topic = make_topic(cast.lounge, cast.other)
            make_post(topic, cast.member)
            make_topic(place, cast.member)
            word = "Pain" if page.endswith("pain") or not i else f"Word {n} {i}"
            set_tags(topic, [word], actor=cast.staff)

    counts = []
    for n in (2, 6):
        with app.app_context():
            grow(n)
        assert browser.get(page).status_code == 200
        with count_statements() as sent:
            browser.get(page)
        counts.append(len(sent))
    assert counts[0] == counts[1], (counts, sent)
    assert counts[1] <= BUDGET[page], (counts, sent)


# The pages of staff and moderators, which hold much of everything.
STAFF_BUDGET = {
    "/staff/people": 4,
    "/staff/people?standing=member": 4,
    "/staff/people/mina": 7,
    "/staff/categories": 5,
    "/staff/categories/new": 3,
    "/staff/categories/lounge": 4,
    "/staff/categories/lounge/templates": 3,
    "/staff/audiences": 6,
    "/staff/settings": 4,
    "/moderation/log": 8,  # three of them for what can be undone
    "/moderation/log?kind=all": 9,
    "/moderation/log?kind=user:role_granted": 4,
}


def test_a_page_for_staff_costs_the_same_with_five_rows_and_with_twenty(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any
) -> None:
    browser = sign_in(cast.staff)

    def grow(first: int, last: int) -> None:
        """Rows of every kind that these pages show, by and about different people."""
        for i in range(first, last):
            person = make_user(f"row{i}")
            group = create_group(f"row-{i}", name=f"Row {i}", kind=list(GroupKind)[i % 3], actor=cast.staff)
            add_people(group, [person], actor=cast.staff)
            place = make_category(f"row-{i}", read="group" if i % 2 else "members", group_id=group.id)
            for who in (person, cast.member):
                grant_role(who, RoleName.MODERATOR, place_id=place.place_id, actor=cast.staff)
            topic = make_topic(cast.lounge, person)
            hide_post(make_post(topic, person), actor=cast.moderator, reason="Said twice.")
            lock_topic(topic, actor=cast.site_moderator, reason="Done.")
            if i < MOST_TEMPLATES:
                keep_template(cast.lounge, name=f"Template {i}", body="## Question", actor=cast.staff)
            change_settings({**settings.current().model_dump(), "tagline": f"Line {i}"}, actor=cast.staff)

    counts: list[dict[str, int]] = []
    for first, last in ((0, 5), (5, 20)):
        with app.app_context():
            grow(first, last)
        counts.append({})
        for page in STAFF_BUDGET:
            assert browser.get(page).status_code == 200
            with count_statements() as sent:
                browser.get(page)
            counts[-1][page] = len(sent)
    few, many = counts
    assert few == many
    assert {page: n for page, n in many.items() if n > STAFF_BUDGET[page]} == {}
