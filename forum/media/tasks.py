"""What uploads need done from time to time."""

from forum.jobs.schedules import every
from forum.media import actions


@every(3600)
def sweep_uploads() -> None:
    actions.sweep()
