"""What discussions need done from time to time."""

from forum.discussions.actions.bookmarking import give_due_reminders
from forum.discussions.actions.polling import announce_closed_polls
from forum.discussions.viewing import write_views
from forum.jobs.schedules import every


@every(10)
def write_what_was_looked_at() -> None:
    write_views()


@every(30)
def remind() -> None:
    give_due_reminders()


@every(30)
def announce_polls() -> None:
    announce_closed_polls()
