"""Home, what is unread, and the few files that machines ask for."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from forum.access.doors import open_to_all, signed_in
from forum.access.viewer import Viewer
from forum.boards.params import UnreadParams
from forum.boards.rows import place_rows, topic_rows, topics_for_home, unread_groups
from forum.core import clock, settings
from forum.discussions import stamps
from forum.discussions.queries import topics as topic_queries
from forum.web import params, respond
from forum.web.heads import Head
from forum.web.keeping import kept_for_visitors
from forum.web.links import absolute
from forum.web.templating import choose_time_zone

pages = Blueprint("pages", __name__)

UNREAD_ON_HOME = 15
GROUPS_ON_HOME = 5
UNREAD_ON_PAGE = 60
LATEST = 8
LITTLE = 5  # fewer unread topics than this, and the latest are shown too


@pages.get("/")
@kept_for_visitors(stamps.of_all_places)
@open_to_all
def home(viewer: Viewer) -> Response:
    if viewer.is_visitor:
        site = settings.current()
        listed = topic_queries.ids_for_home(viewer, LATEST, latest=True, opened=False)
        ids = list(dict.fromkeys([*listed.pinned, *listed.latest]))
        rows = topic_rows(viewer, topic_queries.with_authors(ids))
        return respond.page(
            "pages/home_visitor.html",
            rows=rows,
            places=place_rows(viewer),
            facts=[],
            canonical="/",
            head=Head(site.name, "/", " ".join(site.welcome.split()) or site.tagline),
            feed=("/feeds/site.atom", site.name),
        )
    found = topics_for_home(
        viewer, unread_limit=UNREAD_ON_HOME, groups=GROUPS_ON_HOME, limit=LATEST, little=LITTLE
    )
    return respond.page(
        "pages/home.html",
        pinned=found.pinned,
        groups=found.groups,
        unread_count=found.count,
        new_count=found.new,
        opened=found.opened,
        more_opened=found.more_opened,
        latest=found.latest,
        part_of_day=_part_of_day(),
        grace_until=_grace_until(viewer),
    )


@pages.get("/unread")
@signed_in
def unread(viewer: Viewer) -> Response:
    asked = params.read_query(UnreadParams)
    news = unread_groups(
        viewer, limit=UNREAD_ON_PAGE, after=asked.after, only_followed=asked.show == "followed"
    )
    return respond.page(
        "discussions/unread.html",
        groups=news.groups,
        unread_count=news.count,
        show=asked.show,
        after=news.after,
    )


@pages.get("/keyboard")
@open_to_all
def keyboard(_viewer: Viewer) -> Response:
    """What single keys do; a script shows the same in a dialog."""
    return respond.page("pages/keyboard.html", canonical="/keyboard")


@pages.get("/robots.txt")
@open_to_all
def robots(_viewer: Viewer) -> Response:
    closed = (
        "/signin?",  # where it leads on to a page; the plain one may be found
        "/register",
        "/reset",
        "/settings",
        "/staff",
        "/moderation",
        "/api/",
        "/new",
        "/unread",
    )
    text = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed)
    text += f"\nSitemap: {absolute('/sitemap.xml')}\n"
    response = Response(text, mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _part_of_day() -> str:
    hour = clock.now().astimezone(ZoneInfo(choose_time_zone())).hour
    if 5 <= hour < 12:
        return "morning"
    return "afternoon" if 12 <= hour < 18 else "evening"


def _grace_until(viewer: Viewer) -> object:
    """When the rights of a lapsed member end, or None."""
    user = viewer.user
    if user.standing != "lapsed" or not viewer.is_member:
        return None
    return user.member_until + timedelta(days=settings.current().grace_days)
