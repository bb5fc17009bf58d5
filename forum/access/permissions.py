"""Every permission by name."""

import enum


class Permission(enum.StrEnum):
    READ_PLACE = "place:read"
    START_TOPIC = "topic:start"
    READ_TOPIC = "topic:read"
    REPLY = "topic:reply"
    RENAME_TOPIC = "topic:rename"
    SET_AUDIENCE = "topic:audience"
    LOCK_TOPIC = "topic:lock"
    HIDE_TOPIC = "topic:hide"
    DELETE_TOPIC = "topic:delete"
    RESTORE_TOPIC = "topic:restore"
    EDIT_POST = "post:edit"
    READ_REVISIONS = "post:revisions"
    HIDE_REVISION = "revision:hide"
    HIDE_POST = "post:hide"
    DELETE_POST = "post:delete"
    RESTORE_POST = "post:restore"
    READ_PROFILE = "person:read"
    READ_LOG = "log:read"
    MANAGE_PEOPLE = "staff:people"
    MANAGE_SETTINGS = "staff:settings"
    MANAGE_CATEGORIES = "staff:categories"
    SEE_AUDIENCES = "staff:audiences"
