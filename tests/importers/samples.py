"""Where the sample archives are: small ones of our own, and the real ones where this machine has them."""

from pathlib import Path

from tests.elsewhere import DATA, needs_data

OWN = Path(__file__).resolve().parents[1] / "data" / "mail"
USENET = DATA / "forum" / "usenet"
MAIL_LISTS = DATA / "forum" / "mail-lists"
MIME = DATA / "email" / "mime"
REPLIES = DATA / "email" / "replies"

needs_real_archives = needs_data("forum", "usenet")
