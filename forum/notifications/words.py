"""What a notification says, in a sentence."""

from flask_babel import gettext as _
from flask_babel import ngettext

from forum.notifications.models import NotificationKind as Kind
from forum.notifications.models import WatchLevel, WatchReason
from forum.notifications.queries.listing import Line, Told
from forum.notifications.queries.watching import Watch

_FIRST_STRONG, _END = "\u2068", "\u2069"  # a name runs in its own direction, whatever stands around it


def sentence_of(line: Line) -> str:
    """Of one line of the list: “Ada and 3 others replied in “Rounding to the vial””."""
    told = line.newest
    name = _apart(told.actor.name) if told.actor else _("Somebody")
    who = (
        ngettext("%(name)s and %(num)s other", "%(name)s and %(num)s others", line.others, name=name)
        if line.others
        else name
    )
    return _said(told, who)


def sentence_about(told: Told) -> str:
    """Of a single notification."""
    return sentence_of(Line(told, told))


def _said(told: Told, who: str) -> str:
    title = _apart(told.title) if told.title else _("a topic that is not open to you now")
    said = {"who": who, "title": title}
    if told.kind is Kind.MODERATED:
        return _moderated(told, said)
    if told.kind is Kind.FLAGGED:
        if told.detail.get("act") == "waiting":
            return _("A report about “%(title)s” waits for a moderator", **said)
        if told.detail.get("act") == "message":
            return _("A report of a private message waits for a moderator")
        if told.detail.get("act") == "named":
            return ngettext(
                "You moderate now: %(num)s reported post waits for you",
                "You moderate now: %(num)s reported posts wait for you",
                int(told.detail.get("count", 0)),
            )
        return _(
            "What you reported was looked at. %(verdict)s",
            verdict=verdict_in_words(str(told.detail.get("verdict", ""))),
        )
    if told.kind is Kind.POLL and told.detail.get("act") == "started":
        return _("Your poll in “%(title)s” has closed", **said)
    return {
        Kind.MENTION: lambda: _("%(who)s mentioned you in “%(title)s”", **said),
        Kind.QUOTE: lambda: _("%(who)s quoted you in “%(title)s”", **said),
        Kind.REPLY: lambda: _("%(who)s replied to you in “%(title)s”", **said),
        Kind.WATCHED: lambda: _("%(who)s wrote in “%(title)s”", **said),
        Kind.FIRST_POST: lambda: _("%(who)s started “%(title)s”", **said),
        Kind.ACCEPTED: lambda: _("%(who)s accepted an answer in “%(title)s”", **said),
        Kind.REMINDER: lambda: _("You wanted to be reminded of “%(title)s”", **said),
        Kind.MESSAGE: lambda: _("%(who)s wrote to you", **said),
        Kind.POLL: lambda: _("A poll in which you voted has closed, in “%(title)s”", **said),
    }[told.kind]()


def _moderated(told: Told, said: dict[str, str]) -> str:
    """What was done to a topic or a post of theirs, by the words of the log."""
    if told.detail.get("reported"):
        return _after_report(told, said)
    if told.detail.get("act") == "taken_away":
        return _("%(who)s, a moderator, moved something you wrote to where you cannot read it", **said)
    of_topic = {
        "locked": lambda: _("%(who)s locked your topic “%(title)s”", **said),
        "unlocked": lambda: _("%(who)s unlocked your topic “%(title)s”", **said),
        "hidden": lambda: _("%(who)s hid your topic “%(title)s”", **said),
        "deleted": lambda: _("%(who)s deleted your topic “%(title)s”", **said),
        "restored": lambda: _("%(who)s restored your topic “%(title)s”", **said),
        "renamed": lambda: _("%(who)s gave your topic another title: “%(title)s”", **said),
        "tagged": lambda: _("%(who)s changed the tags of your topic “%(title)s”", **said),
        "audience_changed": lambda: _("%(who)s changed who reads your topic “%(title)s”", **said),
        "moved": lambda: _("%(who)s moved your topic “%(title)s”", **said),
        "pinned": lambda: _("%(who)s pinned your topic “%(title)s”", **said),
        "unpinned": lambda: _("%(who)s no longer pins your topic “%(title)s”", **said),
        "archived": lambda: _("%(who)s keeps your topic “%(title)s” as an archive", **said),
        "unarchived": lambda: _("%(who)s took up again your topic “%(title)s”", **said),
        "slowed": lambda: _("%(who)s set the pace of your topic “%(title)s”", **said),
        "split": lambda: _("%(who)s moved posts of yours to “%(title)s”", **said),
        "merged": lambda: _("%(who)s merged a topic you wrote in into “%(title)s”", **said),
        "put_back": lambda: _("%(who)s put posts of yours back into “%(title)s”", **said),
    }
    of_post = {
        "hidden": lambda: _("%(who)s hid your post in “%(title)s”", **said),
        "deleted": lambda: _("%(who)s deleted your post in “%(title)s”", **said),
        "restored": lambda: _("%(who)s restored your post in “%(title)s”", **said),
        "edited": lambda: _("%(who)s edited your post in “%(title)s”", **said),
        "file_removed": lambda: _("%(who)s removed a picture or file of yours from “%(title)s”", **said),
        "author_changed": lambda: _("%(who)s changed whose a post is in “%(title)s”", **said),
        "poll_closed": lambda: _("%(who)s closed your poll in “%(title)s”", **said),
    }
    otherwise = lambda: _("%(who)s, a moderator, changed something of yours in “%(title)s”", **said)  # noqa: E731
    words = of_post if told.post_id else of_topic
    return words.get(str(told.detail.get("act", "")), otherwise)()


def _after_report(told: Told, said: dict[str, str]) -> str:
    """The same where it was decided on a report: neither who reported it is named nor who decided."""
    of_topic = {
        "locked": lambda: _("The moderators locked your topic “%(title)s” after a report", **said),
        "hidden": lambda: _("The moderators hid your topic “%(title)s” after a report", **said),
        "deleted": lambda: _("The moderators deleted your topic “%(title)s” after a report", **said),
    }
    of_post = {
        "hidden": lambda: _("The moderators hid your post in “%(title)s” after a report", **said),
        "deleted": lambda: _("The moderators deleted your post in “%(title)s” after a report", **said),
    }
    otherwise = lambda: _("The moderators changed something of yours in “%(title)s” after a report", **said)  # noqa: E731
    words = of_post if told.post_id else of_topic
    return words.get(str(told.detail.get("act", "")), otherwise)()


def verdict_in_words(verdict: str) -> str:
    """What came of reports."""
    return {
        "dismissed": _("Nothing was found wrong with it."),
        "settled": _("It has been dealt with."),
        "post_hidden": _("The post was hidden."),
        "post_deleted": _("The post was deleted."),
        "topic_locked": _("The topic was locked."),
        "topic_hidden": _("The topic was hidden."),
        "topic_deleted": _("The topic was deleted."),
    }.get(verdict, "")


def why_told(kind: Kind) -> str:
    """Why somebody gets this by mail."""
    return {
        Kind.MENTION: _("You get this because you were mentioned."),
        Kind.QUOTE: _("You get this because you were quoted."),
        Kind.REPLY: _("You get this because what you wrote was answered."),
        Kind.WATCHED: _("You get this because you watch this topic."),
        Kind.FIRST_POST: _("You get this because you watch new topics in this place."),
        Kind.ACCEPTED: _("You get this because you wrote in this topic."),
        Kind.MODERATED: _("You get this because it concerns what you wrote."),
        Kind.REMINDER: _("You get this because you asked to be reminded."),
        Kind.POLL: _("You get this because you took part in a poll."),
        Kind.FLAGGED: _("You get this because of a report."),
        Kind.MESSAGE: _("You get this because somebody wrote to you."),
    }[kind]


def name_of(kind: Kind) -> str:
    """What a kind is called where one chooses."""
    return {
        Kind.MENTION: _("Somebody mentions me"),
        Kind.QUOTE: _("Somebody quotes me"),
        Kind.REPLY: _("Somebody answers me, or my topic"),
        Kind.WATCHED: _("A post in a topic I watch"),
        Kind.FIRST_POST: _("A new topic in a place I watch"),
        Kind.ACCEPTED: _("An answer is accepted"),
        Kind.MODERATED: _("A moderator does something to what I wrote"),
        Kind.REMINDER: _("A reminder I asked for"),
        Kind.POLL: _("A poll I started or voted in closes"),
        Kind.FLAGGED: _("A report of mine is looked at, or one waits for me"),
        Kind.MESSAGE: _("Somebody writes to me in private, and I am not here"),
    }[kind]


def level_name(level: WatchLevel) -> str:
    return {
        WatchLevel.MUTED: _("Muted"),
        WatchLevel.NORMAL: _("Normal"),
        WatchLevel.TRACKING: _("Tracking"),
        WatchLevel.WATCHING: _("Watching"),
        WatchLevel.FIRST_POST: _("Watching new topics"),
    }[level]


def level_means(level: WatchLevel) -> str:
    """What one hears at a level."""
    return {
        WatchLevel.MUTED: _("You are told of nothing, and nothing counts as unread."),
        WatchLevel.NORMAL: _("You are told when somebody mentions, quotes or answers you."),
        WatchLevel.TRACKING: _("As with Normal, and what is new stands under Unread, What I follow."),
        WatchLevel.WATCHING: _("You are told of every post."),
        WatchLevel.FIRST_POST: _("You are told of every new topic, and not of the answers."),
    }[level]


def why_level(watch: Watch) -> str:
    """Why a topic has the level it has."""
    return {
        WatchReason.DEFAULT: _("As usual."),
        WatchReason.CHOSEN: _("You chose this."),
        WatchReason.STARTED: _("Because you started it."),
        WatchReason.POSTED: _("Because you wrote in it."),
        WatchReason.MENTIONED: _("Because you were mentioned in it."),
        WatchReason.READ: _("Because you spent some minutes reading it."),
        WatchReason.PLACE: _("As you chose for its place."),
    }[watch.reason]


def why_place(watch: Watch) -> str:
    """Why a place has the level it has."""
    if watch.reason is WatchReason.PLACE:
        return _("As you chose for the place around it.")
    return why_level(watch)


def _apart(name: str) -> str:
    return f"{_FIRST_STRONG}{name}{_END}"
