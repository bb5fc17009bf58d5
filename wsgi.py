"""The application for WSGI servers and for `flask --app wsgi`."""

from forum.app import create_app

app = create_app()
