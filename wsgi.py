"""The application for WSGI servers and for `flask --app wsgi`."""

import os

from forum.app import create_app

os.umask(0o077)  # what is written is for the owner alone
app = create_app()
