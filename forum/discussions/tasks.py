"""What discussions need done from time to time."""

from forum.discussions.actions.bookmarking import give_due_reminders
from forum.jobs.schedules import every


@every(30)
def remind() -> None:
    give_due_reminders()
