"""Whoever is ignored rings no bell any more, also for what they wrote before."""

from forum.accounts.signals import PersonIgnored
from forum.core.signals import listens_to
from forum.notifications.actions.reading import mark_silenced


@listens_to(PersonIgnored)
def silence(signal: PersonIgnored) -> None:
    mark_silenced(signal.user_id, actor_id=signal.ignored_id)
