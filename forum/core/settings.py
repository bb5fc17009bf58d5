"""What the society decides: typed, explained, kept with their history. What a deployment decides is in `forum.config`."""

import re
import threading
from datetime import datetime
from typing import Any, Literal

from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from forum.core import clock
from forum.core.db import Base, db, which_database
from forum.core.errors import Invalid
from forum.core.faults import in_words
from forum.core.ids import new_id
from forum.core.transactions import current_transaction
from forum.core.versions import bump_site, site_version
from forum.core.words import N_

FIRST_REACTIONS = (
    ("like", "👍", N_("Like")),
    ("thanks", "🙏", N_("Thank you")),
    ("insightful", "💡", N_("Insightful")),
    ("agree", "✅", N_("Agree")),
)


class Settings(BaseModel):
    """Every setting with its default; the description is what the staff page says."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    name: str = Field(
        "Collegium",
        min_length=1,
        max_length=64,
        title=N_("Name"),
        description=N_("Stands in the top bar, in titles and in mail."),
    )
    tagline: str = Field(
        "", max_length=120, title=N_("Second line"), description=N_("A few words below the name.")
    )
    welcome: str = Field(
        "",
        max_length=1000,
        title=N_("Welcome"),
        description=N_(
            "What a visitor reads first on the home page: what this society is, and for whom. With two lines or more, the first one is the heading."
        ),
    )
    rules: str = Field(
        "",
        max_length=200,
        title=N_("Where the rules stand"),
        description=N_(
            "The address of that place, topic or page on this site, such as /c/welcome. The foot of every page leads there."
        ),
    )
    registration_open: bool = Field(
        True,
        title=N_("Guests may register"),
        description=N_("Anybody with an e-mail address can make a guest account."),
    )
    grace_days: int = Field(
        60,
        ge=0,
        le=730,
        title=N_("Days of grace"),
        description=N_("How long a member keeps all rights after the membership has run out."),
    )
    edit_minutes: int = Field(
        1440,
        ge=0,
        le=525600,
        title=N_("Minutes to edit"),
        description=N_("How long members may change their own posts. 0 means without end."),
    )
    guest_edit_minutes: int = Field(
        60,
        ge=0,
        le=525600,
        title=N_("Minutes to edit, for guests"),
        description=N_("How long guests may change theirs. 0 means without end."),
    )
    history_for: Literal["author", "readers"] = Field(
        "author",
        title=N_("Who sees earlier versions"),
        description=N_(
            "What a post said before an edit: its author and moderators, or everybody signed in who reads the post."
        ),
    )
    reactions: str = Field(
        "\n".join(" ".join(line) for line in FIRST_REACTIONS),
        max_length=600,
        title=N_("Reactions"),
        description=N_(
            "What readers can say to a post with one click: a line each, up to eight, with a short name for programs, an emoji and what it means. What you take out stays counted, but can no longer be given."
        ),
    )
    tag_makers: Literal["staff", "moderators", "members"] = Field(
        "staff",
        title=N_("Who makes new tags"),
        description=N_("By typing a word that is no tag yet. Staff arrange tags on a page of their own."),
    )
    default_view: Literal["flat", "threaded"] = Field(
        "flat", title=N_("How topics read"), description=N_("By time or by reply, until a person chooses.")
    )
    posts_per_page: int = Field(
        20, ge=10, le=50, title=N_("Posts on a page"), description=N_("In topics, flat and threaded.")
    )
    upload_quota: int = Field(
        1024,
        ge=0,
        le=1_000_000,
        title=N_("Megabytes of uploads"),
        description=N_("How much one person may keep here in pictures and files. 0 lets nobody upload."),
    )
    mail_delay_minutes: int = Field(
        5,
        ge=0,
        le=1440,
        title=N_("Minutes before a notification is mailed"),
        description=N_("Whoever reads it meanwhile gets no mail, and several of one topic come in one."),
    )
    mail_content: bool = Field(
        True,
        title=N_("Mail holds what was written"),
        description=N_(
            "Otherwise it says only that there is something, with a link. It always says no more where closed and secret groups are among themselves; each place can be set apart."
        ),
    )
    members_write_to: Literal["everyone", "members", "nobody"] = Field(
        "everyone",
        title=N_("With whom members exchange messages"),
        description=N_(
            "In private conversations: with everyone who has an account, as far as guests may; with members; or with nobody. Each person can narrow it. Staff may always begin one."
        ),
    )
    guests_write_to: Literal["everyone", "members", "nobody"] = Field(
        "nobody",
        title=N_("With whom guests exchange messages"),
        description=N_("With nobody: then only staff begin a conversation with a guest."),
    )
    message_edit_minutes: int = Field(
        1440,
        ge=0,
        le=525600,
        title=N_("Minutes to edit a message"),
        description=N_(
            "How long people may change their own private messages; deleting them is always possible. 0 means without end."
        ),
    )
    read_receipts: bool = Field(
        True,
        title=N_("Messages show who has read them"),
        description=N_("To those who have not chosen otherwise for themselves; never at what time."),
    )
    newcomer_days: int = Field(
        7,
        ge=0,
        le=90,
        title=N_("Days somebody is new"),
        description=N_(
            "As long, an account may write privately to three new people a day, then to ten an hour."
        ),
    )
    feed_authority: str = Field(
        "",
        max_length=100,
        pattern=r"^([a-z0-9-]+(\.[a-z0-9-]+)*)?$",
        title=N_("Name in the ids of feeds"),
        description=N_(
            "Leave it empty as long as the site keeps its address. Has it moved, write the host it had at first: then feed readers do not show everything once more."
        ),
    )

    @field_validator("rules")
    @classmethod
    def leads_within_the_site(cls, address: str) -> str:
        if address and not re.fullmatch(r"/(?![/\\])[\w\-./#?=&%~]*", address):
            raise ValueError(_("Give an address on this site that begins with a slash, such as /c/welcome."))
        return address

    @field_validator("reactions")
    @classmethod
    def names_an_emoji_and_words(cls, text: str) -> str:
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        shape = re.compile(r"([a-z][a-z0-9-]{0,19}) ([^\x00-\x7f]\S{0,15}) (\S.{0,39})")
        names = [found[1] for line in lines if (found := shape.fullmatch(line))]
        if len(names) != len(lines):
            raise ValueError(
                _("Begin each line with a name in small letters and an emoji, such as “like 👍 Like”.")
            )
        if not 1 <= len(names) == len(set(names)) <= 8:
            raise ValueError(_("Give one to eight lines, each with a name of its own."))
        return "\n".join(lines)


class SettingRow(Base):
    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class SettingChange(Base):
    """One change of one setting: who, when, from what, to what."""

    __tablename__ = "setting_changes"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    old: Mapped[Any] = mapped_column(JSON)
    new: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


_guard = threading.Lock()
_cached: tuple[str, int, Settings] | None = None


def current() -> Settings:
    """The settings in force; read again only when the site's version has moved."""
    global _cached
    version, where = site_version(), which_database()
    cached = _cached
    if cached and cached[:2] == (where, version):
        return cached[2]
    settings = Settings.model_validate(
        {row.name: row.value for row in db.session.scalars(select(SettingRow))}
    )
    if current_transaction() is None:  # what is not committed may never be, and its version will be another's
        with _guard:
            _cached = (where, version, settings)
    return settings


def forget() -> None:
    """Drop what is kept; for tests that put another database in place of this one."""
    global _cached
    with _guard:
        _cached = None


def change(values: dict[str, Any], *, actor_id: int | None) -> dict[str, tuple[Any, Any]]:
    """Change settings inside a transaction; answers what changed as {name: (old, new)}. Raises Invalid by field."""
    before = Settings.model_validate({row.name: row.value for row in db.session.scalars(select(SettingRow))})
    try:
        after = Settings.model_validate({**before.model_dump(), **values})
    except ValidationError as error:
        raise Invalid({str(e["loc"][0]): in_words(e) for e in error.errors()}) from None
    changed = {
        name: (old, new)
        for name, old in before.model_dump().items()
        if (new := after.model_dump()[name]) != old
    }
    for name, (old, new) in changed.items():
        db.session.merge(SettingRow(name=name, value=new))
        db.session.add(
            SettingChange(name=name, old=old, new=new, changed_at=clock.now(), changed_by_id=actor_id)
        )
    if changed:
        bump_site()
    return changed


def history(limit: int = 50) -> list[SettingChange]:
    return list(db.session.scalars(select(SettingChange).order_by(SettingChange.id.desc()).limit(limit)))
