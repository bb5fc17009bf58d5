"""What the interface needs done from time to time."""

from forum.jobs.schedules import every
from forum.web import submissions


@every(1800)
def forget_submissions() -> None:
    submissions.forget_old()
