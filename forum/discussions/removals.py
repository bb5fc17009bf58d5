"""What is removed for good is taken out of the texts it stood in: at once as far as may be, and by the worker for certain."""

from forum.core.signals import listens_to
from forum.discussions.actions.removing import take_out
from forum.media.signals import UploadRemoved


@listens_to(UploadRemoved)
def take_out_now(signal: UploadRemoved) -> None:
    take_out(signal.upload_id)


@listens_to(UploadRemoved, later=True)
def take_out_for_certain(signal: UploadRemoved) -> None:
    """Also where somebody has named it by hand: every text is looked through for that."""
    take_out(signal.upload_id, everywhere=True)
