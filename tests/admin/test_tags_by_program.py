"""Staff's governing of tags by program: the page's actions, for staff alone."""

from flask import Flask

from forum.audit.models import AuditEntry
from forum.core.db import db
from forum.discussions.actions.tagging import set_tags
from tests.api.conftest import ProgramOf, TokenProgramOf
from tests.cast import Cast
from tests.factories import make_topic


def test_staff_govern_tags_by_program(
    app: Flask, cast: Cast, program: ProgramOf, by_token: TokenProgramOf
) -> None:
    stella = program(cast.staff)
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    group = stella.post("/staff/tag-groups", {"name": "Organ", "only_one": True, "categories": ["nook"]})
    assert group.status_code == 201
    assert group.json["categories"] == ["nook"]
    assert stella.post("/staff/tag-groups", {"name": "organ"}).json["errors"].keys() == {"name"}
    nowhere = stella.post("/staff/tag-groups", {"name": "Drug", "categories": ["nowhere"]})
    assert (nowhere.status_code, list(nowhere.json["errors"])) == (422, ["categories"])
    breast = {"name": "Breast", "description": "Of it.", "group_id": group.json["id"], "words": ["Mamma"]}
    made = stella.post("/staff/tags", breast)
    assert made.status_code == 201
    assert made.json == breast | {"slug": "breast", "common": True, "topic_count": 0}
    assert stella.post("/staff/tags", {"name": "mamma"}).status_code == 422
    assert stella.post("/staff/tags", {"name": "X", "group_id": "9" * 19}).status_code == 422
    # Its name and another word for it change places; its address stays.
    renamed = stella.put("/staff/tags/breast", breast | {"name": "Mamma", "words": ["Breast"]}).json
    assert (renamed["name"], renamed["words"], renamed["slug"]) == ("Mamma", ["Breast"], "breast")
    changed = stella.put("/staff/tags/breast", {"name": "Mamma", "words": ["Breast"]}).json
    assert (changed["group_id"], changed["description"]) == (None, "")
    assert stella.post("/staff/tags", {"name": "Chest"}).status_code == 201
    with app.app_context():
        set_tags(topic, ["Chest"], actor=cast.member)
    assert stella.post("/staff/tags/chest/merge", {"into": "chest"}).status_code == 422
    assert stella.post("/staff/tags/chest/merge", {"into": "none"}).status_code == 422
    merged = stella.post("/staff/tags/chest/merge", {"into": "breast"}).json
    assert (merged["topic_count"], sorted(merged["words"])) == (1, ["Breast", "Chest"])
    assert stella.delete("/staff/tags/chest").status_code == 404  # a word for another now
    for nobody, status in (
        (program(cast.site_moderator), 403),
        (program(cast.member), 403),
        (by_token(cast.staff, "write"), 403),
        (program(None), 401),
    ):
        for method, path, body in (
            ("GET", "/staff/tags", None),
            ("GET", "/staff/tag-groups", None),
            ("POST", "/staff/tags", {"name": "Mine"}),
            ("PUT", f"/staff/tag-groups/{group.json['id']}", {"name": "Mine"}),
            ("PUT", "/staff/tag-makers", {"makers": "members"}),
            ("GET", "/staff/tag-makers", None),
        ):
            assert nobody.call(method, path, json=body).status_code == status, (method, path)
        assert nobody.delete("/staff/tags/breast").status_code in {401, 403, 404}
    assert stella.get("/staff/tag-makers").json == {"makers": "staff"}
    assert stella.put("/staff/tag-makers", {"makers": "members"}).json == {"makers": "members"}
    assert program(cast.member).patch(f"/topics/{topic.id}", {"tags": ["Fresh"]}).status_code == 200
    known = {one["name"]: one["common"] for one in stella.items("/staff/tags")}
    assert known == {"Fresh": False, "Mamma": True}
    where = f"/staff/tag-groups/{group.json['id']}"
    assert stella.put(where, {"name": "Organs"}).json["categories"] == []
    assert stella.delete(where).status_code == 204
    assert stella.delete(where).status_code == 404
    assert stella.items("/staff/tag-groups") == []
    assert stella.delete("/staff/tags/breast").status_code == 204
    with app.app_context():
        acts = db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.position))
        told = [act for act in acts if act.startswith(("tag:", "settings:"))]
    assert told == [
        "tag:created",
        "tag:changed",
        "tag:changed",
        "tag:created",
        "tag:merged",
        "settings:changed",
        "tag:deleted",
    ]
