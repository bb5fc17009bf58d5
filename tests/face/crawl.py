"""Every page there is, as everybody who looks at it: what stands at each address, and each form with its errors."""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from forum.accounts.models import User
from tests.face.scene import Scene
from tests.leaks.surfaces import (
    BY_BOOKMARK,
    BY_CATEGORY,
    BY_CONVERSATION,
    BY_DRAFT,
    BY_ENTRY,
    BY_MESSAGE,
    BY_MESSAGE_FLAG,
    BY_POST,
    BY_REVIEW,
    BY_REVISION,
    BY_TAG,
    BY_TAG_GROUP,
    BY_TEMPLATE,
    BY_TOPIC,
    BY_UPLOAD,
    PLAIN,
    PLAIN_ASKED,
)
from tests.mailbox import Mailbox

# For programs, or no document at all.
NO_PAGES = {
    "asset", "site_css", "static", "healthz", "readyz", "metrics_page", "pages.robots", "api.describe",
    "feeds.feed_of_category", "feeds.feed_of_person", "feeds.feed_of_site", "feeds.feed_of_topic",
    "media.show_upload", "feeds.sitemap_index", "feeds.sitemap_of_places", "feeds.sitemap_of_topics",
}  # fmt: skip
ONLY_LEAD_ON = {
    "discussions.find_address", "discussions.find_post_address", "staff.show_first_room",
}  # fmt: skip
BY_PERSON = [
    "/people/{username}",
    "/people/{username}/ignore",
    "/people/{username}/block",
    "/staff/people/{username}",
    "/c/{slug}/access?viewer=@{username}",
]
# The forms with something wrong in each: who sends it, where, what.
REFUSED: list[tuple[str, str, dict[str, str]]] = [
    ("visitor", "/signin", {"email": "nobody@example.org", "password": "x"}),
    ("visitor", "/register", {"name": "", "email": "x", "password": "x"}),
    ("visitor", "/reset", {"email": "x"}),
    ("visitor", "/confirm", {"email": "x"}),
    ("visitor", "/reset/a-token-nobody-has", {"password": "x"}),
    ("visitor", "/confirm/a-token-nobody-has", {}),
    ("member", "/new", {"title": "", "body": "", "category": "nowhere", "inherits": "0", "read": "people", "people": "κανείς"}),
    ("member", "/t/{everything}/reply", {"body": "", "client_id": "x"}),
    ("member", "/t/{everything}/rename", {"title": ""}),
    ("member", "/t/{alone}/audience", {"inherits": "0", "read": "people", "people": "κανείς"}),
    ("member", "/t/{alone}/audience", {"inherits": "0", "read": "members", "reply": "members", "step": "look"}),
    ("member", "/t/{alone}/look", {"guise": "person", "person": ""}),
    ("member", "/posts/{post}/edit", {"body": ""}),
    ("member", "/settings/profile", {"name": "", "username": "", "country": "QQ"}),
    ("member", "/settings/email", {"email": "x"}),
    ("member", "/settings/password", {"password": "x", "new_password": "x"}),
    ("member", "/settings/preferences", {"time_zone": "Nowhere", "locale": "qq"}),
    ("member", "/settings/tokens", {"name": ""}),
    ("member", "/settings/tokens", {"name": "Δεύτερο", "scopes": "read", "days": "30"}),
    ("member", "/settings/feeds", {"name": "Αναγνώστης"}),
    ("member", "/settings/prove", {"password": "x"}),
    ("member", "/preview?to=/new", {"body": "Κείμενο", "title": "Τίτλος"}),
    ("member", "/new", {"category": "{place}", "template": "{template}", "title": "", "tags": "κανένα"}),
    ("member", "/posts/{post}/edit", {"body": "Ναι.", "poll_question": "Τι;", "poll_options": "Ένα"}),
    ("member", "/posts/{others}/flag", {"reason": "other", "note": ""}),
    ("member", "/posts/{poll}/poll", {}),
    ("member", "/bookmarks/{bookmark}", {"remind": "own", "at": ""}),
    ("member", "/uploads", {"file": "κακό.exe"}),
    ("member", "/uploads?to=/new", {"file": "κακό.exe", "body": "Ναι."}),
    ("member", "/t/{curated}/answer", {"number": "1"}),
    ("member", "/messages/new", {"people": "κανείς", "body": "", "client_id": "x"}),
    ("member", "/messages/{conversation}", {"body": "", "client_id": "x"}),
    ("member", "/messages/{conversation}/people", {"username": "κανείς"}),
    ("member", "/messages/{conversation}/name", {"name": ""}),
    ("member", "/messages/said/{message}", {"body": ""}),
    ("moderator", "/t/{everything}/lock", {"reason": ""}),
    ("moderator", "/t/{everything}/hide", {"reason": ""}),
    ("moderator", "/posts/{post}/hide", {"reason": ""}),
    ("staff", "/look", {"guise": "person", "person": "κανείς"}),
    ("staff", "/staff/categories/new", {"name": "", "slug": "!", "read": "members", "reply": "members", "start": "members"}),
    ("staff", "/staff/categories/{slug}", {"name": "", "read": "staff", "reply": "staff", "start": "staff", "step": "look"}),
    ("staff", "/staff/categories/{slug}/templates", {"name": "", "body": ""}),
    ("staff", "/staff/categories/{slug}/moderators", {"username": "κανείς"}),
    ("staff", "/staff/categories/{place}/templates/{template}/fields", {"label": "", "kind": "choice"}),
    ("staff", "/staff/tags", {"name": ""}),
    ("staff", "/staff/tags/{tag}", {"name": ""}),
    ("staff", "/staff/tags/{tag}/merge", {"into": "κανένα"}),
    ("staff", "/staff/tags/groups", {"name": ""}),
    ("staff", "/t/{everything}/pin", {"reason": "x" * 501}),
    ("staff", "/t/{everything}/slow", {"seconds": "x"}),
    ("staff", "/t/{everything}/archive", {"reason": ""}),
    ("staff", "/t/{everything}/move", {"category": "{place}", "reason": "Έτσι.", "step": "look"}),
    ("staff", "/t/{everything}/move", {"category": "nowhere"}),
    ("staff", "/t/{everything}/merge", {"target": "{curated}", "reason": "Έτσι.", "step": "look"}),
    ("staff", "/t/{everything}/merge", {"target": "x"}),
    ("staff", "/t/{everything}/choose", {"posts": "{others}", "act": "split", "title": "Νέο", "reason": "Έτσι.", "step": "look"}),
    ("staff", "/t/{everything}/choose", {"act": "join"}),
    ("staff", "/c/{place}/choose", {"topics": "{curated}", "act": "pin", "reason": "Έτσι.", "step": "look"}),
    ("staff", "/c/{place}/choose", {"act": "move"}),
    ("staff", "/posts/{others}/author", {"username": "κανείς", "reason": ""}),
    ("staff", "/moderation/queue/{review}", {"act": "dismiss", "reason": ""}),
    ("staff", "/moderation/queue/{judged}", {"act": "dismiss", "reason": "Έτσι."}),
    ("staff", "/moderation/log/{entry}/undo", {"reason": "x" * 501}),
    ("staff", "/staff/settings", {"name": ""}),
    ("staff", "/staff/people/{username}/suspend", {"reason": ""}),
    ("staff", "/staff/people/{username}/standing", {"standing": "member", "until": "x"}),
    ("staff", "/staff/people/{username}/roles", {"role": "moderator", "place": "nowhere"}),
]  # fmt: skip
SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


@dataclass(frozen=True)
class Page:
    """What somebody got for an address."""

    viewer: str
    address: str
    status: int
    html: str

    def __str__(self) -> str:
        return f"{self.viewer} {self.address} ({self.status})"


def addresses(scene: Scene) -> list[str]:
    """Every address of a page, for what is in the scene; the demo's topics only where they are read."""
    asked = {"far": "", "far_seq": "", "far_moment": ""}
    furnished = {name: topic for name, topic in scene.topics.items() if name != topic.slug}
    found = [address for endpoint, address in PLAIN.items() if is_page(endpoint)]
    found += [a for e, shapes in PLAIN_ASKED.items() if is_page(e) for a in shapes if "{" not in a]
    for shapes, filled in (
        (BY_CATEGORY, [{"slug": category.slug} for category in scene.categories]),
        (BY_TOPIC, [{"id": topic.id, "slug": topic.slug} for topic in furnished.values()]),
        (BY_POST, [{"id": post.id} for post in scene.posts] + scene.things.with_files),
        (BY_REVISION, [{"id": revision.id} for revision in scene.revisions]),
        (BY_DRAFT, [{"id": draft.id} for draft in scene.drafts]),
        (BY_TEMPLATE, scene.things.templates),
        (BY_TAG, scene.things.tags),
        (BY_TAG_GROUP, scene.things.tag_groups),
        (BY_ENTRY, scene.things.entries),
        (BY_REVIEW, scene.things.reviews),
        (BY_BOOKMARK, scene.things.bookmarks),
        (BY_UPLOAD, scene.things.uploads),
        (BY_CONVERSATION, scene.things.conversations),
        (BY_MESSAGE, scene.things.messages),
        (BY_MESSAGE_FLAG, scene.things.message_flags),
    ):
        of_pages = [shape for endpoint, of in shapes.items() if is_page(endpoint) for shape in of]
        found += [
            shape.format(**asked, **values) for shape in of_pages for values in filled if "={far" not in shape
        ]
    usernames = [user.username for user in scene.people]
    slug = scene.categories[0].slug
    found += [shape.format(username=name, slug=slug) for shape in BY_PERSON for name in usernames]
    found += [f"/t/{topic.id}/{topic.slug}" for name, topic in scene.topics.items() if name not in furnished]
    found += [f"/new?category={category.slug}" for category in scene.categories]
    found += scene.things.ways_out
    found += ["/staff/people?q=a", "/staff/people/nobody", "/nowhere", "/signin?next=/new"]
    # A part is laid out within its page, and is looked at there.
    return [address for address in dict.fromkeys(found) if not re.search(r"[?&]part=", address)]


def is_page(endpoint: str) -> bool:
    return endpoint not in NO_PAGES and not endpoint.partition(".")[0].endswith("_api")


def crawl(
    scene: Scene,
    app: Flask,
    sign_in: SignIn,
    submit: Submit,
    viewers: list[str] | None = None,
    language: str = "en",
) -> Iterator[Page]:
    """Every page as each viewer; then what mailed links lead to, the refused forms, and what staff see who look as a guest."""
    browsers = {
        name: app.test_client() if user is None else sign_in(user)
        for name, user in scene.viewers.items()
        if viewers is None or name in viewers
    }
    for browser in browsers.values():
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    for name, browser in browsers.items():
        for address in addresses(scene):
            answer = browser.get(address)
            if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303, 308):
                yield Page(name, address, answer.status_code, answer.text)
    if "visitor" in browsers:
        for asking, name in (("/reset", "member"), ("/confirm", "unconfirmed")):
            submit(browsers["visitor"], asking, email=scene[name].email)
            address = Mailbox(app).link(str(scene[name].email))
            answer = browsers["visitor"].get(address)
            yield Page("visitor", address, answer.status_code, answer.text)
    for name, shape, fields in REFUSED:
        if name in browsers:
            address = fill(scene, shape)
            sent = {key: fill(scene, value) for key, value in fields.items() if key != "file"}
            files = {"file": (io.BytesIO(b"MZ"), fields["file"])} if "file" in fields else {}
            answer = submit(browsers[name], address, **sent, **files)
            if answer.status_code < 300 or answer.status_code >= 400:
                yield Page(name, f"POST {address}", answer.status_code, answer.text)
    if "staff" in browsers:
        submit(browsers["staff"], "/look", guise="guest", page="/c")
        for address in ("/", "/c", fill(scene, "/t/{everything}/x"), "/settings/profile"):
            answer = browsers["staff"].get(address, follow_redirects=True)
            yield Page("staff as a guest", address, answer.status_code, answer.text)


def different(pages: Iterable[Page]) -> list[Page]:
    """Each page once; of those that say what is not there or not allowed, one of each wording for each viewer."""
    kept: dict[tuple[str, str], Page] = {}
    for page in pages:
        words = re.sub(r'="[^"]*"', "", page.html) if page.status in {401, 403, 404} else page.html
        kept.setdefault((page.viewer, words), page)
    return list(kept.values())


def endpoint_of(app: Flask, address: str) -> str:
    try:
        return str(app.url_map.bind("localhost").match(address.partition("?")[0])[0])
    except HTTPException:
        return ""


def one_of_each(app: Flask, pages: Iterable[Page]) -> list[Page]:
    """The first page of each endpoint."""
    found: dict[str, Page] = {}
    for page in pages:
        found.setdefault(endpoint_of(app, page.address), page)
    return list(found.values())


def fill(scene: Scene, shape: str) -> str:
    topics = {name: topic.id for name, topic in scene.topics.items()}
    things = scene.things
    rest = {
        "post": scene.posts[1].id,
        "others": scene.posts[2].id,
        "poll": scene.posts[-1].id,
        "slug": scene.categories[0].slug,
        "username": scene.people[1].username,
        "place": things.templates[0]["slug"],
        "template": things.templates[0]["id"],
        "tag": things.tags[0]["slug"],
        "review": things.reviews[0]["id"],
        "judged": things.reviews[1]["id"],
        "entry": things.entries[-1]["id"],
        "bookmark": things.bookmarks[0]["id"],
        "conversation": things.conversations[0]["id"],
        "message": things.messages[0]["id"],
    }
    return shape.format(**topics, **rest)
