"""What a page costs: statements, for each page, and none more for more rows."""

from typing import Any

import pytest
from flask import Flask

from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_category, make_post, make_topic

# Page: the most statements somebody signed in may cost (the first one tells who asks).
BUDGET = {
    "/c": 6,
    "/c/lounge": 5,
    "/unread": 5,
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
