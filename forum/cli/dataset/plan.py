"""What is to be made: how many posts each topic has, where it stands, who may read it, when it begins and ends."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forum.access.models import AudienceKind

GREATEST, LARGE, MOST_LARGE = 5000, 500, 20
KINDS = (AudienceKind.PUBLIC, AudienceKind.GUESTS, AudienceKind.MEMBERS)
NESTED_FROM = 12  # fewer categories than this all stand side by side
OVERRIDES = 0.05  # share of the topics that have an audience of their own
HIDDEN, LOCKED = 0.005, 0.02


@dataclass(frozen=True, slots=True)
class Size:
    users: int = 1000
    categories: int = 20
    topics: int = 2000
    posts: int = 35000


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """A topic to be. `begins` and `ends` are parts of the whole time, 0 to 1."""

    number: int
    category: int
    read: AudienceKind
    is_override: bool
    size: int
    begins: float
    ends: float
    is_hidden: bool = False
    is_locked: bool = False


def kind_of_category(index: int) -> AudienceKind:
    """A third for anybody, a third for guests, a third for members."""
    return KINDS[index % len(KINDS)]


def parent_of_category(index: int, count: int) -> int | None:
    """The last quarter stands inside the first ones, each in one of its own kind."""
    first = count * 3 // 4 // 3 * 3
    return index - first if count >= NESTED_FROM and index >= first else None


def topic_sizes(topics: int, posts: int) -> list[int]:
    """One topic of 5,000, twenty of 500, the rest Zipf-like; smaller in proportion where there are few posts."""
    if not 1 <= topics <= posts:
        raise ValueError("every topic has at least one post")
    greatest = max(1, min(GREATEST, posts // 7))
    large = min(MOST_LARGE, topics // 100)
    sizes = [greatest, *[max(1, min(LARGE, posts // 70))] * large][:topics]
    rest, left = topics - len(sizes), posts - sum(sizes)
    if rest == 0:
        sizes[0] += left
        return sizes
    return sizes + _zipf(rest, left)


def plan_topics(rng: random.Random, size: Size) -> Iterator[TopicPlan]:
    """Every topic, in order of number. The greatest and one of the large ones can be read by anybody."""
    weights = [1 / (place + 3) for place in range(size.categories)]
    chosen = _spread(rng, size.topics, weights)
    for number, posts in enumerate(topic_sizes(size.topics, size.posts)):
        category = number % min(3, size.categories) if number <= MOST_LARGE else chosen[number]
        large = posts >= LARGE
        begins = rng.random() * (0.05 if large else 0.95)
        lasts = 1.0 if large else min(1.0, posts * (0.0005 + 0.004 * rng.random()))
        kind = kind_of_category(category)
        own = number > MOST_LARGE and rng.random() < OVERRIDES
        luck = rng.random()
        yield TopicPlan(
            number=number,
            category=category,
            read=rng.choice([k for k in KINDS if k is not kind]) if own else kind,
            is_override=own,
            size=posts,
            begins=begins,
            ends=min(1.0, begins + lasts),
            is_hidden=number > MOST_LARGE and luck < HIDDEN,
            is_locked=number > MOST_LARGE and luck > 1 - LOCKED,
        )


def _zipf(count: int, total: int) -> list[int]:
    """`count` sizes that fall as 1/(rank + offset) and sum up to `total`, each at least 1."""
    offset = max(1.0, count / 100)
    weight = sum(1 / (rank + offset) for rank in range(count))
    scale = (total - count) / weight
    sizes = [1 + int(scale / (rank + offset)) for rank in range(count)]
    for rank in range(total - sum(sizes)):
        sizes[rank % count] += 1
    return sizes


def _spread(rng: random.Random, count: int, weights: Sequence[float]) -> list[int]:
    return rng.choices(range(len(weights)), weights, k=count)
