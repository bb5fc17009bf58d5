"""Pictures made anew in a process of their own: what a hostile file does to a decoder, it does there."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from forum.core.errors import Invalid, Unavailable
from forum.media import reencode
from forum.media.kinds import why_refused

PROGRAM = Path(reencode.__file__)
AT_ONCE = 2
PATIENCE = 20.0  # seconds a picture waits for its turn
SECONDS = 15.0  # by the clock on the wall; the process itself may take five of the processor

_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Picture:
    """What was made: the size of the widest variant, and the files."""

    width: int
    height: int
    frames: int
    parts: dict[str, Path]


def make_anew(source: Path, folder: Path) -> Picture:
    """The variants of a picture, written into the folder. Raises Invalid for `file`; Unavailable where too many wait."""
    if not _turns.acquire(timeout=PATIENCE):
        raise Unavailable(
            message=_("Many pictures are coming in at this moment. Send yours again in a moment.")
        )
    try:
        told = _told_by_program(source, folder)
    finally:
        _turns.release()
    if "refused" in told:
        raise Invalid({"file": why_refused(str(told["refused"]))})
    parts = {name: folder / name for name in told["variants"]}
    return Picture(told["width"], told["height"], told["frames"], parts)


def _told_by_program(source: Path, folder: Path) -> dict[str, Any]:
    try:
        ran = subprocess.run(  # noqa: S603 - our own program, with two paths of our own making
            [sys.executable, "-I", str(PROGRAM), str(source), str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env={"LC_ALL": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"refused": "slow"}
    try:
        told = json.loads(ran.stdout) if ran.returncode == 0 else None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return {"refused": "slow" if ran.returncode < 0 else "broken"}
    return told
