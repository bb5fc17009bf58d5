"""The files of the demo agree with each other, and there is as much in them as the demo promises."""

from collections import Counter

import pytest

from forum.demo.checking import find_faults
from forum.demo.parsing import read_demo
from forum.demo.plan import Demo, Topic


@pytest.fixture(scope="module")
def demo() -> Demo:
    return read_demo()


def depth(topic: Topic) -> int:
    """Levels of answers below the first post."""
    levels: dict[int, int] = {}
    for post in topic.posts:
        levels[post.number] = levels[post.parent] + 1 if post.parent else 0
    return max(levels.values())


def test_the_files_have_no_fault(demo: Demo) -> None:
    assert find_faults(demo) == []


def test_sixty_people_of_every_standing(demo: Demo) -> None:
    standings = Counter(person.standing for person in demo.people)
    assert len(demo.people) == 60
    assert standings == {"member": 49, "guest": 8, "lapsed": 3}
    assert sum(person.standing == "lapsed" and person.is_member(60) for person in demo.people) == 2
    assert sum(person.suspended is not None for person in demo.people) == 1
    assert len({person.country for person in demo.people}) >= 35


def test_everybody_has_something_to_say(demo: Demo) -> None:
    silent = {person.username for person in demo.people} - {p.author for t in demo.topics for p in t.posts}
    assert silent == set()


def test_one_demo_account_for_each_part(demo: Demo) -> None:
    accounts = {person.demo: person.username for person in demo.people if person.demo}
    assert accounts == {
        "guest": "giacomo",
        "member": "noor",
        "blogger": "tuomas",
        "editor": "tereza",
        "moderator": "mairead",
        "staff": "haruka",
    }


def test_every_place_has_something_in_it(demo: Demo) -> None:
    assert {topic.category for topic in demo.topics} == {category.slug for category in demo.categories}


def test_three_long_discussions_go_deep(demo: Demo) -> None:
    long = [topic for topic in demo.topics if len(topic.posts) >= 40]
    assert len(long) == 3
    assert all(depth(topic) >= 5 for topic in long)
    assert sum(8 <= len(topic.posts) <= 20 for topic in demo.topics) >= 12
    assert len(demo.topics) >= 34


def test_every_way_of_setting_an_audience_is_there(demo: Demo) -> None:
    place = {category.slug: category for category in demo.categories}
    opened = [t for t in demo.topics if t.opened and t.read != "people"]
    assert {t.read for t in opened if place[t.category].read == "members"} == {"public", "guests"}
    assert {t.read for t in demo.topics} >= {"members", "people", "group", None}
    assert any(t.read == "members" and place[t.category].read == "guests" for t in demo.topics)


def test_things_have_happened_to_posts_and_topics(demo: Demo) -> None:
    posts = [post for topic in demo.topics for post in topic.posts]
    assert any(post.hidden for post in posts)
    assert any(post.deleted for post in posts)
    assert any(post.edited for post in posts)
    assert any(topic.locked for topic in demo.topics)
    assert any(topic.pinned for topic in demo.topics)


def test_it_is_alive_to_the_last_hour(demo: Demo) -> None:
    last_minutes = [topic.posts[-1].ago.total_seconds() / 60 for topic in demo.topics]
    assert min(last_minutes) < 15
    assert sum(minutes < 60 for minutes in last_minutes) >= 5
