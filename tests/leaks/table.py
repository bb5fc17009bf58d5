"""The one table: who may see what. Written by hand from the words of the product; the program is held against it."""

SIGNED_IN = {
    "guest", "invited", "member", "author", "grace", "expired", "moderator", "site_moderator", "staff", "insider", "confidant",
}  # fmt: skip
MEMBERS = SIGNED_IN - {"guest", "invited", "expired"}
EVERYBODY = SIGNED_IN | {"visitor", "unconfirmed", "suspended"}
OVERSEERS = {"site_moderator", "staff"}
LOUNGE_MODERATORS = OVERSEERS | {"moderator"}

ALLOWED: dict[str, set[str]] = {
    # Places: the name of a place shows beside a topic of it that may be read, its other content does not.
    "welcome.name": EVERYBODY,
    "welcome.description": EVERYBODY,
    "welcome.guidelines": EVERYBODY,
    "porch.name": SIGNED_IN,
    "porch.description": SIGNED_IN,
    "porch.guidelines": SIGNED_IN,
    "lounge.name": EVERYBODY,  # one topic of it is open to everybody
    "lounge.description": MEMBERS,
    "lounge.guidelines": MEMBERS,
    "lounge.template": MEMBERS,
    "lounge.field": MEMBERS,
    "nook.name": MEMBERS,
    "nook.description": MEMBERS,
    "nook.guidelines": MEMBERS,
    "desk.name": OVERSEERS,
    "desk.description": OVERSEERS,
    "desk.guidelines": OVERSEERS,
    "closed.name": SIGNED_IN,  # one topic of it is open to guests
    "closed.description": {"insider", "staff"},  # staff arrange every place
    "closed.guidelines": {"insider", "staff"},
    "secret.name": {"confidant", "staff"},
    "secret.description": {"confidant", "staff"},
    "secret.guidelines": {"confidant", "staff"},
    "secret.template": {"confidant", "staff"},
    "secret.field": {"confidant", "staff"},
    # Topics.
    "public.title": EVERYBODY,
    "public.body": EVERYBODY,
    "guests.title": SIGNED_IN,
    "guests.body": SIGNED_IN,
    "members.title": MEMBERS,
    "members.body": MEMBERS,
    "nook.title": MEMBERS,
    "nook.body": MEMBERS,
    "opened.title": SIGNED_IN,
    "opened.body": SIGNED_IN,
    "opened-public.title": EVERYBODY,
    "opened-public.body": EVERYBODY,
    "closed-opened.title": SIGNED_IN,
    "closed-opened.body": SIGNED_IN,
    "people.title": LOUNGE_MODERATORS | {"author", "invited"},
    "people.body": LOUNGE_MODERATORS | {"author", "invited"},
    "staff.title": OVERSEERS,
    "staff.body": OVERSEERS,
    "closed.title": {"insider"},
    "closed.body": {"insider"},
    "secret.title": {"confidant"},
    "secret.body": {"confidant"},
    "secret.reply": {"confidant"},
    "group.title": {"insider"},
    "group.body": {"insider"},
    "hidden-topic.title": LOUNGE_MODERATORS | {"author"},  # who wrote it is told what became of it
    "hidden-topic.body": LOUNGE_MODERATORS | {"author"},  # one's own text stays one's own
    "hidden-topic.reason": LOUNGE_MODERATORS | {"author"},
    "deleted-topic.title": LOUNGE_MODERATORS | {"author"},  # who wrote it is told what became of it
    "deleted-topic.body": LOUNGE_MODERATORS | {"author"},
    "deleted-topic.reason": LOUNGE_MODERATORS | {"author"},
    "opened-hidden.title": LOUNGE_MODERATORS | {"author"},  # who wrote it is told what became of it
    "opened-hidden.body": LOUNGE_MODERATORS | {"author"},
    "opened-hidden.reason": LOUNGE_MODERATORS | {"author"},
    # A post of the public topic.
    "public-hidden.body": OVERSEERS | {"author"},
    "public-hidden.reason": OVERSEERS | {"author"},  # who wrote it is told why
    # Posts of a topic among members.
    "edited.after": MEMBERS,
    "edited.before": LOUNGE_MODERATORS | {"author"},
    "edited.between": LOUNGE_MODERATORS,  # a moderator has hidden it
    "revision.reason": LOUNGE_MODERATORS,
    "hidden-post.body": LOUNGE_MODERATORS | {"author"},
    "hidden-post.reason": LOUNGE_MODERATORS | {"author"},  # who wrote it is told why
    "deleted-post.body": LOUNGE_MODERATORS | {"author"},
    "lock.reason": MEMBERS,
    # Split off from the public topic, to where few may read.
    "split.title": OVERSEERS,
    "split.body": OVERSEERS | {"author"},  # one's own text stays one's own
    "split.reason": EVERYBODY,  # told in the public topic
    # Archived at once with another one, which was moved to where few may read.
    "together.title": MEMBERS,
    "together.body": MEMBERS,
    "together.reason": MEMBERS,
    "together-moved.title": OVERSEERS,
    "together-moved.body": OVERSEERS | {"author"},  # one's own text stays one's own
    "together-moved.reason": OVERSEERS,
    "pin.reason": LOUNGE_MODERATORS
    | {"author", "invited"},  # of the topic of named people, on top of home for them alone
    # A post of the public topic that quotes the edited one, and one of the nook that quotes the hidden one.
    "quoting.around": EVERYBODY,
    "quoting.words": MEMBERS,
    "quoting.before": OVERSEERS | {"author"},
    "quoting-hidden.around": MEMBERS,
    "quoting-hidden.words": set(),
    "quoting-hidden.before": set(),
    # Reports: for whoever made them and the moderators of the place; where a post was hidden for it, the reason is its author's.
    "flag.note": LOUNGE_MODERATORS,
    "flag-judged.note": LOUNGE_MODERATORS | {"grace"},
    "flag-judged.reason": LOUNGE_MODERATORS | {"grace"},
    "flag-hidden.note": LOUNGE_MODERATORS | {"grace"},
    "flag-public.note": OVERSEERS | {"grace"},
    "flag-closed.note": set(),  # nobody who moderates that place is in the group
    # What people keep, also of what they have lost since: their own words alone.
    "bookmark.note": {"author"},
    "bookmark-closed.note": {"invited"},
    # Files: in the edited post and in the hidden one, and one that stands nowhere.
    "file.name": MEMBERS,
    "file.bytes": MEMBERS,
    "file-hidden.name": LOUNGE_MODERATORS | {"author"},
    "file-hidden.bytes": LOUNGE_MODERATORS | {"author"},
    "file-alone.name": {"author"},
    "file-alone.bytes": {"author"},
    # A poll in the edited post.
    "poll.question": MEMBERS,
    "poll.one": MEMBERS,
    "poll.two": MEMBERS,
    "poll-told.question": MEMBERS,
    "poll-told.one": MEMBERS,
    "poll-told.two": MEMBERS,
    # One in the hidden post, that closed before: whoever voted was told then, and sees nothing of it now.
    "poll-hidden.question": LOUNGE_MODERATORS | {"author"},
    "poll-hidden.one": LOUNGE_MODERATORS | {"author"},
    "poll-hidden.two": LOUNGE_MODERATORS | {"author"},
    # Tags: what staff have arranged is common; one made while writing is known with a topic that has it, staff
    # included.
    "tag-common.name": EVERYBODY,
    "tag-common.description": EVERYBODY,
    "tag-common.synonym": EVERYBODY,
    "tag-members.name": MEMBERS | {"invited"},
    "tag-hidden.name": LOUNGE_MODERATORS,
    "tag-secret.name": {"confidant"},
    "tag-group.name": {"staff"},
    "tag-group.old": {"staff"},
    # Drafts: their writer's, whatever becomes of the place they are meant for.
    "draft-topic.title": {"author"},
    "draft-topic.body": {"author"},
    "draft-edit.title": {"author"},
    "draft-edit.body": {"author"},
    "draft-closed.title": {"invited"},
    "draft-closed.body": {"invited"},
    # Conversations: for those in it alone, whatever they may do elsewhere. The insider blocks who began the group: what was
    # said there at first never reaches them, and the group does not before somebody else has written.
    "talk.body": {"author", "insider"},
    "talk.draft": {"insider"},
    "talk-group.name": {"author", "insider", "confidant"},
    "talk-group.body": {"author", "confidant"},
    "talk-before.body": {"insider", "confidant"},
    "talk-blocked.body": {"confidant"},
    "talk-later.body": {"author", "insider", "confidant"},
    "told.body": {"author", "grace"},
    "told-context.body": OVERSEERS | {"author", "grace"},  # shown along with the report
    "told-reported.body": OVERSEERS | {"author", "grace"},
    "flag-told.note": OVERSEERS | {"grace"},
    "file-talk.name": {"author", "insider"},
    "file-talk.bytes": {"author", "insider"},
    # Somebody who reacted to a post among members.
    "reactor.name": MEMBERS,
    # People.
    "person-member.bio": MEMBERS,
    "person-guest.bio": MEMBERS | {"guest"},
    "person-confidant.bio": MEMBERS,
    "suspension.reason": {"staff"},
}
