"""The cast: the same small company in every test, and the places they meet in."""

from dataclasses import dataclass

from forum.access.models import RoleName
from forum.accounts.models import User
from forum.boards.models import Category
from forum.core import clock
from forum.groups.actions import add_people, create_group
from forum.groups.models import Group, GroupKind
from tests.factories import grant, make_category, make_user, settled


@dataclass(frozen=True)
class Cast:
    guest: User
    unconfirmed: User
    member: User
    other: User
    grace: User
    expired: User
    suspended: User
    moderator: User  # of `lounge`
    site_moderator: User
    staff: User
    insider: User  # in the closed group
    confidant: User  # in the secret group

    closed_group: Group
    secret_group: Group

    welcome: Category  # anybody reads, guests answer and begin
    porch: Category  # guests read and answer, members begin
    lounge: Category  # members
    nook: Category  # members, inside the lounge
    desk: Category  # staff
    closed: Category  # the closed group
    secret: Category  # the secret group

    @property
    def people(self) -> dict[str, User]:
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}

    @property
    def categories(self) -> dict[str, Category]:
        return {name: value for name, value in vars(self).items() if isinstance(value, Category)}


def make_cast() -> Cast:
    guest = make_user("gaspard", standing="guest", name="Gaspard Guest")
    unconfirmed = make_user("uma", standing="guest", name="Uma Unconfirmed", email_confirmed_at=None)
    member = make_user("mina", name="Mina Member")
    other = make_user("otto", name="Otto Other")
    grace = make_user("greta", standing="grace", name="Greta Grace")
    expired = make_user("edda", standing="expired", name="Edda Expired")
    suspended = make_user("sven", name="Sven Suspended", suspended_at=clock.now(), suspension_reason="Spam.")
    moderator = make_user("mo", name="Mo Moderator")
    site_moderator = make_user("simone", name="Simone Sitewide")
    staff = make_user("stella", name="Stella Staff")
    insider = make_user("ines", name="Ines Insider")
    confidant = make_user("caio", name="Caio Confidant")
    closed_group = settled(create_group("trialists", name="Trialists", kind=GroupKind.CLOSED))
    secret_group = settled(create_group("jury", name="Jury", kind=GroupKind.SECRET))
    add_people(closed_group, [insider])
    add_people(secret_group, [confidant])
    lounge = make_category("lounge", read="members")
    cast = Cast(
        guest=guest,
        unconfirmed=unconfirmed,
        member=member,
        other=other,
        grace=grace,
        expired=expired,
        suspended=suspended,
        moderator=moderator,
        site_moderator=site_moderator,
        staff=staff,
        insider=insider,
        confidant=confidant,
        closed_group=closed_group,
        secret_group=secret_group,
        welcome=make_category("welcome", read="public", reply="guests"),
        porch=make_category("porch", read="guests", reply="guests", start="members"),
        lounge=lounge,
        nook=make_category("nook", read="members", parent=lounge),
        desk=make_category("desk", read="staff"),
        closed=make_category("closed-circle", read="group", group_id=closed_group.id),
        secret=make_category("secret-circle", read="group", group_id=secret_group.id),
    )
    grant(moderator, RoleName.MODERATOR, lounge.place)
    grant(site_moderator, RoleName.MODERATOR)
    grant(staff, RoleName.STAFF)
    return cast
