"""Reports and judgments in the words of the reader."""

from flask_babel import gettext as _

from forum.moderation.kinds import WHOLE_TOPIC, Act, FlagReason, Outcome, Reaches
from forum.notifications.words import verdict_in_words


def reasons() -> list[tuple[str, str, str]]:
    """What a post may be reported for: (value, words, what is meant)."""
    return [
        (FlagReason.SPAM, _("Advertising"), _("It sells something, or leads to where something is sold.")),
        (FlagReason.RUDE, _("Rude"), _("It insults, threatens or makes fun of somebody.")),
        (FlagReason.OFF_TOPIC, _("Off topic"), _("It belongs somewhere else, or nowhere here.")),
        (
            FlagReason.PATIENT,
            _("A patient can be identified"),
            _("By a name, a date, a picture, or by all of it together."),
        ),
        (FlagReason.OTHER, _("Something else"), _("Say what it is below.")),
    ]


def message_acts() -> list[tuple[str, str, str | None]]:
    """What can be decided about a reported private message: (value, words, what is meant)."""
    return [
        ("dismiss", _("Nothing is wrong with it"), None),
        ("settle", _("It has been dealt with"), _("You have spoken to somebody, or suspended an account.")),
    ]


def reason_words() -> dict[str, str]:
    return {value: words for value, words, _about in reasons()}


def acts_for(number: int) -> list[tuple[str, str]]:
    """What can be decided about the post with this number: (value, words)."""
    every = [
        (Act.DISMISS, _("Nothing is wrong with it")),
        (Act.SETTLE, _("It has been dealt with otherwise")),
        (Act.HIDE_POST, _("Hide the post")),
        (Act.DELETE_POST, _("Delete the post")),
        (Act.LOCK_TOPIC, _("Lock the topic")),
        (Act.HIDE_TOPIC, _("Hide the whole topic")),
        (Act.DELETE_TOPIC, _("Delete the whole topic")),
    ]
    return [(act, words) for act, words in every if number == 1 or act not in WHOLE_TOPIC]


def what_was_done(outcome: Outcome) -> str:
    """What came of the reports, in a sentence: as those who reported are told it."""
    return verdict_in_words(str(outcome))


def who_looks(reaches: Reaches) -> str:
    """Whom a report will reach, before it is made."""
    return {
        Reaches.PLACE: _(
            "The moderators of this place read it and decide. They see that it was you; its author does not."
        ),
        Reaches.SITE: _(
            "The moderators of the whole site read it and decide. They see that it was you; its author does not."
        ),
        Reaches.NOBODY: _(
            "No moderator can read this yet, and staff cannot either. Your report waits until somebody who can read it is made a moderator here. If it cannot wait, ask staff to make somebody one: they need not know why."
        ),
    }[reaches]


def thanks(reaches: Reaches) -> str:
    """The same once it was made."""
    return {
        Reaches.PLACE: _(
            "Thank you. The moderators of this place will look at it. What becomes of it stands under Your reports."
        ),
        Reaches.SITE: _(
            "Thank you. The moderators of the site will look at it. What becomes of it stands under Your reports."
        ),
        Reaches.NOBODY: _(
            "Your report is kept. No moderator can read this post yet: it waits until somebody who can is made one."
        ),
    }[reaches]
