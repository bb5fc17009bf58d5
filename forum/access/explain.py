"""Who can see this and by which rule; and of one viewer, why or why not.

Nothing is decided here: the verdicts are those of `judge`, and the clauses are the stored columns that it reads, put in
words one by one. `tests/access` holds both against each other in whole worlds.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from forum.access import audience as audiences
from forum.access.models import NOBODY, PUBLIC, Audience, RoleName, Scope
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.access.words import names_of_groups
from forum.core import settings
from forum.core.db import db

if TYPE_CHECKING:
    from forum.boards.models import Category
    from forum.discussions.models import Topic

WALLS = ("read", "gate1", "gate2")
OVERSIGHT = ("oversight", "overseers")
COLUMNS = (*WALLS, *OVERSIGHT, "reply")


@dataclass(frozen=True, slots=True)
class Names:
    """What the places are called for whoever asks; `around` is empty where there is none, or where they may not know it.

    `scopes` keeps what scopes are called while one question is answered: {id: (kind, who that is)}.
    """

    place: str
    around: str = ""
    scopes: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """Whom the question is about: their viewer, what they are called, and the account behind it, where there is one.

    `in_full` tells what is for staff and moderators: dates, suspension, roles. `named_until` is None where they are not
    named for this topic, else when that ends (or "").
    """

    viewer: Viewer
    name: str
    account: Any = None
    in_full: bool = False
    named_until: datetime | str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One column of an audience: whom it names, and whether the viewer is among them."""

    column: str
    scope_id: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """`rule` names the clause that lets the viewer read (audience, oversight, overseers), or the one that keeps them out
    (read, gate1, gate2, hidden, deleted). `because` says every clause in words."""

    readable: bool
    may_reply: bool
    rule: str
    because: list[str]


def clauses_of(viewer: Viewer, audience: Audience) -> dict[str, Clause]:
    """The columns that the rule reads, each with what it comes to for this viewer."""
    ids = {column: _scope_of(audience, column) for column in COLUMNS}
    return {column: Clause(column, scope_id, scope_id in viewer.scopes) for column, scope_id in ids.items()}


def deciding_clause(clauses: dict[str, Clause]) -> str:
    """What lets in: the audience itself, or overseeing it; else the first wall that keeps out."""
    closed = [column for column in WALLS if not clauses[column].holds]
    if not closed:
        return "audience"
    return next((column for column in OVERSIGHT if clauses[column].holds), closed[0])


def explain_topic(about: About, topic: "Topic", names: Names) -> Explanation:
    """Why, or why not, somebody reads and answers a topic."""
    readable = bool(judge(Permission.READ_TOPIC, about.viewer, topic))
    rule = deciding_clause(clauses_of(about.viewer, topic.audience))
    states = []
    for state, since in (("deleted", topic.deleted_at), ("hidden", topic.hidden_at)):
        if since is not None:
            states.append(_state_words(about, state, readable))
            rule = rule if readable or rule in WALLS else state
    if topic.is_locked:
        states.append(_("It is locked: nobody can answer until a moderator unlocks it."))
    if topic.place.archived:
        states.append(_("It stands in an archive: nobody can answer."))
    return Explanation(
        readable=readable,
        may_reply=bool(judge(Permission.REPLY, about.viewer, topic)),
        rule=rule,
        because=[*about_person(about, topic.place_id, names), *_lines(topic.audience, names, about), *states],
    )


def explain_place(about: About, category: "Category", names: Names) -> Explanation:
    """Why, or why not, somebody reads a place; `may_reply` is about the topics that leave it to the place."""
    audience = category.place.default_audience
    lines = [*about_person(about, category.place_id, names), *_lines(audience, names, about)]
    if category.place.archived:
        lines.append(_("It is kept as an archive: nothing new is written there."))
    return Explanation(
        readable=bool(judge(Permission.READ_PLACE, about.viewer, category)),
        may_reply=audiences.may_reply(about.viewer, audience) and not category.place.archived,
        rule=deciding_clause(clauses_of(about.viewer, audience)),
        because=lines,
    )


def who_reads(audience: Audience, names: Names) -> list[str]:
    """The rule in words, about nobody in particular."""
    return _lines(audience, names, None)


def about_person(about: About, place_id: int, names: Names) -> list[str]:
    """What somebody is, as far as reading turns on it."""
    who, account = about.name, about.account
    if account is None:
        return [_kind_words(about.viewer)]
    if not about.in_full:
        kind = _("%(who)s is a guest.", who=who) if account.standing == "guest" else ""
        return [kind] if kind else []
    return [_standing_words(about), *_role_words(about, place_id, names)]


def involved_groups(audience: Audience) -> list[int]:
    """The groups that the answer turns on."""
    ids = {_scope_of(audience, column) for column in (*WALLS, "reply")}
    rows = db.session.scalars(select(Scope.ref_id).where(Scope.id.in_(ids), Scope.kind == "group"))
    return sorted(rows)


def day(moment: datetime) -> str:
    """The last day before a moment."""
    return str(format_date(moment - timedelta(microseconds=1), "d MMMM y"))


def _scope_of(audience: Audience, column: str) -> int:
    name = f"{column}_scope_id" if column in {"read", "reply"} else f"{column}_id"
    scope_id: int = getattr(audience, name)
    return scope_id


def _lines(audience: Audience, names: Names, about: About | None) -> list[str]:
    """Every clause that is there, in the order in which the rule is told."""
    whom = _whom(audience, names.scopes)
    clauses = clauses_of(about.viewer, audience) if about else {}

    def among(column: str) -> str:
        return f" {_among_words(about, clauses[column], whom[column][0])}" if about else ""

    place, around = names.place, names.around or _("the place around it")
    lines = []
    if audience.inherits:
        lines.append(_("Who reads it is what %(place)s says.", place=place))
    else:
        lines.append(_("Who reads it was said for it alone, whatever %(place)s says.", place=place))
    lines.append(_("It is for %(whom)s.", whom=whom["read"][1]) + among("read"))
    if audience.opened:
        lines.append(
            _("It is expressly opened: one need not be able to read the place around it.")
            if audience.inherits
            else _("It is expressly opened: it does not take %(place)s to be open too.", place=place)
        )
    if audience.gate1_id != PUBLIC and not (
        audience.inherits and audience.gate1_id == audience.read_scope_id
    ):
        lines.append(
            _("It stands in %(place)s, which is for %(whom)s.", place=place, whom=whom["gate1"][1])
            + among("gate1")
        )
    if audience.gate2_id != PUBLIC:
        lines.append(
            _("%(place)s stands in %(around)s, which is for %(whom)s.",
              place=place, around=around, whom=whom["gate2"][1])
            + among("gate2")
        )  # fmt: skip
    if audience.overseers_id == NOBODY:
        lines.append(
            _("It is a closed group's: neither moderators nor staff read it unless they are in that group.")
        )
    else:
        lines.append(
            _("Those who moderate %(place)s read and answer all that stands there.", place=place)
            + among("oversight")
        )
        lines.append(
            _("So do the staff of the society, and those who moderate the whole site.") + among("overseers")
        )
    lines.append(_("Answers come from %(whom)s.", whom=whom["reply"][1]) + among("reply"))
    return lines


def _whom(audience: Audience, known: dict[int, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """{column: (kind of scope, who that is)}; what is not known yet is looked up, all at once."""
    ids = {column: _scope_of(audience, column) for column in COLUMNS}
    missing = set(ids.values()) - known.keys()
    if missing:
        rows = db.session.execute(
            select(Scope.id, Scope.kind, Scope.ref_id).where(Scope.id.in_(missing))
        ).all()
        groups = names_of_groups({row.ref_id for row in rows if row.kind == "group"})
        known.update(dict.fromkeys(missing, ("nobody", _scope_words("nobody", ""))))
        known.update({row.id: (row.kind, _scope_words(row.kind, groups.get(row.ref_id, ""))) for row in rows})
    return {column: known[scope_id] for column, scope_id in ids.items()}


def _scope_words(kind: str, group: str) -> str:
    match kind:
        case "public":
            return _("anyone, also without an account")
        case "guests":
            return _("everybody with an account, members and guests")
        case "members":
            return _("members")
        case "group":
            return _("the people of the group “%(group)s”", group=group)
        case "people":
            return _("the people named for it")
        case "curates":
            return _("the staff, and those who moderate there")
        case "moderates":
            return _("those who moderate there")
        case "overseers":
            return _("the staff, and those who moderate the whole site")
    return _("nobody")


def _among_words(about: About | None, clause: Clause, kind: str) -> str:
    if about is None or clause.scope_id == NOBODY:
        return ""
    who = about.name
    if kind == "group":
        return _("%(who)s is in it.", who=who) if clause.holds else _("%(who)s is not in it.", who=who)
    if kind == "people" and clause.holds and isinstance(about.named_until, datetime):
        return _("%(who)s is named, until %(date)s.", who=who, date=day(about.named_until))
    if clause.holds:
        return _("%(who)s is among them.", who=who)
    return _("%(who)s is not among them.", who=who)


def _state_words(about: About, state: str, sees_it: bool) -> str:
    words = {
        "hidden": _("It is hidden: only those who moderate there see it."),
        "deleted": _(
            "It is deleted: only those who moderate there see it, and its author where they took it back themselves."
        ),
    }[state]
    told = _("%(who)s is one of them.", who=about.name) if sees_it else _("%(who)s is not.", who=about.name)
    return f"{words} {told}"


def _kind_words(viewer: Viewer) -> str:
    return {
        "guest": _("A guest has an account and a confirmed address, and is not a member."),
        "member": _("A member's membership is current, or ran out a short while ago."),
        "moderator": _("Somebody who moderates there."),
    }.get(viewer.guise, _("A visitor is not signed in."))


def _standing_words(about: About) -> str:
    who, account, rights = about.name, about.account, about.viewer.rights
    if rights.is_suspended:
        if account.suspended_until is None:
            return _("%(who)s is suspended, and reads what visitors read.", who=who)
        return _("%(who)s is suspended until %(date)s, and reads what visitors read.",
                 who=who, date=day(account.suspended_until))  # fmt: skip
    if getattr(account, "is_placeholder", False):
        return _("The name %(who)s came with an import: nobody signs in with it.", who=who)
    if not rights.is_confirmed:
        return _("%(who)s has not confirmed an e-mail address yet, and reads what visitors read.", who=who)
    if account.standing == "guest":
        return _("%(who)s is a guest.", who=who)
    if account.member_until is None:
        return _("%(who)s is a member.", who=who)
    until = day(account.member_until)
    if account.standing == "member":
        return _("%(who)s is a member until %(date)s.", who=who, date=until)
    grace = day(account.member_until + timedelta(days=settings.current().grace_days))
    if about.viewer.is_member:
        return _("%(who)s was a member until %(date)s, and keeps what members have until %(grace)s.",
                 who=who, date=until, grace=grace)  # fmt: skip
    return _("%(who)s was a member until %(date)s; the time of grace ended on %(grace)s: they read what guests read.",
             who=who, date=until, grace=grace)  # fmt: skip


def _role_words(about: About, place_id: int, names: Names) -> list[str]:
    """The roles that count here."""
    viewer, who = about.viewer, about.name
    said = []
    if viewer.has_role(RoleName.STAFF):
        said.append(_("%(who)s is staff of the society.", who=who))
    if viewer.has_role(RoleName.MODERATOR):
        said.append(_("%(who)s moderates the whole site.", who=who))
    if viewer.has_role(RoleName.MODERATOR, place_id):
        said.append(_("%(who)s is among those who moderate “%(place)s”.", who=who, place=names.place))
    return said
