"""Every change to notifications."""

from forum.notifications.actions.notifying import notify

__all__ = ["notify"]
