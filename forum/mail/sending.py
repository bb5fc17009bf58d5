"""Sending: to an SMTP server, or as files in a folder. Header injection is refused where the address comes in."""

import smtplib
import ssl
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from flask import Flask, current_app, render_template

from forum.config import Config
from forum.core import clock
from forum.core.settings import current

TIMEOUT = 15
WHOLE = {"list-unsubscribe", "references", "in-reply-to", "message-id"}


class WholeAddresses(EmailPolicy):
    """Headers of ids and addresses as they are: folded, a long one would be encoded, which mail programs do not undo there."""

    def fold(self, name: str, value: Any) -> str:
        return f"{name}: {value}{self.linesep}" if name.lower() in WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in WHOLE:
            return self.fold(name, value).encode("ascii", "replace")
        return super().fold_binary(name, value)


def init_mail(app: Flask, config: Config) -> None:
    app.extensions["forum_mail"] = config


def compose(
    to: str,
    subject: str,
    template: str,
    *,
    message_id: str,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> EmailMessage:
    """A message from `email/<template>.txt` and, where it is there, `.html`. `message_id` stays the same on a retry.

    A line break in one of the `headers` raises ValueError; the subject is made one line."""
    config: Config = current_app.extensions["forum_mail"]
    message = EmailMessage(policy=WholeAddresses())
    sender = config.mail_from
    message["From"] = Address(current().name, addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>" if message_id else make_msgid()
    message["Auto-Submitted"] = "auto-generated"
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(render_template(f"email/{template}.txt", **context))
    html = Path(current_app.root_path).parent / "templates" / "email" / f"{template}.html"
    if html.exists():
        message.add_alternative(render_template(f"email/{template}.html", **context), subtype="html")
    return message


def send(message: EmailMessage) -> None:
    """Hand it over. Raises OSError or smtplib.SMTPException where that fails: the outbox tries again."""
    config: Config = current_app.extensions["forum_mail"]
    parts = urlsplit(config.mail_url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = (
            f"{clock.now():%Y%m%dT%H%M%S.%f}-{message['Message-ID'].strip('<>').partition('@')[0][:40]}.eml"
        )
        (folder / name).write_bytes(message.as_bytes())
        return
    with _sign_in(parts) as server:
        server.send_message(message)


def try_connection(config: Config) -> None:
    """Connect and sign in as if to send. Raises OSError or smtplib.SMTPException where that fails."""
    with _sign_in(urlsplit(config.mail_url)) as server:
        server.noop()


def _sign_in(parts: SplitResult) -> smtplib.SMTP:
    server = _connect(parts.scheme, parts.hostname or "localhost", parts.port)
    if parts.username:
        if not isinstance(server.sock, ssl.SSLSocket):
            server.close()
            raise smtplib.SMTPNotSupportedError(
                "the mail server offers no TLS, and the password of MAIL_URL is sent over nothing else"
            )
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _connect(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
    return server
