"""Every endpoint, and how it is harvested. One that is not named here fails the build."""

from collections.abc import Iterator

from tests.leaks.world import World

# What may be asked on the live line, with what is asked of each topic; `tests/leaks/test_lines.py` harvests it.
EVENTS = {
    "topic:join": {"topic_id": "{topic}"},
    "topic:leave": {"topic_id": "{topic}"},
}
# The same of private talk, with what is asked of each conversation and each message there is.
TALK_EVENTS: dict[str, dict[str, object]] = {
    "inbox:sync": {},
    "message:delete": {"id": "{message}"},
    "message:edit": {"id": "{message}", "body": "Other words."},
    "message:react": {"id": "{message}", "name": "like", "on": True},
    "message:read": {"conversation_id": "{conversation}", "seq": 1},
    "message:send": {"conversation_id": "{conversation}", "body": "Hello.", "client_id": "x"},
    "messages:sync": {"conversation_id": "{conversation}", "after_seq": 0},
    "typing": {"conversation_id": "{conversation}"},
}
# What is ever said there, and how it is proved to reach only whom it may.
BROADCASTS = {
    "conversation:changed": "ids, to the devices of those who take part, or did until now",
    "counts": "of the person's own, counted for them at delivery",
    "inbox:changed": "nothing, to the devices of the person who did it",
    "message:changed": "to the devices of those who take part, made for them at delivery",
    "message:new": "to the devices of those who take part, made for them at delivery",
    "message:read": "to those who take part, where both want it and neither blocks or ignores the other",
    "notification:new": "of the person's own, made for them at delivery",
    "post:changed": "ids, to whoever is in the room of the topic and may read it",
    "presence": "to those who share a conversation with the person, and between whom it is not silent",
    "post:new": "ids, to whoever is in the room of the topic and may read it",
    "server:resync": "nothing, to everybody",
    "session:ended": "why, to that line alone",
    "topic:changed": "ids, to whoever is in the room of the topic and may read it",
    "typing": "to those who take part, and between whom it is not silent",
}

# Answer everybody the same, whatever the world holds; harvested once by each principal all the same.
PLAIN = {
    "accounts.show_register": "/register",
    "accounts.show_request_confirmation": "/confirm",
    "accounts.show_request_reset": "/reset",
    "accounts.show_sign_in": "/signin",
    "accounts.show_signed_out": "/signout",
    "accounts.show_theme": "/settings/theme",
    "accounts.show_settings": "/settings",
    "accounts.show_account_settings": "/settings/account",
    "accounts.show_feed_tokens": "/settings/feeds",
    "accounts.show_preferences": "/settings/preferences",
    "accounts.show_profile_settings": "/settings/profile",
    "accounts.show_prove": "/settings/prove",
    "accounts.show_sessions": "/settings/sessions",
    "accounts.list_ignored": "/settings/ignored",
    "accounts_api.list_ignored": "/api/v1/ignored",
    "accounts.show_tokens": "/settings/tokens",
    "profiles.show_own_posts": "/settings/posts",
    "media.list_uploads": "/settings/uploads",
    "media_api.list_uploads": "/api/v1/uploads",
    "accounts.show_confirm": "/confirm/a-token-nobody-has",
    "accounts.show_reset": "/reset/a-token-nobody-has",
    "accounts_api.list_tokens": "/api/v1/tokens",
    "accounts_api.show_me": "/api/v1/me",
    "api.docs": "/api/docs",
    "api.describe": "/api/v1/openapi.json",
    "boards.list_categories": "/c",
    "boards.list_opened": "/open",
    "boards.new_topic_form": "/new",
    "boards_api.list_categories": "/api/v1/categories",
    "boards_api.list_opened": "/api/v1/open",
    "boards_api.list_unread": "/api/v1/unread",
    "discussions.list_drafts": "/drafts",
    "discussions_api.list_drafts": "/api/v1/drafts",
    "discussions.list_bookmarks": "/bookmarks",
    "discussions_api.list_bookmarks": "/api/v1/bookmarks",
    "feeds.feed_of_site": "/feeds/site.atom",
    "feeds.sitemap_index": "/sitemap.xml",
    "feeds.sitemap_of_places": "/sitemap/places.xml",
    "feeds.sitemap_of_topics": "/sitemap/topics-1.xml",
    "healthz": "/healthz",
    "metrics_page": "/metrics",
    "explaining.choose_preview": "/look?page=/c",
    "moderation.list_own_message_flags": "/flags/messages",
    "moderation.show_message_queue": "/moderation/messages",
    "moderation_api.list_own_message_flags": "/api/v1/message-flags",
    "moderation_api.list_message_flags": "/api/v1/moderation/messages",
    "messaging.show_inbox": "/messages",
    "messaging.begin_form": "/messages/new",
    "messaging.show_messaging_choices": "/settings/messages",
    "messaging_api.list_conversations": "/api/v1/conversations",
    "messaging_api.show_inbox": "/api/v1/inbox",
    "messaging_api.find_messages": "/api/v1/messages?q=said",
    "messaging_api.show_messaging_preferences": "/api/v1/messages/preferences",
    "messaging_api.list_blocked": "/api/v1/blocked",
    "moderation.show_log": "/moderation/log",
    "moderation.show_queue": "/moderation",
    "moderation.list_own_flags": "/flags",
    "moderation_api.list_log": "/api/v1/moderation/log",
    "moderation_api.show_queue": "/api/v1/moderation/queue",
    "moderation_api.list_own_flags": "/api/v1/flags",
    "notifications.show_notifications": "/notifications",
    "notifications.show_notification_preferences": "/settings/notifications",
    "notifications.show_followed": "/settings/watching",
    "notifications.show_unsubscribe": "/unsubscribe/a-token-nobody-has",
    "notifications_api.show_notification_preferences": "/api/v1/notifications/preferences",
    "notifications_api.list_notifications": "/api/v1/notifications",
    "pages.home": "/",
    "pages.keyboard": "/keyboard",
    "pages.robots": "/robots.txt",
    "pages.unread": "/unread",
    "readyz": "/readyz",
    "staff.list_categories": "/staff/categories",
    "staff.list_people": "/staff/people",
    "staff.new_category_form": "/staff/categories/new",
    "staff.show_first_room": "/staff",
    "staff.show_audiences": "/staff/audiences",
    "staff.show_settings": "/staff/settings",
    "staff.list_tags": "/staff/tags",
    "staff_api.list_staff_tags": "/api/v1/staff/tags",
    "staff_api.list_tag_groups": "/api/v1/staff/tag-groups",
    "staff_api.show_tag_makers": "/api/v1/staff/tag-makers",
    "tags.list_tags": "/tags",
    "discussions_api.list_tags": "/api/v1/tags",
    "static": "/static/js/app.js",
    "asset": "/static/v/x/js/app.js",
    "site_css": "",
}
# The same with what can be asked of it. `{far}` is a cursor before everything: the way of later pages, from the start.
PLAIN_ASKED = {
    "boards.list_opened": ["/open?after={far_moment}"],
    "boards_api.list_opened": ["/api/v1/open?limit=1", "/api/v1/open?after={far_moment}"],
    "boards_api.list_unread": [
        "/api/v1/unread?show=followed",
        "/api/v1/unread?limit=1",
        "/api/v1/unread?after={far_moment}",
    ],
    "moderation.show_log": [
        "/moderation/log?kind=topic:hidden",
        "/moderation/log?kind=topic:audience_changed",
        "/moderation/log?category=lounge&by=stella&since=2026-01-01",
        "/moderation/log?about=ines",
        "/moderation/log?category=lounge",
        "/moderation/log?kind=all",
        "/moderation/log?kind=tag_group:changed",
        "/moderation/log?category=closed-circle",
        "/moderation/log?after={far}",
    ],
    "moderation_api.list_log": [
        "/api/v1/moderation/log?limit=1",
        "/api/v1/moderation/log?kind=topic:audience_changed",
        "/api/v1/moderation/log?about=ines",
        "/api/v1/moderation/log?category=closed-circle",
    ],
    "moderation.show_queue": ["/moderation?sort=most", "/moderation?category=lounge"],
    "moderation.list_own_flags": ["/flags?after={far}"],
    "messaging.show_inbox": ["/messages?part=rows", "/messages?show=archived", "/messages?q=said"],
    "notifications.show_notifications": ["/notifications?show=all&after={far}"],
    "notifications_api.list_notifications": ["/api/v1/notifications?limit=1"],
    "pages.unread": ["/unread?show=followed", "/unread?show=followed&after={far_moment}"],
    "profiles.show_own_posts": ["/settings/posts?after={far}"],
}
BY_CATEGORY = {
    "boards.show_category": [
        "/c/{slug}",
        "/c/{slug}?sort=new",
        "/c/{slug}?sort=top",
        "/c/{slug}?sort=unanswered",
        "/c/{slug}?after={far_seq}",
    ],
    "moderation.choose_topics": ["/c/{slug}/choose"],
    "boards_api.show_category": ["/api/v1/categories/{slug}"],
    "boards_api.list_topics": [
        "/api/v1/categories/{slug}/topics",
        "/api/v1/categories/{slug}/topics?limit=1",
        "/api/v1/categories/{slug}/topics?after={far_seq}",
    ],
    "boards_api.list_mentionable_in_place": ["/api/v1/categories/{slug}/mentionable?q=ca"],
    "boards_api.list_similar_topics": ["/api/v1/categories/{slug}/similar?title=About+it+beginning"],
    "boards_api.list_templates": ["/api/v1/categories/{slug}/templates"],
    "staff.list_templates": ["/staff/categories/{slug}/templates"],
    "feeds.feed_of_category": ["/feeds/c/{slug}.atom"],
    "staff.category_form": ["/staff/categories/{slug}"],
    "explaining.explain_category": ["/c/{slug}/access", "/c/{slug}/access?viewer=@caio"],
}
# What shows a topic is tried on every one. Forms of what is done to it, and the other addresses of the same way in (another
# view, another place to begin, somebody else asked about), find it by the same door: they are tried on one of each kind,
# and test_leaks asks all doors of each that is closed.
OF_EACH_KIND = ("public", "members", "opened-public", "people", "hidden-topic", "closed")
FORMS_OF_TOPIC = {
    "discussions.audience_form",
    "discussions.rename_form",
    "discussions.choose_posts",
    "explaining.choose_preview_of_topic",
    "discussions_api.list_mentionable",
}
BY_TOPIC = {
    "discussions.find_address": ["/t/{id}", "/t/{id}/"],
    "discussions.show_topic": [
        "/t/{id}/{slug}",
        "/t/{id}/{slug}?view=threaded",
        "/t/{id}/{slug}?go=last",
        "/t/{id}/{slug}?go=unread",
        "/t/{id}/{slug}?go=2026-11-20",
        "/t/{id}/{slug}?after=1",
        "/t/{id}/{slug}?before=3",
        "/t/{id}/{slug}?quote=3",
        "/t/{id}/{slug}?part=head",
        "/t/{id}/{slug}?part=posts&after=1",
        "/t/{id}/wrong",
    ],
    "discussions.show_post": [
        "/t/{id}/{slug}/1",
        "/t/{id}/{slug}/2",
        "/t/{id}/{slug}/3?view=threaded",
        "/t/{id}/{slug}/2?part=post",
    ],
    "discussions.show_related": ["/t/{id}/related"],
    "discussions_api.list_related_topics": ["/api/v1/topics/{id}/related"],
    "discussions.print_topic": ["/t/{id}/{slug}/print", "/t/{id}/wrong/print"],
    "discussions.audience_form": ["/t/{id}/audience"],
    "explaining.explain_topic": [
        "/t/{id}/access",
        "/t/{id}/access?viewer=@caio",
        "/t/{id}/access?viewer=@sven",
        "/t/{id}/access?viewer=@nobody-there",
    ],
    "explaining.choose_preview_of_topic": ["/t/{id}/look"],
    "explaining_api.explain_access": [
        "/api/v1/explain-access?subject=topic:{id}&viewer=guest",
        "/api/v1/explain-access?subject=topic:{id}&viewer=@ines",
    ],
    "discussions.rename_form": ["/t/{id}/rename"],
    "discussions.ask_lock_topic": ["/t/{id}/lock"],
    "discussions.ask_unlock_topic": ["/t/{id}/unlock"],
    "discussions.ask_pin_topic": ["/t/{id}/pin"],
    "discussions.ask_unpin_topic": ["/t/{id}/unpin"],
    "discussions.ask_archive_topic": ["/t/{id}/archive"],
    "discussions.ask_unarchive_topic": ["/t/{id}/unarchive"],
    "discussions.ask_slow_topic": ["/t/{id}/slow"],
    "discussions.ask_move_topic": ["/t/{id}/move"],
    "discussions.ask_merge_topic": ["/t/{id}/merge"],
    "discussions.choose_posts": ["/t/{id}/choose"],
    "discussions.ask_hide_topic": ["/t/{id}/hide"],
    "discussions.ask_delete_topic": ["/t/{id}/delete"],
    "discussions.ask_restore_topic": ["/t/{id}/restore"],
    "feeds.feed_of_topic": ["/feeds/t/{id}.atom"],
    "discussions_api.show_topic": ["/api/v1/topics/{id}"],
    "discussions_api.list_mentionable": [
        "/api/v1/topics/{id}/mentionable",
        "/api/v1/topics/{id}/mentionable?q=ca",
    ],
    "discussions_api.list_posts": [
        "/api/v1/topics/{id}/posts",
        "/api/v1/topics/{id}/posts?limit=1",
        "/api/v1/topics/{id}/posts?view=threaded",
    ],
}
BY_POST = {
    "discussions.find_post_address": ["/posts/{id}"],
    "discussions.edit_form": ["/posts/{id}/edit"],
    "moderation.flag_form": ["/posts/{id}/flag"],
    "discussions.ask_hide_post": ["/posts/{id}/hide"],
    "discussions.ask_delete_post": ["/posts/{id}/delete"],
    "discussions.ask_change_author": ["/posts/{id}/author"],
    "discussions.ask_remove_file": ["/posts/{id}/remove-file"],
    "discussions.ask_restore_post": ["/posts/{id}/restore"],
    "discussions_api.show_post": ["/api/v1/posts/{id}"],
    "discussions.show_poll": ["/posts/{id}/poll"],
    "discussions.ask_close_poll": ["/posts/{id}/poll/close"],
    "discussions_api.show_poll": ["/api/v1/posts/{id}/poll"],
    "discussions_api.list_ballots": ["/api/v1/posts/{id}/poll/ballots"],
    "discussions.show_history": ["/posts/{id}/history"],
    "discussions.show_reactions": ["/posts/{id}/reactions"],
    "discussions.ask_ignore_author": ["/posts/{id}/ignore"],
    "discussions_api.list_reactions": ["/api/v1/posts/{id}/reactions"],
    "discussions_api.list_revisions": ["/api/v1/posts/{id}/revisions"],
}
BY_TEMPLATE = {
    "staff.show_form": ["/staff/categories/{slug}/templates/{id}", "/new?category={slug}&template={id}"],
}
BY_TAG = {
    "tags.show_tag": ["/tags/{slug}", "/c/lounge?tag={slug}"],
    "discussions_api.show_tag": ["/api/v1/tags/{slug}"],
    "discussions_api.list_tagged": ["/api/v1/tags/{slug}/topics"],
    "staff.tag_form": ["/staff/tags/{slug}"],
    "staff.ask_delete_tag": ["/staff/tags/{slug}/delete"],
}
BY_TAG_GROUP = {"staff.ask_delete_tag_group": ["/staff/tags/groups/{id}/delete"]}
BY_REVISION = {
    "discussions.ask_hide_revision": ["/revisions/{id}/hide"],
}
BY_ENTRY = {  # of the log
    "moderation.ask_undo": ["/moderation/log/{id}/undo"],
    "moderation.ask_undo_together": ["/moderation/log/{id}/undo-together"],
    "moderation_api.show_log_entry": ["/api/v1/moderation/log/{id}"],
}
BY_REVIEW = {
    "moderation.show_review": ["/moderation/queue/{id}"],
    "moderation_api.show_review": ["/api/v1/moderation/queue/{id}"],
}
BY_DRAFT = {
    "discussions.continue_draft": ["/drafts/{id}", "/new?draft={id}"],
    "discussions_api.show_draft": ["/api/v1/drafts/{id}"],
}
BY_BOOKMARK = {"discussions.bookmark_form": ["/bookmarks/{id}"]}
BY_UPLOAD = {
    "media.show_upload": ["/uploads/{id}/{name}"],
    "media.ask_remove_upload": ["/uploads/{id}/remove"],
    "media_api.show_own_upload": ["/api/v1/uploads/{id}"],
}
BY_PERSON = {
    "profiles.show_profile": ["/people/{username}", "/people/{username}?after={far}"],
    "feeds.feed_of_person": ["/feeds/people/{username}.atom"],
    "accounts_api.show_user": ["/api/v1/users/{username}"],
    "accounts.ask_ignore": ["/people/{username}/ignore"],
    "messaging.ask_block": ["/people/{username}/block"],
    "staff.show_person": ["/staff/people/{username}"],
}
BY_CONVERSATION = {
    "messaging.show_conversation": ["/messages/{id}", "/messages/{id}?since=0", "/messages/{id}?before=2"],
    "messaging.show_conversation_settings": ["/messages/{id}/settings"],
    "messaging_api.show_conversation": ["/api/v1/conversations/{id}"],
    "messaging_api.list_messages": [
        "/api/v1/conversations/{id}/messages",
        "/api/v1/conversations/{id}/messages?after_seq=0",
    ],
}
BY_MESSAGE = {
    "messaging.show_message": ["/messages/said/{id}"],
    "messaging_api.show_message": ["/api/v1/messages/{id}"],
    "moderation.message_flag_form": ["/messages/said/{id}/flag"],
}
BY_MESSAGE_FLAG = {
    "moderation.show_message_flag": ["/moderation/messages/{id}"],
    "moderation_api.show_message_flag": ["/api/v1/moderation/messages/{id}"],
}
# What changes something. `/t/`, `/posts/` and `/api/` ones are tried on what the principal may not read (see test_leaks);
# the rest is about the person alone, or for staff, and says nothing of the world.
WRITES_ON_CONTENT = {
    "discussions.vote", "discussions.withdraw_vote", "discussions.close_poll",
    "discussions_api.vote", "discussions_api.withdraw_vote", "discussions_api.close_poll",
    "discussions.accept_answer", "discussions.withdraw_answer", "discussions_api.accept", "discussions_api.withdraw",
    "discussions.reply", "discussions.mark_read", "discussions.mark_unread", "discussions.report_shown", "discussions.rename",
    "discussions.change_audience", "explaining.begin_preview_of_topic", "discussions.lock_topic", "discussions.unlock_topic", "discussions.hide_topic",
    "discussions.delete_topic", "discussions.restore_topic", "discussions.edit", "discussions.hide_post",
    "discussions.delete_post", "discussions.restore_post", "boards.mark_category_read", "discussions_api.reply",
    "discussions_api.mark_read", "discussions_api.mark_unread", "discussions_api.rename_topic", "discussions_api.delete_topic",
    "discussions_api.set_topic_audience", "discussions_api.show_audience_effect", "discussions_api.hide_topic", "discussions_api.restore_topic",
    "discussions_api.lock_topic", "discussions_api.unlock_topic", "discussions_api.edit_post", "discussions_api.delete_post",
    "discussions_api.hide_post", "discussions_api.restore_post", "boards_api.start_topic",
    "discussions.hide_revision", "discussions.restore_revision", "discussions_api.hide_revision",
    "discussions_api.restore_revision", "discussions_api.save_draft", "discussions_api.discard_draft",
    "discussions_api.quote", "discussions.change_reaction", "discussions_api.react", "discussions_api.take_back_reaction",
    "discussions.pin_topic", "discussions.unpin_topic", "discussions.archive_topic", "discussions.unarchive_topic",
    "discussions.slow_topic", "discussions_api.pin_topic", "discussions_api.unpin_topic", "discussions_api.archive_topic",
    "discussions_api.unarchive_topic", "discussions_api.slow_topic",
    "moderation.flag_post", "moderation.judge_flags",
    "moderation_api.flag_post", "moderation_api.judge_flags", "moderation_api.undo_act", "moderation_api.undo_acts_together",
    "discussions.note_look", "discussions.keep_post", "discussions_api.put_bookmark", "discussions_api.remove_bookmark",
    "discussions.change_ignore_of_author", "discussions_api.ignore_author", "discussions_api.stop_ignoring_author",
    "media_api.delete_upload", "media.delete_upload", "media.remove_upload", "discussions.remove_file_of_post",
    "discussions_api.remove_file_of_post",
    "discussions.mail_again", "discussions.watch", "discussions_api.watch_topic", "discussions_api.unwatch_topic",
    "boards.watch_category", "boards_api.watch_category", "boards_api.unwatch_category",
    "discussions.move_topic", "discussions.merge_topic", "discussions.act_on_posts", "discussions_api.move_topic",
    "discussions_api.split_topic", "discussions_api.merge_topic",
    "discussions_api.show_effect_of_moving", "discussions_api.show_effect_of_splitting", "discussions_api.show_effect_of_merging",
    "discussions.change_author_of_post", "discussions_api.change_author", "moderation.act_on_several",
    "moderation_api.act_on_several_topics", "moderation_api.act_on_several_posts",
    "moderation.flag_message", "moderation.judge_message_flag", "moderation_api.flag_message",
    "moderation_api.judge_message_flag",
    "messaging.say", "messaging.mark_read", "messaging.keep", "messaging.leave", "messaging.rename", "messaging.add_person",
    "messaging.remove_person", "messaging.hand_over", "messaging.change_message", "messaging.delete_message",
    "messaging.change_reaction",
    "messaging_api.change_conversation", "messaging_api.read_conversation", "messaging_api.keep_conversation",
    "messaging_api.keep_message_draft", "messaging_api.leave_conversation", "messaging_api.send_message",
    "messaging_api.edit_message", "messaging_api.delete_message", "messaging_api.react_to_message",
    "messaging_api.take_back_reaction_to_message", "messaging_api.add_participant", "messaging_api.remove_participant",
}  # fmt: skip
WRITES_ELSEWHERE = {
    "accounts.change_email", "accounts.change_password", "accounts.choose_theme", "accounts.confirm", "accounts.end_session",
    "accounts.end_other_sessions", "accounts.prove", "accounts.register", "accounts.request_confirmation",
    "accounts.request_reset", "accounts.reset", "accounts.sign_in", "accounts.sign_in_demo", "accounts.sign_out",
    "accounts.update_preferences", "accounts.update_profile", "accounts.make_token", "accounts.revoke_token",
    "accounts_api.make_token", "accounts_api.revoke_token", "boards.mark_everything_read", "boards.start_topic",
    "accounts.make_feed_token", "accounts.renew_feed_token", "accounts.revoke_feed_token",
    "explaining.begin_preview", "explaining.end_preview", "moderation.undo", "moderation.undo_all",
    "notifications.mark_notification_read", "notifications.mark_notifications_read",
    "notifications_api.mark_notifications_read", "notifications_api.update_notification_preferences",
    "notifications.update_notification_preferences", "notifications.stop_mail",
    "staff.archive", "staff.change_category", "staff.change_settings", "staff.create_category", "staff.end_sessions",
    "staff.add_moderator", "staff.remove_moderator", "staff.grant_role", "staff.move_down", "staff.move_up", "staff.reinstate", "staff.revoke_role", "staff.set_standing",
    "staff.suspend", "staff.unarchive", "staff.keep_field", "staff.drop_field", "staff.raise_field", "staff.keep_template", "staff.drop_template", "staff.create_tag", "staff.change_tag", "staff.merge_tag", "staff.delete_tag",
    "staff_api.create_tag", "staff_api.change_tag", "staff_api.merge_tag", "staff_api.delete_tag", "staff_api.create_tag_group",
    "staff_api.change_tag_group", "staff_api.delete_tag_group", "staff_api.change_tag_makers",
    "staff.keep_tag_group", "staff.delete_tag_group", "discussions.keep_draft", "discussions.discard_draft", "discussions_api.begin_draft",
    "discussions.put_bookmark", "discussions.remove_bookmark",
    "accounts.change_ignore", "accounts.stop_ignoring", "discussions.ignore_by_name", "discussions_api.ignore", "discussions_api.stop_ignoring",
    "media.bring", "media_api.make_upload",
    "discussions.preview", "discussions_api.preview", "take_csp_reports",
    "messaging.begin", "messaging.choose", "messaging.change_block",
    "messaging_api.start_conversation", "messaging_api.change_messaging_preferences", "messaging_api.block",
    "messaging_api.stop_blocking",
}  # fmt: skip

READS = {
    *PLAIN,
    *BY_CATEGORY,
    *BY_TOPIC,
    *BY_POST,
    *BY_TEMPLATE,
    *BY_TAG,
    *BY_TAG_GROUP,
    *BY_REVISION,
    *BY_ENTRY,
    *BY_REVIEW,
    *BY_DRAFT,
    *BY_BOOKMARK,
    *BY_UPLOAD,
    *BY_PERSON,
    *BY_CONVERSATION,
    *BY_MESSAGE,
    *BY_MESSAGE_FLAG,
}
CLASSIFIED = READS | WRITES_ON_CONTENT | WRITES_ELSEWHERE


def addresses(
    world: World, endpoints: set[str], cursors: dict[str, str], *, feed_token: str | None = None
) -> Iterator[str]:
    """Every address to try, for the reading endpoints that are there; feeds also with the token that somebody has.

    `cursors` fill what is asked of lists.
    """
    for address in _plain_addresses(world, endpoints, cursors):
        yield address
        if feed_token and address.startswith("/feeds/"):
            yield f"{address}?token={feed_token}"


def _plain_addresses(world: World, endpoints: set[str], cursors: dict[str, str]) -> Iterator[str]:
    for endpoint, shapes in PLAIN_ASKED.items():
        yield from (shape.format(**cursors) for shape in shapes if endpoint in endpoints)
    for endpoint, address in PLAIN.items():
        if endpoint in endpoints and address:
            yield address
    for endpoint, shapes in BY_CATEGORY.items():
        for category in world.categories.values() if endpoint in endpoints else ():
            yield from (shape.format(slug=category.slug, **cursors) for shape in shapes)
    for endpoint, shapes in BY_TOPIC.items():
        is_form = endpoint.startswith("discussions.ask_") or endpoint in FORMS_OF_TOPIC
        for name, topic in world.topics.items() if endpoint in endpoints else ():
            tried = shapes if name in OF_EACH_KIND else shapes[: 0 if is_form else 1]
            yield from (shape.format(id=topic.id, slug=topic.slug) for shape in tried)
    for endpoint, shapes in BY_POST.items():
        for post in world.posts.values() if endpoint in endpoints else ():
            yield from (shape.format(id=post.id) for shape in shapes)
    for endpoint, shapes in BY_TEMPLATE.items():
        for slug, template_id in world.templates if endpoint in endpoints else ():
            yield from (shape.format(slug=slug, id=template_id) for shape in shapes)
    for endpoint, shapes in BY_TAG.items():
        for slug in world.tags if endpoint in endpoints else ():
            yield from (shape.format(slug=slug) for shape in shapes)
    for endpoint, shapes in BY_TAG_GROUP.items():
        for group_id in world.tag_groups if endpoint in endpoints else ():
            yield from (shape.format(id=group_id) for shape in shapes)
    for endpoint, shapes in BY_REVISION.items():
        for revision in world.revisions.values() if endpoint in endpoints else ():
            yield from (shape.format(id=revision.id) for shape in shapes)
    for endpoint, shapes in BY_ENTRY.items():
        for entry_id in world.entries if endpoint in endpoints else ():
            yield from (shape.format(id=entry_id) for shape in shapes)
    for endpoint, shapes in BY_REVIEW.items():
        for review in world.reviews.values() if endpoint in endpoints else ():
            yield from (shape.format(id=review.id) for shape in shapes)
    for endpoint, shapes in BY_DRAFT.items():
        for draft in world.drafts.values() if endpoint in endpoints else ():
            yield from (shape.format(id=draft.id) for shape in shapes)
    for endpoint, shapes in BY_BOOKMARK.items():
        for kept in world.bookmarks.values() if endpoint in endpoints else ():
            yield from (shape.format(id=kept.id) for shape in shapes)
    for endpoint, shapes in BY_UPLOAD.items():
        for upload in world.uploads.values() if endpoint in endpoints else ():
            yield from (shape.format(id=upload.id, name=upload.file_name) for shape in shapes)
    for endpoint, shapes in BY_CONVERSATION.items():
        for conversation_id in world.conversations if endpoint in endpoints else ():
            yield from (shape.format(id=conversation_id) for shape in shapes)
    for endpoint, shapes in BY_MESSAGE.items():
        for message_id in world.messages if endpoint in endpoints else ():
            yield from (shape.format(id=message_id) for shape in shapes)
    for endpoint, shapes in BY_MESSAGE_FLAG.items():
        for flag_id in world.message_flags if endpoint in endpoints else ():
            yield from (shape.format(id=flag_id) for shape in shapes)
    for endpoint, shapes in BY_PERSON.items():
        for name in ("mina", "gaspard", "caio", "ada", "sven") if endpoint in endpoints else ():
            yield from (shape.format(username=name, **cursors) for shape in shapes)
