"""Moving pictures that were brought before there were still frames of them: made anew, so that pages show them standing still."""

import logging
import secrets
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from forum.core import clock
from forum.core.db import db
from forum.core.errors import ForumError
from forum.core.off_loop import off_loop
from forum.core.transactions import let_go, publish, transactional
from forum.media.actions import delete_later, digest_of
from forum.media.images import Picture, make_anew
from forum.media.models import MOVING, Upload
from forum.media.signals import UploadStilled
from forum.media.storage import storage

log = logging.getLogger(__name__)

BATCH = 200


def still_moving_pictures() -> tuple[int, int]:
    """Answers how many were made anew, and how many could not be. Can be stopped anywhere and run again."""
    done = failed = 0
    for upload_id in _without_still_frames():
        try:
            done += _make_still(upload_id)
        except (ForumError, OSError):
            log.exception("upload %s stays as it is", upload_id)
            failed += 1
    return done, failed


def _without_still_frames() -> Iterator[int]:
    last = 0
    while True:
        found = select(Upload.id, Upload.parts).where(
            Upload.id > last, Upload.frames > 1, Upload.deleted_at.is_(None)
        )
        rows = db.session.execute(found.order_by(Upload.id).limit(BATCH)).all()
        let_go()
        yield from (row.id for row in rows if not any(name.endswith(MOVING) for name in row.parts))
        if len(rows) < BATCH:
            return
        last = rows[-1].id


def _make_still(upload_id: int) -> bool:
    upload = db.session.get(Upload, upload_id)
    if upload is None:
        return False
    was, old_key = upload.file_name, upload.key
    let_go()
    new_key = f"{clock.now():%Y-%m-%d}/{secrets.token_hex(16)}"
    with TemporaryDirectory(prefix="forum-upload-") as folder:
        source, made = Path(folder) / "sent", Path(folder) / "made"
        made.mkdir()
        off_loop(source.write_bytes, b"".join(storage().read(f"{old_key}/{was}")))
        picture = make_anew(source, made)
        try:
            for part, file in picture.parts.items():
                storage().put(f"{new_key}/{part}", file)
            digest = off_loop(digest_of, list(picture.parts.values()))
            changed = _note(upload_id, picture, digest, was=was, old_key=old_key, new_key=new_key)
        except BaseException:
            storage().delete(new_key)
            raise
        if not changed:
            storage().delete(new_key)
        return changed


@transactional
def _note(upload_id: int, picture: Picture, digest: str, *, was: str, old_key: str, new_key: str) -> bool:
    """Whether it is still as it was; then its bytes are these from now on."""
    upload = db.session.scalar(
        select(Upload)
        .where(Upload.id == upload_id, Upload.key == old_key, Upload.deleted_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if upload is None:
        return False
    upload.parts = {part: file.stat().st_size for part, file in picture.parts.items()}
    upload.width, upload.height, upload.frames = picture.width, picture.height, picture.frames
    upload.size, upload.digest, upload.key = sum(upload.parts.values()), digest, new_key
    delete_later(old_key)
    publish(UploadStilled(upload.id, was, upload.file_name))
    return True
