"""Where the sample archives are: small ones of our own, and the real ones where this machine has them."""

import os
from pathlib import Path

import pytest

OWN = Path(__file__).resolve().parents[1] / "data" / "mail"
_ROOT = Path(
    os.environ.get("FORUM_TEST_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)
USENET = _ROOT / "forum" / "usenet"
MAIL_LISTS = _ROOT / "forum" / "mail-lists"
MIME = _ROOT / "email" / "mime"
REPLIES = _ROOT / "email" / "replies"

needs_real_archives = pytest.mark.skipif(
    not USENET.is_dir(), reason="the real archives are not on this machine"
)
