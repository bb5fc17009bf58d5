"""The benchmark's data from first to last: people, categories, a pool of rendered bodies, posts."""

import random
import time
from collections.abc import Callable

from forum.access.models import Audience, AudienceKind, Place
from forum.access.places import AudienceChoice, audience_for
from forum.boards.actions import CategoryPlan, create_category
from forum.boards.models import Category
from forum.cli.dataset import words
from forum.cli.dataset.loading import Loader
from forum.cli.dataset.people import make_people
from forum.cli.dataset.plan import KINDS, Size, kind_of_category, parent_of_category
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions.writing import Written
from forum.markup.rendering import render

POOL = 256  # bodies rendered once and used again and again


def make_dataset(
    rng: random.Random, size: Size, *, password_hash: str, progress: Callable[[int], None]
) -> float:
    """Make everything in a migrated database; answers the seconds that writing the posts took."""
    now = clock.now()
    bodies = [_render(words.body(rng)) for _ in range(min(POOL, max(12, size.posts // 100)))]
    people = make_people(rng, size.users, password_hash=password_hash, now=now)
    categories = _make_categories(rng, size.categories)
    with transaction():
        places = [db.session.get_one(Place, category.place_id) for category in categories]
        audiences = [_audiences(place) for place in places]
    loader = Loader(rng, size, places=places, audiences=audiences, people=people, bodies=bodies, now=now)
    begun = time.perf_counter()
    loader.load(progress)
    return time.perf_counter() - begun


def _render(body: str) -> Written:
    rendered = render(body)
    return Written(body=body, html=rendered.html, renderer=rendered.version)


def _make_categories(rng: random.Random, count: int) -> list[Category]:
    made: list[Category] = []
    for index in range(count):
        name, description = words.category(rng)
        kind, parent = kind_of_category(index), parent_of_category(index, count)
        answers = AudienceKind.GUESTS if kind is AudienceKind.PUBLIC else kind
        plan = CategoryPlan(
            name=name,
            slug=f"bench-{index + 1:02d}",
            description=description,
            hue=index % 9 + 1,
            position=index,
            read=kind,
            reply=answers,
            start=answers,
            parent_slug=made[parent].slug if parent is not None else "",
        )
        made.append(create_category(plan, actor=None))
    return made


def _audiences(place: Place) -> dict[AudienceKind, Audience]:
    """The place's own audience, and for each other kind that of single topics: narrower, or wider and expressly opened."""
    found = {place.read_kind: audience_for(place, None)}
    for kind in KINDS:
        if kind is not place.read_kind:
            wider = KINDS.index(kind) < KINDS.index(place.read_kind)
            found[kind] = audience_for(place, AudienceChoice(kind, kind, opened=wider))
    return found
