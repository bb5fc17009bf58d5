"""What is removed for good is taken out of the messages it stood in: at once as far as may be, and by the worker for certain."""

from forum.core.signals import listens_to
from forum.media.signals import UploadRemoved
from forum.messaging.actions.removing import take_out


@listens_to(UploadRemoved)
def take_out_now(signal: UploadRemoved) -> None:
    take_out(signal.upload_id)


@listens_to(UploadRemoved, later=True)
def take_out_for_certain(signal: UploadRemoved) -> None:
    take_out(signal.upload_id)
