"""The pictures of the demo, drawn by program. In its files `/uploads/1/1200x640.webp` is the first of them."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from forum.core.db import db
from forum.core.ids import new_id
from forum.discussions.actions.writing import Written
from forum.discussions.writing import prepare
from forum.media.actions import made_of
from forum.media.models import Attachment, Upload
from forum.media.storage import storage

SIZE = (1200, 640)
CASES = (("Week 1", 11, 64), ("Week 2", 9, 35), ("Week 3", 12, 41), ("Week 4", 10, 33))


@contextmanager
def hung() -> Iterator["Pictures"]:
    """The pictures, drawn and put away before the transaction of the demo; taken away again where that fails."""
    pictures = Pictures({1: _keep(_cases_and_minutes(), "cases-and-minutes.png")})
    try:
        yield pictures
    except BaseException:
        for upload in pictures.uploads.values():
            storage().delete(upload.key)
        raise


class Pictures:
    def __init__(self, uploads: dict[int, Upload]) -> None:
        self.uploads = uploads
        self._hung: list[tuple[int, int, int]] = []

    def put_into(self, written: Written) -> Written:
        """A text with the true addresses of its pictures."""
        body = written.body
        for number, upload in self.uploads.items():
            body = body.replace(f"/uploads/{number}/", f"/uploads/{upload.id}/")
        return prepare(body)

    def note(self, written: Written, *, post_id: int, author_id: int) -> None:
        """Which of them stand in a post that will be there in the end."""
        for number, upload in self.uploads.items():
            if f"/uploads/{upload.id}/" in written.body:
                self._hung.append((number, post_id, author_id))

    def hang(self) -> None:
        """Once the posts are there: the rows."""
        for number, post_id, author_id in self._hung:
            upload = self.uploads[number]
            upload.owner_id = author_id
            db.session.add(upload)
            db.session.flush()
            db.session.add(Attachment(post_id=post_id, upload_id=upload.id))


def _keep(data: bytes, name: str) -> Upload:
    with TemporaryDirectory(prefix="forum-demo-") as folder:
        source = Path(folder) / "drawn"
        source.write_bytes(data)
        upload, parts = made_of(name, source, Path(folder), owner_id=0)
        upload.id = new_id()
        for part, file in parts.items():
            storage().put(f"{upload.key}/{part}", file)
    return upload


def _cases_and_minutes() -> bytes:
    """Bars in two colors: cases of a board and the minutes they took, for four weeks."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", SIZE, "#fdfdfb")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(26)
    for number, (week, cases, minutes) in enumerate(CASES):
        left = 120 + 270 * number
        for offset, value, color, scale in ((0, cases, "#0b6b5f", 20), (90, minutes, "#b9772e", 7)):
            top = 560 - value * scale
            pen.rectangle((left + offset, top, left + offset + 80, 560), fill=color)
            pen.text((left + offset + 40, top - 8), str(value), fill="#222", font=font, anchor="ms")
        pen.text((left + 85, 600), week, fill="#222", font=font, anchor="ms")
    pen.line((80, 560, 1140, 560), fill="#222", width=3)
    pen.text((820, 60), "Cases", fill="#0b6b5f", font=font)
    pen.text((940, 60), "Minutes", fill="#b9772e", font=font)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
