"""Whether pages lead to messages: for whoever can begin a conversation, and whoever is in one."""

from typing import Any

from flask import Flask
from sqlalchemy import literal, select

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer, current_viewer
from forum.core.db import db
from forum.messaging.models import Participant
from forum.messaging.queries.here import is_open_to


class Areas:
    """Asked for by name where a template draws a way there."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer

    def __contains__(self, name: str) -> bool:
        return name == "messages" and has_messages(self.viewer)


def has_messages(viewer: Viewer) -> bool:
    if viewer.user is None or not viewer.may_act:
        return False
    return bool(judge(Permission.START_CONVERSATION, viewer)) or _is_in_one(viewer)


def _is_in_one(viewer: Viewer) -> bool:
    one = select(literal(1)).select_from(Participant).where(is_open_to(viewer.id)).limit(1)
    return db.session.scalar(one) is not None


def init_areas(app: Flask) -> None:
    @app.context_processor
    def areas() -> dict[str, Any]:
        return {"areas": Areas(current_viewer())} if "messaging" in app.blueprints else {}
