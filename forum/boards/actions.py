"""Making and changing categories; starting topics in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from forum.access.doors import authorize
from forum.access.models import AudienceKind, Place, PlaceKind
from forum.access.permissions import Permission
from forum.access.places import AudienceChoice, change_place, lock_place, make_place
from forum.access.rules import judge
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.boards.models import Category, TopicTemplate
from forum.boards.template_forms import MOST_FIELDS, FormField
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.slugs import slugify
from forum.core.transactions import transactional
from forum.core.versions import bump_site
from forum.discussions.actions.polling import PollPlan
from forum.discussions.actions.writing import Written, start_topic
from forum.discussions.models import Topic
from forum.markup import SafeHTML
from forum.notifications.actions.watching import choose_place_level
from forum.notifications.models import WatchLevel

MOST_TEMPLATES = 12


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """What a category is to be. `guidelines_html` has been rendered before any transaction."""

    name: str
    slug: str = ""
    description: str = ""
    guidelines: str = ""
    guidelines_html: SafeHTML | None = None
    hue: int = 7
    position: int = 0
    read: AudienceKind = AudienceKind.MEMBERS
    reply: AudienceKind = AudienceKind.MEMBERS
    start: AudienceKind = AudienceKind.MEMBERS
    group_id: int | None = None
    opened: bool = False
    parent_slug: str = ""
    archived: bool = False
    mail_content: bool | None = None
    for_questions: bool = False

    @property
    def choice(self) -> AudienceChoice:
        """Who reads and answers what leaves it to the place."""
        return AudienceChoice(self.read, self.reply, self.group_id, self.opened)


@transactional
def create_category(plan: CategoryPlan, *, actor: User | None) -> Category:
    """A new category; `actor` is None for commands."""
    if actor is not None:
        authorize(Permission.MANAGE_CATEGORIES, viewer_of(actor))
    parent = _parent(plan)
    slug = plan.slug or slugify(plan.name)
    if db.session.scalar(select(Category.id).where(Category.slug == slug)):
        raise Invalid({"slug": _("Another category has this address.")})
    place = make_place(
        PlaceKind.CATEGORY,
        parent=parent.place if parent else None,
        choice=plan.choice,
        start=plan.start,
    )
    category = Category(
        place_id=place.id, parent_id=parent.id if parent else None, slug=slug, created_at=clock.now()
    )
    place.for_questions = plan.for_questions
    _describe(category, plan)
    db.session.add(category)
    _archive_places(category)
    _record(AuditAction.CATEGORY_CREATED, category, actor)
    bump_site()
    return category


@transactional
def change_category(category: Category, plan: CategoryPlan, *, actor: User) -> Category:
    """Change a category. A new default audience changes a handful of rows, never the topics in it."""
    authorize(Permission.MANAGE_CATEGORIES, viewer_of(actor))
    lock_place(category.place_id)
    category = _load(category.id)
    slug = plan.slug or category.slug
    if db.session.scalar(select(Category.id).where(Category.slug == slug, Category.id != category.id)):
        raise Invalid({"slug": _("Another category has this address.")})
    parent = _parent(plan)
    if parent is not None:
        has_children = db.session.scalar(select(func.count()).where(Category.parent_id == category.id))
        if parent.id == category.id or has_children:
            raise Invalid({"parent": _("Categories nest two deep: this one has others inside it.")})
    category.slug = slug
    category.parent_id = parent.id if parent else None
    category.place.parent_id = parent.place_id if parent else None
    category.place.for_questions = plan.for_questions
    _describe(category, plan)
    _archive_places(category)
    change_place(category.place, plan.choice, plan.start)
    _record(AuditAction.CATEGORY_CHANGED, category, actor)
    return category


@transactional
def move_category(category: Category, by: int, *, actor: User) -> None:
    """Move a category up (-1) or down (+1) among its siblings."""
    authorize(Permission.MANAGE_CATEGORIES, viewer_of(actor))
    category = _load(category.id)
    same_parent = (
        Category.parent_id == category.parent_id if category.parent_id else Category.parent_id.is_(None)
    )
    siblings = list(
        db.session.scalars(
            select(Category).where(same_parent).order_by(Category.position, Category.name, Category.id)
        )
    )
    at = siblings.index(category)
    to = min(max(at + by, 0), len(siblings) - 1)
    siblings.insert(to, siblings.pop(at))
    for position, sibling in enumerate(siblings):
        sibling.position = position
    bump_site()


@transactional
def archive_category(category: Category, *, archived: bool, actor: User) -> None:
    """Keep a category and those in it as an archive, read and not written; or take it up again."""
    authorize(Permission.MANAGE_CATEGORIES, viewer_of(actor))
    category = _load(category.id)
    if category.is_archived != archived:
        category.archived_at = clock.now() if archived else None
        _archive_places(category)
        bump_site()
        _record(AuditAction.CATEGORY_CHANGED, category, actor)


@transactional
def keep_template(
    category: Category, *, name: str, body: str, actor: User, template_id: int | None = None
) -> TopicTemplate:
    """A new template for topics of a category, or other words for one that is there."""
    authorize(Permission.MANAGE_CATEGORIES, viewer_of(actor))
    category = _load(category.id)
    if template_id is None:
        there = db.session.scalar(select(func.count()).where(TopicTemplate.category_id == category.id)) or 0
        if there >= MOST_TEMPLATES:
            raise Invalid({"name": _("%(most)s templates are enough for one place.", most=MOST_TEMPLATES)})
        template = TopicTemplate(category_id=category.id, name=name, body=body)
        db.session.add(template)
    else:
        template = _template(category, template_id)
        template.name, template.body = name, body
    _record(AuditAction.CATEGORY_CHANGED, category, actor)
    return template


@transactional
def drop_template(category: Category, template_id: int, *, actor: User) -> None:
    authorize(Permission.MANAGE_CATEGORIES, viewer_of(actor))
    category = _load(category.id)
    db.session.delete(_template(category, template_id))
    _record(AuditAction.CATEGORY_CHANGED, category, actor)


@transactional
def keep_field(
    category: Category, template_id: int, field: FormField, *, actor: User, at: int | None = None
) -> None:
    """Another field for a template, which makes a form of it; or other words for the field at a place."""
    template = _template_to_change(category, template_id, actor)
    fields = list(template.fields)
    if at is None:
        if len(fields) >= MOST_FIELDS:
            raise Invalid({"label": _("%(most)s fields are enough for one form.", most=MOST_FIELDS)})
        fields.append(field.stored())
    elif 0 <= at < len(fields):
        fields[at] = field.stored()
    else:
        raise NotFound
    template.fields = fields


@transactional
def drop_field(category: Category, template_id: int, at: int, *, actor: User) -> None:
    """Without any field it is a text to begin with again."""
    template = _template_to_change(category, template_id, actor)
    template.fields = [each for place, each in enumerate(template.fields) if place != at]


@transactional
def raise_field(category: Category, template_id: int, at: int, *, actor: User) -> None:
    """Put a field one place higher."""
    template = _template_to_change(category, template_id, actor)
    fields = list(template.fields)
    if 0 < at < len(fields):
        fields.insert(at - 1, fields.pop(at))
        template.fields = fields


def _template_to_change(category: Category, template_id: int, actor: User) -> TopicTemplate:
    authorize(Permission.MANAGE_CATEGORIES, viewer_of(actor))
    template = _template(_load(category.id), template_id)
    db.session.refresh(template, with_for_update=True)
    return template


def _template(category: Category, template_id: int) -> TopicTemplate:
    template = db.session.get(TopicTemplate, template_id)
    if template is None or template.category_id != category.id:
        raise NotFound
    return template


@transactional
def start_topic_in(
    category: Category,
    *,
    author: User,
    title: str,
    written: Written,
    choice: AudienceChoice | None = None,
    people: list[User] | None = None,
    client_id: str | None = None,
    tags: Sequence[str] = (),
    poll: PollPlan | None = None,
) -> Topic:
    """Begin a topic in a category, if the author may as things stand now."""
    lock_place(category.place_id)
    category = _load(category.id)
    authorize(Permission.START_TOPIC, viewer_of(author), category)
    return start_topic(
        category.place,
        author=author,
        title=title,
        written=written,
        choice=choice,
        people=people,
        client_id=client_id,
        tags=tags,
        poll=poll,
    )


@transactional
def watch_place(category: Category, *, watcher: User, level: WatchLevel | None) -> None:
    """Follow a category as chosen, and those in it that have no choice of their own; None takes the choice back."""
    if not judge(Permission.READ_PLACE, viewer_of(watcher), _load(category.id)):
        raise NotFound
    choose_place_level(watcher, category.place_id, level)


def _load(category_id: int) -> Category:
    category = db.session.scalar(
        select(Category)
        .options(joinedload(Category.place).joinedload(Place.audience))
        .where(Category.id == category_id)
        .execution_options(populate_existing=True)
    )
    if category is None:
        raise NotFound
    return category


def _parent(plan: CategoryPlan) -> Category | None:
    if not plan.parent_slug:
        return None
    parent = db.session.scalar(
        select(Category).options(joinedload(Category.place)).where(Category.slug == plan.parent_slug)
    )
    if parent is None:
        raise Invalid({"parent": _("There is no such category.")})
    if parent.parent_id is not None:
        raise Invalid({"parent": _("Categories nest two deep: choose one that stands in no other.")})
    return parent


def _describe(category: Category, plan: CategoryPlan) -> None:
    category.name, category.description = plan.name, plan.description
    category.guidelines, category.guidelines_html = plan.guidelines, plan.guidelines_html
    category.hue, category.position = plan.hue, plan.position
    place = db.session.get_one(Place, category.place_id)
    place.mail_content = plan.mail_content
    if plan.archived != category.is_archived:
        category.archived_at = clock.now() if plan.archived else None


def _archive_places(category: Category) -> None:
    """A place is an archive where its category is one, or the one around that; inside a transaction."""
    db.session.flush()
    parent = db.session.get(Category, category.parent_id) if category.parent_id else None
    category.place.archived = category.is_archived or (parent is not None and parent.is_archived)
    below = select(Category).options(joinedload(Category.place)).where(Category.parent_id == category.id)
    for child in db.session.scalars(below):
        child.place.archived = child.is_archived or category.is_archived


def _record(action: AuditAction, category: Category, actor: User | None) -> None:
    record(
        action,
        subject_kind="category",
        subject_id=category.id,
        actor_id=actor.id if actor else None,
        place_id=category.place_id,
        detail={"name": category.name, "slug": category.slug},
    )
