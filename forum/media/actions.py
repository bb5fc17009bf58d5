"""Keeping what somebody brings, deleting it, sweeping up what stands nowhere."""

import hashlib
import logging
import secrets
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from flask_babel import gettext as _
from sqlalchemy import and_, delete, exists, or_, select, update

from forum.core import clock
from forum.core.db import Base, db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.off_loop import off_loop
from forum.core.transactions import after_commit, let_go, publish, transaction, transactional
from forum.media import kinds, uses
from forum.media.images import make_anew
from forum.media.models import WHOLE_FILE, Attachment, Upload, UploadKind
from forum.media.names import safe_name
from forum.media.queries import usage_of
from forum.media.signals import UploadRemoved
from forum.media.storage import storage

log = logging.getLogger(__name__)

GRACE = timedelta(days=1)  # for what stands nowhere
BATCH = 200
CHUNK = 256 * 1024
DAYS_LOOKED_AT = 7  # for bytes that no row knows of; not of the last two days, when one may be on its way


def keep_upload(name: str, sent: BinaryIO, *, owner_id: int) -> Upload:
    """Look at a file, make a picture anew, put the bytes away, and note it. Raises Invalid for `file`.

    Everything slow comes before the transaction; where anything fails, nothing is left.
    """
    let_go()
    with TemporaryDirectory(prefix="forum-upload-") as folder:
        source = Path(folder) / "sent"
        if not off_loop(_copy, sent, source):
            raise Invalid({"file": _("This file is larger than 10 MB. Make it smaller, and send it again.")})
        _refuse_too_much(owner_id, source.stat().st_size)
        let_go()
        upload, parts = made_of(name, source, Path(folder), owner_id)
        try:
            for part, file in parts.items():
                storage().put(f"{upload.key}/{part}", file)
            return _note(upload)
        except BaseException:
            storage().delete(upload.key)
            raise


def _copy(sent: BinaryIO, source: Path) -> bool:
    """Whether it is no larger than is taken."""
    left = kinds.MOST_BYTES + 1
    with source.open("wb") as file:
        while left > 0 and (piece := sent.read(min(CHUNK, left))):
            file.write(piece)
            left -= len(piece)
    return left > 0


def made_of(name: str, source: Path, folder: Path, owner_id: int) -> tuple[Upload, dict[str, Path]]:
    """What is kept of a file, and its parts in the folder; nothing is put away yet. Raises Invalid for `file`."""
    name = safe_name(name)
    with source.open("rb") as file:
        is_picture = kinds.is_picture(file.read(16))
        file.seek(0)
        if not is_picture:
            kinds.refuse_file(name, file)
    if is_picture:
        (folder / "made").mkdir()
        picture = make_anew(source, folder / "made")
        parts, size = picture.parts, (picture.width, picture.height, picture.frames)
    else:
        parts, size = {WHOLE_FILE: source}, (0, 0, 0)
    sizes = {part: file.stat().st_size for part, file in parts.items()}
    upload = Upload(
        owner_id=owner_id,
        kind=UploadKind.IMAGE if is_picture else UploadKind.FILE,
        name=name,
        size=sum(sizes.values()),
        width=size[0],
        height=size[1],
        frames=size[2],
        parts=sizes,
        digest=off_loop(digest_of, list(parts.values())),
        key=f"{clock.now():%Y-%m-%d}/{secrets.token_hex(16)}",
        created_at=clock.now(),
    )
    return upload, parts


def digest_of(files: list[Path]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in files:
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
    return digest.hexdigest()


@transactional
def _note(upload: Upload) -> Upload:
    users = Base.metadata.tables["users"]
    db.session.execute(
        select(users.c.id).where(users.c.id == upload.owner_id).with_for_update(key_share=True)
    )
    _refuse_too_much(upload.owner_id, upload.size)
    db.session.add(upload)
    db.session.flush()
    return upload


def _refuse_too_much(owner_id: int, size: int) -> None:
    usage = usage_of(owner_id)
    if not usage.most:
        raise Invalid({"file": _("This society takes no uploads.")})
    if usage.used + size > usage.most:
        raise Invalid({"file": _("Your room for uploads is used up. Delete some that stand nowhere, under Settings, Uploads.")})  # fmt: skip
    if usage.today + size > kinds.MOST_A_DAY:
        raise Invalid({"file": _("That is as much as one can upload within a day (200 MB). Go on tomorrow.")})


@transactional
def delete_upload(upload_id: int, *, owner_id: int) -> None:
    """Take one's own upload away. Conflict where it stands in a post or in a draft."""
    upload = db.session.scalar(
        select(Upload)
        .where(Upload.id == upload_id, Upload.owner_id == owner_id, Upload.deleted_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if upload is None:
        raise NotFound
    if uses.kept([upload.id]):
        raise Conflict(_("It stands in a post or in a draft. Take it out there first."))
    upload.delete(clock.now())
    delete_later(upload.key)


@transactional
def remove_upload(upload_id: int, *, by_id: int) -> Upload:
    """Take an upload away for good, from wherever it stands: the bytes of it and of all its variants. Raises NotFound.

    What holds it is told by the signal, and says there that it was removed.
    """
    upload = db.session.scalar(
        select(Upload)
        .where(Upload.id == upload_id, Upload.deleted_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if upload is None:
        raise NotFound
    upload.remove(by_id, clock.now())
    delete_later(upload.key)
    publish(UploadRemoved(upload.id))
    return upload


@transactional
def remove_own_upload(upload_id: int, *, owner_id: int) -> None:
    """Take one's own upload away for good, wherever it stands. Doing so again changes nothing."""
    found = db.session.get(Upload, upload_id)
    if found is None or found.owner_id != owner_id:
        raise NotFound
    if found.deleted_at is None:
        remove_upload(upload_id, by_id=owner_id)


def sweep() -> int:
    """Take away what has stood nowhere for a day, and bytes that nobody knows of. Answers how many uploads went.

    Several processes may do it at once, and it may stop anywhere.
    """
    swept = _sweep_unused()
    _sweep_deleted()
    _sweep_unknown_bytes()
    return swept


def _sweep_unused() -> int:
    swept, last = 0, 0
    stands_nowhere = ~exists().where(Attachment.upload_id == Upload.id)
    while True:
        ids = list(
            db.session.scalars(
                select(Upload.id)
                .where(
                    Upload.id > last,
                    Upload.deleted_at.is_(None),
                    Upload.created_at < clock.now() - GRACE,
                    stands_nowhere,
                )
                .order_by(Upload.id)
                .limit(BATCH)
            )
        )
        if not ids:
            return swept
        last = ids[-1]
        swept += _delete_unused(ids)


@transactional
def _delete_unused(ids: list[int]) -> int:
    """Of these, those that still stand nowhere: whoever puts one into a post holds it meanwhile."""
    found = db.session.scalars(
        select(Upload)
        .where(Upload.id.in_(ids), Upload.deleted_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    kept = uses.kept([upload.id for upload in found])
    unused = [upload for upload in found if upload.id not in kept]
    for upload in unused:
        upload.delete(clock.now())
        delete_later(upload.key)
    return len(unused)


def _sweep_deleted() -> None:
    """Bytes whose deletion was interrupted; then the rows, once they count for nobody's day."""
    old = clock.now() - GRACE
    is_removed = Upload.removed_at.is_not(None)
    gone = db.session.execute(
        select(Upload.id, Upload.key).where(
            Upload.deleted_at.is_not(None),
            or_(and_(is_removed, Upload.size > 0), and_(~is_removed, Upload.created_at < old)),
        )
    ).all()
    let_go()
    ids = []
    for upload_id, key in gone:
        if _delete_bytes(key):
            ids.append(upload_id)
    if ids:
        among = (Upload.id.in_(ids), Upload.deleted_at.is_not(None))
        with transaction():
            db.session.execute(delete(Upload).where(*among, ~is_removed))
            emptied = update(Upload).where(*among, is_removed, Upload.created_at < old)
            db.session.execute(emptied.values(size=0, parts={}))


def _sweep_unknown_bytes() -> None:
    """What was put away by a process that ended before it was noted."""
    for ago in range(2, DAYS_LOOKED_AT):
        day = f"{clock.now() - timedelta(days=ago):%Y-%m-%d}"
        there = set(storage().keys_of(day))
        if there:
            known = set(db.session.scalars(select(Upload.key).where(Upload.key.in_(there))))
            let_go()
            for key in there - known:
                _delete_bytes(key)


def delete_later(key: str) -> None:
    """The bytes go once it is certain that the row has gone."""

    def go() -> None:
        _delete_bytes(key)

    after_commit(go)


def _delete_bytes(key: str) -> bool:
    try:
        storage().delete(key)
    except Exception:
        log.exception("bytes could not be deleted; the sweep tries again")
        return False
    return True
