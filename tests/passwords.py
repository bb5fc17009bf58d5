"""Passwords that may be taken, for those who sign in by the form."""

from collections.abc import Callable

PASSWORD = "kettle orbit violin seven"
OTHER_PASSWORD = "marsh lantern copper quill"

SetPassword = Callable[..., None]
