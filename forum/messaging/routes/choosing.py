"""Who may begin to write to one, what one tells of oneself, and whom one blocks. Only oneself learns of it."""

from flask import Response
from flask_babel import gettext as _

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.messaging.actions import choosing
from forum.messaging.page_params import ChoicesParams, SwitchParams
from forum.messaging.queries.people import own_preferences
from forum.messaging.queries.quiet import blocked_people, blocks, find_to_block
from forum.messaging.routes import messaging
from forum.web import limits, params, respond
from forum.web.params import ListParams


@messaging.get("/settings/messages")
@signed_in
def show_messaging_choices(viewer: Viewer) -> Response:
    page = blocked_people(viewer, after=params.read_query(ListParams).after)
    chosen = own_preferences(viewer.user.id)
    values = {
        "takes_from": chosen.takes_from.value,
        "receipts": chosen.receipts,
        "invisible": chosen.invisible,
    }
    return respond.page("messaging/choices.html", values=values, errors={}, rows=page.items, after=page.after)


@messaging.post("/settings/messages")
@signed_in
def choose(viewer: Viewer) -> Response:
    given = params.read(ChoicesParams)
    limits.hit("account", viewer.id)
    choosing.set_preferences(
        viewer.user,
        takes_from=given.takes_from,
        receipts=bool(given.receipts),
        invisible=bool(given.invisible),
    )
    return respond.see("/settings/messages", notice=_("Saved."))


@messaging.get("/people/<username>/block")
@requires(Permission.BLOCK, subject=find_to_block)
def ask_block(viewer: Viewer, person: User) -> Response:
    return respond.page("messaging/block.html", person=person, is_blocked=blocks(viewer.user.id, person.id))


@messaging.post("/people/<username>/block")
@requires(Permission.BLOCK, subject=find_to_block)
def change_block(viewer: Viewer, person: User) -> Response:
    on = params.read(SwitchParams).on == "1"
    limits.hit("message:change", viewer.id)
    if on:
        choosing.block(person, actor=viewer.user)
        said = _("What they write no longer reaches you. They are not told.")
    else:
        choosing.stop_blocking(person.id, actor=viewer.user)
        said = _("What they write from now on reaches you again.")
    return respond.see("/settings/messages", notice=said)
