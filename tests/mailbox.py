"""What was mailed: read from the folder that mail is written to in tests, after the worker has done its work."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from forum.jobs import outbox


class Mailbox:
    def __init__(self, app: Flask) -> None:
        self.app = app

    def messages(self) -> list[EmailMessage]:
        """All mail so far, oldest first; whatever waits in the outbox is delivered first."""
        with self.app.app_context():
            while outbox.sweep():
                pass
        folder = Path(urlsplit(self.app.extensions["forum_mail"].mail_url).path)
        found = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]  # type: ignore[misc]

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages() if message["To"] == address]

    def link(self, address: str) -> str:
        """The path of the link in the newest mail to an address."""
        text = text_of(self.to(address)[-1])
        found = re.search(r"https?://\S+", text)
        assert found, text
        return urlsplit(found[0]).path


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
