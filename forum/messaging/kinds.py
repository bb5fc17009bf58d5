"""What kinds of conversations there are, and from whom somebody takes messages."""

import enum


class ConversationKind(enum.StrEnum):
    PAIR = "pair"  # two people; there is one for each pair
    GROUP = "group"


class TakesFrom(enum.StrEnum):
    """From whom somebody takes new conversations, within what the society allows."""

    EVERYONE = "everyone"
    MEMBERS = "members"
    NOBODY = "nobody"


MOST_PARTICIPANTS = 50
