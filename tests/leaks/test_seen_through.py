"""Explaining and previewing leak nothing: what a preview shows is in the table for both who look, and what is explained tells
an author no more than they may know. Known-bad changes, planted one by one, are each seen."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask

from forum.access import guises
from forum.access import viewer as viewers
from forum.access.explain import About
from forum.access.viewer import viewer_of
from forum.accounts import identity, previewing
from forum.accounts.queries import find_by_username
from forum.discussions.actions import concealing
from forum.explaining import api as explaining_api
from forum.explaining import asking, previews
from forum.explaining import queries as explaining_queries
from forum.web import fragments
from tests.factories import choice, make_post, make_topic
from tests.leaks.harvest import SignIn, browser_of, canaries_in, one_by_one
from tests.leaks.table import ALLOWED
from tests.leaks.test_leaks import masked_token
from tests.leaks.test_planted_leaks import any_topic
from tests.leaks.world import World

Patch = pytest.MonkeyPatch
KINDS = ("visitor", "guest", "member")
# Whom of the world staff look as, by the name of the principal.
PEOPLE = ("invited", "moderator", "insider")


def forget(app: Flask) -> None:
    viewers.forget_all()
    app.extensions.pop("kept_pages", None)
    fragments.forget()


def begin(browser: Any, at: str, world: World, seen: str) -> int:
    user = world.principals.get(seen)
    form = {"guise": seen} if seen in KINDS else {"guise": "person", "person": user.username}  # type: ignore[union-attr]
    status: int = browser.post(at, data=form, headers=masked_token(browser)).status_code
    return status


def is_page(address: str) -> bool:
    """Programs are refused while there is a preview (tests/explaining), and feeds read by their token; pages are what one looks at."""
    return not address.startswith(
        ("/feeds/", "/api/v1/topics", "/api/v1/posts", "/api/v1/explain", "/static")
    )


def is_under(start: str, address: str) -> bool:
    return address.startswith(start)


def seen_by(app: Flask, world: World, browser: Any, only: Callable[[str], bool]) -> Iterator[str]:
    """What is seen, each once, as it is found."""
    seen: set[str] = set()
    for _address, (_status, text) in one_by_one(app, world, browser, only=only):
        here = {world.tokens[token] for token in canaries_in([text])} - seen
        yield from sorted(here)
        seen |= here


def may_see(world: World, *names: str) -> set[str]:
    return {f for f, people in ALLOWED.items() if f in world.tokens.values() and people.issuperset(names)}


# Their own text and profile stay their own: they are not shown in a preview, which is of nobody in particular.
OWN = {
    "hidden-topic.body",
    "deleted-topic.body",
    "hidden-post.body",
    "deleted-post.body",
    "edited.before",
    "person-guest.bio",
}
# Staff arrange these places, and do not enter them: nor do they through those who do.
ARRANGED = {
    f"{place}.{facet}" for place in ("closed", "secret") for facet in ("name", "description", "guidelines")
}


def previewed_wrongly(
    app: Flask, world: World, sign_in: SignIn, seen: tuple[str, ...], *, whole: bool
) -> Iterator[str]:
    """What staff see through these people and may not, and what they do not see and should."""
    for name in seen:
        staff = browser_of(app, world, "staff", sign_in)
        assert begin(staff, "/look", world, name) == 303
        both, found = may_see(world, name, "staff"), set()
        for facet in seen_by(app, world, staff, is_page):
            found.add(facet)
            if facet not in both:
                yield f"LEAK staff as {name} sees {facet}"
        if whole:
            missing = both - found - OWN - ARRANGED - {"suspension.reason", "lounge.template", "lounge.field"}
            yield from (f"WITHHELD staff as {name} does not see {facet}" for facet in sorted(missing))


def authored_wrongly(app: Flask, world: World, sign_in: SignIn, *, whole: bool = True) -> Iterator[str]:
    """What an author sees through others at a topic of theirs.

    Elsewhere they are refused, whoever it is and whatever the topic (accounts/previewing). So all pages are asked for
    with each topic and with each person at least once, and in every other pair those of the topic.
    """
    topics, names = ("members", "people"), ("guest", "insider")
    if whole:
        topics = ("members", "guests", "opened-public", "people")
        names = ("moderator", *KINDS, "staff", "site_moderator", "insider")
    looked: set[str] = set()  # everywhere
    for turn in range(len(topics)):
        for number, name in enumerate(names):
            topic_name = topics[(turn + number) % len(topics)]
            author = browser_of(app, world, "author", sign_in)
            of_topic = f"/t/{world.topics[topic_name].id}"
            if begin(author, f"{of_topic}/look", world, name) != 303:
                continue
            everywhere = not looked.issuperset({topic_name, name})
            only = is_page if everywhere else partial(is_under, of_topic)
            looked |= {topic_name, name}
            both = may_see(world, name, "author")
            told = {f"{topic_name}.body"} | ({"edited.after"} if topic_name == "members" else set())
            for facet in seen_by(app, world, author, only):
                if facet not in both or (facet.endswith(".body") and facet not in told):
                    yield f"LEAK author as {name} at {topic_name} sees {facet}"
    assert looked == {*topics, *names}


def explained_wrongly(app: Flask, world: World, sign_in: SignIn) -> Iterator[str]:
    """What asking tells, beyond what the asker may know."""
    cast = world.cast
    with app.app_context():
        mine = make_topic(cast.lounge, cast.member, "Mine")
        heard = make_topic(
            cast.lounge,
            cast.member,
            "Heard",
            audience=choice("members", "group", group_id=cast.secret_group.id),
        )
        posts = [make_post(mine, cast.other), make_post(mine, cast.other)]
        concealing.hide_post(posts[0], actor=cast.moderator, reason="No.")
        concealing.delete_post(posts[1], actor=cast.other)
    browser = browser_of(app, world, "member", sign_in)

    def ask(subject: str, viewer: str, asker: Any = browser) -> tuple[int, str]:
        answer = asker.get("/api/v1/explain-access", query_string={"subject": subject, "viewer": viewer})
        return answer.status_code, answer.text

    if ask(f"topic:{heard.id}", "@caio") != ask(f"topic:{heard.id}", "@otto"):
        yield "LEAK who is in the secret group"
    if ask(f"topic:{mine.id}", "@uma") != ask(f"topic:{mine.id}", "@nobody-there"):
        yield "LEAK a name that has no profile"
    if ask(f"post:{posts[0].id}", "@otto") != ask(f"post:{posts[1].id}", "@otto"):
        yield "LEAK what became of a post"
    if "suspended" in ask(f"topic:{mine.id}", "@sven")[1] or "until" in ask(f"topic:{mine.id}", "@greta")[1]:
        yield "LEAK suspension and dates"
    never = ask("topic:123456", "guest")
    for name in ("secret", "closed", "people"):
        if ask(f"topic:{world.topics[name].id}", "guest") != never:
            yield f"LEAK that there is {name}"
    staff = browser_of(app, world, "staff", sign_in)
    for name in ("secret", "closed", "group"):
        if ask(f"topic:{world.topics[name].id}", "@ines", staff) != ask("topic:123456", "@ines", staff):
            yield f"LEAK to staff that there is {name}"


def test_staff_see_through_others_what_both_may_see(
    app: Flask, world: World, sign_in: SignIn, database: str
) -> None:
    """On PostgreSQL through one person only: what a preview changes is whose rights are put into the same statements."""
    seen = (*KINDS, *PEOPLE) if database.startswith("sqlite") else ("insider",)
    assert list(previewed_wrongly(app, world, sign_in, seen, whole=True)) == []


def test_an_author_sees_through_others_their_own_topic_alone(
    app: Flask, world: World, sign_in: SignIn, database: str
) -> None:
    whole = database.startswith("sqlite")
    assert list(authored_wrongly(app, world, sign_in, whole=whole)) == []


def test_asking_tells_no_more_than_one_may_know(app: Flask, world: World, sign_in: SignIn) -> None:
    assert list(explained_wrongly(app, world, sign_in)) == []


def rights_that_are_not_cut(patch: Patch) -> None:
    patch.setattr(guises, "_beyond", lambda _actor, _seen: set())


def a_preview_with_the_rights_of_whoever_looks(patch: Patch) -> None:
    patch.setattr(previewing, "seen_through", lambda actor, _seen: actor)


def a_preview_that_is_not_put_on(patch: Patch) -> None:
    patch.setattr(identity, "find_preview", lambda _session, _actor: None)


def a_preview_of_an_account(patch: Patch) -> None:
    """The person whole, with what is their own."""
    patch.setattr(previewing, "seen_as", lambda _actor, person: viewer_of(person))


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("plant", "seen"),
    [
        (rights_that_are_not_cut, "insider"),
        (rights_that_are_not_cut, "confidant"),
        (a_preview_with_the_rights_of_whoever_looks, "guest"),
        (a_preview_that_is_not_put_on, "visitor"),
        (a_preview_of_an_account, "confidant"),
    ],
)
def test_a_planted_leak_of_a_preview_is_seen(
    app: Flask, world: World, sign_in: SignIn, monkeypatch: Patch, plant: Callable[[Patch], None], seen: str
) -> None:
    forget(app)
    plant(monkeypatch)
    found = previewed_wrongly(app, world, sign_in, (seen,), whole=False)
    assert any(line.startswith("LEAK") for line in found)


def a_preview_that_goes_anywhere(patch: Patch) -> None:
    patch.setattr(previewing, "_refuse_more_than_looking", lambda _preview: None)


def an_author_who_sees_as_a_moderator(patch: Patch) -> None:
    patch.setattr(
        previewing, "seen_as", lambda _actor, person: guises.Viewer(None, viewer_of(person).rights, "person")
    )
    patch.setattr(previews, "seen_as", lambda _actor, person: viewer_of(person))


@pytest.mark.one_database
@pytest.mark.parametrize("plant", [a_preview_that_goes_anywhere, an_author_who_sees_as_a_moderator])
def test_a_planted_leak_to_an_author_is_seen(
    app: Flask, world: World, sign_in: SignIn, monkeypatch: Patch, plant: Callable[[Patch], None]
) -> None:
    forget(app)
    plant(monkeypatch)
    assert any(line.startswith("LEAK") for line in authored_wrongly(app, world, sign_in))


def answers_about_groups(patch: Patch) -> None:
    patch.setattr(asking, "refuse_to_tell", lambda _asker, _subject: None)


def names_without_profiles(patch: Patch) -> None:
    patch.setattr(asking, "find_profile", lambda _asker, name: find_by_username(name))


def tombstones_explained(patch: Patch) -> None:
    patch.setattr(explaining_api, "refuse_tombstone", lambda _asker, _subject: None)


def everything_told_to_authors(patch: Patch) -> None:
    def told(**about: Any) -> About:
        return About(**{**about, "in_full": True})

    patch.setattr(asking, "About", lambda *args, **about: told(**about) if about else About(*args))


def explaining_without_finding(patch: Patch) -> None:
    patch.setattr(explaining_queries, "find_topic", any_topic)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "plant",
    [
        answers_about_groups,
        names_without_profiles,
        tombstones_explained,
        everything_told_to_authors,
        explaining_without_finding,
    ],
)
def test_a_planted_leak_of_an_explanation_is_seen(
    app: Flask, world: World, sign_in: SignIn, monkeypatch: Patch, plant: Callable[[Patch], None]
) -> None:
    forget(app)
    plant(monkeypatch)
    assert any(line.startswith("LEAK") for line in explained_wrongly(app, world, sign_in))
