"""Explaining access to programs."""

from flask import Blueprint

from forum.access.doors import authorize, signed_in
from forum.access.guises import KINDS
from forum.access.viewer import Viewer
from forum.explaining import schemas
from forum.explaining.asking import about
from forum.explaining.params import ExplainParams
from forum.explaining.queries import explained, find_subject, names_for, refuse_tombstone
from forum.web.operations import API, operation

explaining_api = Blueprint("explaining_api", __name__, url_prefix=API)


@explaining_api.get("/explain-access")
@signed_in
@operation(schemas.Explained, query=ExplainParams)
def explain_access(asker: Viewer, asked: ExplainParams) -> schemas.Explained:
    """Who can see this, and by which rule.

    For the author of a topic, its moderators and staff; for a category its moderators and staff. An author is told
    yes or no about other people, and nothing that would tell who is in a group.
    """
    subject = find_subject(asker, asked.subject)
    authorize(subject.permission, asker, subject.judged)
    refuse_tombstone(asker, subject)
    whom = about(asker, asked.viewer, subject)
    told = explained(whom, subject, names_for(asker, subject.place))
    return schemas.Explained(
        subject=asked.subject,
        viewer=asked.viewer if asked.viewer in KINDS else f"@{whom.account.username}",
        readable=told.readable,
        may_reply=told.may_reply,
        rule=told.rule,
        because=told.because,
    )
