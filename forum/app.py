"""The application: configuration, core, then every package by name, in order."""

from importlib import import_module
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from forum import (
    accounts,
    admin,
    api,
    boards,
    demo,
    discussions,
    explaining,
    feeds,
    groups,
    importers,
    media,
    messaging,
    moderation,
    notifications,
    pages,
    realtime,
)
from forum.access.doors import init_doors
from forum.config import Config
from forum.core.db import init_db
from forum.jobs.worker import init_jobs
from forum.mail.sending import init_mail
from forum.observability.health import init_health
from forum.observability.logs import init_logs
from forum.observability.reports import init_reports
from forum.web.assets import init_assets
from forum.web.csrf import init_csrf
from forum.web.errors import init_errors
from forum.web.fragments import init_fragments
from forum.web.headers import init_headers
from forum.web.limits import init_limits
from forum.web.request import init_proxies, init_request
from forum.web.sizes import init_sizes
from forum.web.templating import init_templating, publish_icon

# Every table, so that foreign keys named in strings find theirs.
MODELS = (
    "forum.core.settings",
    "forum.jobs.models",
    "forum.web.submissions",
    "forum.access.models",
    "forum.audit.models",
    "forum.media.models",
    "forum.accounts.models",
    "forum.notifications.models",
    "forum.discussions.models",
    "forum.boards.models",
    "forum.groups.models",
    "forum.messaging.models",
    "forum.importers.models",
    "forum.moderation.models",
)
ROOT = Path(__file__).parents[1]


class NoCookieSession(SecureCookieSessionInterface):
    """Flask's own signed session is not used: it could be replayed after sign-out."""

    def open_session(self, app: Flask, request: object) -> SessionMixin | None:  # type: ignore[override]
        return self.make_null_session(app)


def create_app(config: Config | None = None) -> Flask:
    """The WSGI application. Without `config` the environment is read; a fault in it stops with one line."""
    config = config or Config.from_environment()
    for name in MODELS:
        import_module(name)
    app = Flask(
        "forum",
        root_path=str(ROOT / "forum"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(config.instance_path),
    )
    app.extensions["forum_config"] = config
    app.config.update(TESTING=config.testing, SECRET_KEY=config.secret_key)
    app.config["SECRET_KEY_FALLBACKS"] = list(config.secret_key_fallbacks)
    app.session_interface = NoCookieSession()
    app.json.sort_keys = False  # type: ignore[attr-defined]

    init_logs(app, config)
    init_request(app, config)
    init_db(app, config)
    init_errors(app)
    init_headers(app, config)
    accounts.init_identity(app)
    init_sizes(app)
    init_csrf(app, config)
    init_limits(app, config)
    init_templating(app)
    init_fragments(app)
    init_assets(app)
    init_doors(app)
    init_jobs(app, config)
    init_mail(app, config)
    init_health(app, config)
    init_reports(app, config)

    for package in (
        realtime,
        media,
        accounts,
        notifications,
        discussions,
        boards,
        groups,
        messaging,
        admin,
        importers,
        moderation,
        explaining,
        pages,
        demo,
        api,
        feeds,
    ):
        package.register(app)
    publish_icon(app)
    init_proxies(app, config)

    from forum.cli import register as register_commands

    register_commands(app)
    return app
