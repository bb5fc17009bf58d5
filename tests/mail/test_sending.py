"""Handing mail over to a server: what is sent to one that offers no TLS."""

import smtplib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from forum.mail.sending import compose, send, try_connection

SECRET = "correct-horse"


class PlainServer(socketserver.ThreadingTCPServer):
    """A mail server without TLS that takes any password; keeps the lines that it is sent."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.lines: list[str] = []

    @property
    def place(self) -> str:
        return "{}:{}".format(*self.server_address)


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, PlainServer)
        self.wfile.write(b"220 plain\r\n")
        in_message = False
        for sent in self.rfile:
            line = sent.decode().rstrip("\r\n")
            self.server.lines.append(line)
            if in_message:
                if line != ".":
                    continue
                in_message, answer = False, "250 taken"
            else:
                answer = {"EHLO": "250-plain\r\n250 AUTH PLAIN LOGIN", "AUTH": "235 welcome"}.get(
                    line.split()[0].upper(), "250 fine"
                )
                if line.upper() == "DATA":
                    in_message, answer = True, "354 go on"
                elif line.upper() == "QUIT":
                    answer = "221 bye"
            self.wfile.write(f"{answer}\r\n".encode())


@pytest.fixture
def server() -> Iterator[PlainServer]:
    with PlainServer() as made:
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield made
        made.shutdown()


@pytest.mark.one_database
def test_a_password_is_never_sent_without_tls(app: Flask, server: PlainServer) -> None:
    config = replace(app.extensions["forum_config"], mail_url=f"smtp://forum:{SECRET}@{server.place}")
    app.extensions["forum_mail"] = config
    with app.test_request_context():
        message = compose("mina@example.org", "Hello", "exists", message_id="1", name="Mina", link="/")
        with pytest.raises(smtplib.SMTPNotSupportedError, match="offers no TLS"):
            send(message)
    with pytest.raises(smtplib.SMTPNotSupportedError):
        try_connection(config)
    assert [line for line in server.lines if "EHLO" not in line.upper()] == []


@pytest.mark.one_database
def test_without_a_password_such_a_server_will_do(app: Flask, server: PlainServer) -> None:
    config = replace(app.extensions["forum_config"], mail_url=f"smtp://{server.place}")
    app.extensions["forum_mail"] = config
    with app.test_request_context():
        send(compose("mina@example.org", "Hello", "exists", message_id="1", name="Mina", link="/"))
    assert "To: mina@example.org" in server.lines
