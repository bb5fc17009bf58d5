"""Every change to notifications, and to what people want to be told of."""

from forum.notifications.actions.notifying import notify

__all__ = ["notify"]
