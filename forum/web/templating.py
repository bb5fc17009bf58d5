"""What every template may say: times in the reader's words, numbers, the site's name."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, format_date, format_datetime, get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from forum.core import clock, settings
from forum.web import respond
from forum.web.links import absolute
from forum.web.localities import LANGUAGES, RIGHT_TO_LEFT, time_zones
from forum.web.quick_jinja import drawn_once, init_quick_jinja
from forum.web.theme import theme


def init_templating(app: Flask) -> None:
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(Path(__file__).parents[1] / "translations"))
    Babel(app, locale_selector=choose_locale, timezone_selector=choose_time_zone)
    init_quick_jinja(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.autoescape = is_html
    app.jinja_env.filters.update(ago=ago, ago_long=ago_long, day=day, moment=moment, exact=exact)
    app.jinja_env.globals.update(
        site=SiteSettings(),
        now=clock.now,
        notice=respond.take_notice,
        direction=direction,
        absolute=absolute,
        theme=theme,
        language=lambda: str(get_locale()),
    )


def publish_icon(app: Flask) -> None:
    """Make the icon a global of the environment, once all other globals are there: macros are imported without context."""
    draw = app.jinja_env.get_template("components/icon.html").module.icon  # type: ignore[attr-defined]
    app.jinja_env.globals["icon"] = drawn_once(draw)


def is_html(template: str | None) -> bool:
    """Everything is escaped as HTML, but for the plain text of mail."""
    return not (template or "").endswith(".txt")


class SiteSettings:
    """The settings in force, as `site.name` in templates."""

    def __getattr__(self, name: str) -> Any:
        return getattr(settings.current(), name)


def choose_locale() -> str:
    if not has_request_context():
        return "en"
    chosen = getattr(_reader(), "locale", "")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def choose_time_zone() -> str:
    if not has_request_context():
        return "UTC"
    chosen = getattr(_reader(), "time_zone", "")
    return str(chosen) if chosen and chosen in time_zones() else "UTC"


def _reader() -> Any:
    """Who sits in front of the page: also in a preview, whose viewer is nobody."""
    preview = g.get("preview")
    return getattr(preview.actor if preview is not None else g.get("viewer"), "user", None)


def direction() -> str:
    return "rtl" if str(get_locale()).split("_")[0] in RIGHT_TO_LEFT else "ltr"


def ago(at: datetime | None) -> Markup:
    """`<time>`: how long ago in a word or two, the exact moment on hover and for machines."""
    if at is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}" data-behavior="ago">{}</time>').format(
        at.isoformat(timespec="seconds"), exact(at), _in_words(at)
    )


def ago_long(at: datetime | None) -> Markup:
    """`<time>` as `ago`, in whole words where there is room for them: “51 minutes ago”."""
    if at is None:
        return Markup("")
    age = clock.now() - at
    spelled = timedelta(minutes=1) <= age < timedelta(days=1)
    words = (
        format_timedelta(-age, threshold=1, format="long", add_direction=True, locale=get_locale())
        if spelled
        else _in_words(at)
    )
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(timespec="seconds"), exact(at), words
    )


def ago_turn(at: datetime) -> int:
    """Changes whenever `ago` of that moment says something else: for keys of fragments."""
    now = clock.now()
    age = now - at
    if age < timedelta(days=1):
        return int(age.total_seconds()) // 60
    return -1 if age < timedelta(days=2) else -now.year


def day(at: datetime | None) -> Markup:
    """`<time>` with the date alone."""
    if at is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(timespec="seconds"), exact(at), format_date(_here(at), "d MMM y")
    )


def moment(at: datetime | None) -> Markup:
    """`<time>` with date and hour."""
    if at is None:
        return Markup("")
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), exact(at))


def exact(at: datetime) -> str:
    return str(format_datetime(at, "d MMMM y, HH:mm"))


def _in_words(at: datetime) -> str:
    age = clock.now() - at
    if age < timedelta(minutes=1):
        return _("just now")
    if age < timedelta(days=1):
        age -= age % timedelta(minutes=1)  # 59 min to the last second, not 60
        return format_timedelta(age, threshold=1, format="narrow", locale=get_locale())
    if age < timedelta(days=2):
        return _("yesterday")
    same_year = at.year == clock.now().year
    return str(format_date(_here(at), "d MMM" if same_year else "d MMM y"))


def _here(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(choose_time_zone()))
