"""Templates that are forms: arranged by staff, filled in, composed to a text."""

from typing import Any

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.boards.actions import drop_field, keep_field, keep_template, raise_field
from forum.boards.models import TopicTemplate
from forum.boards.template_forms import MOST_FIELDS, FieldKind, FormField, compose, fields_of
from forum.core.db import db
from forum.core.errors import Invalid
from forum.discussions.models import Post
from tests.api.conftest import program  # noqa: F401 - a fixture
from tests.cast import Cast
from tests.conftest import SignIn

Submit = Any
CASE = [
    FormField("The question", FieldKind.LINE, required=True),
    FormField("What happened", FieldKind.TEXT, help="No names, no dates."),
    FormField("Setting", FieldKind.CHOICE, required=True, choices=("Clinic", "Ward")),
    FormField("Urgent", FieldKind.CHECK),
    FormField("The patient has agreed to this.", FieldKind.CONSENT),
]
GOOD = {"answer_0": "Which drug?", "answer_1": "This.\nAnd that.", "answer_2": "Ward", "answer_4": "1"}
TEXT = (
    "## The question\n\nWhich drug?\n\n## What happened\n\nThis.\nAnd that.\n\n## Setting\n\nWard\n\n"
    "- [ ] Urgent\n\n- [x] The patient has agreed to this."
)


@pytest.fixture
def form(app: Flask, cast: Cast) -> TopicTemplate:
    with app.app_context():
        staff = db.session.get_one(User, cast.staff.id)
        made = keep_template(cast.lounge, name="Case", body="Write no names.", actor=staff)
        for each in CASE:
            keep_field(cast.lounge, made.id, each, actor=staff)
        return made


def test_a_form_is_filled_in_wrongly_and_then_rightly(
    app: Flask, cast: Cast, form: TopicTemplate, sign_in: SignIn, submit: Submit
) -> None:
    member = sign_in(cast.member)
    page = member.get(f"/new?category=lounge&template={form.id}").text
    assert "Write no names." in page
    assert "No names, no dates." in page
    assert "The patient has agreed to this." in page
    sent = {"category": "lounge", "title": "A case", "template": str(form.id), **GOOD}
    wrong = submit(
        member, "/new", **{**sent, "answer_0": "", "answer_2": "Elsewhere", "answer_4": "", "title": ""}
    )
    assert wrong.status_code == 422
    for told in (
        "The question: Fill this in.",
        "Setting: Choose one of these.",
        "tick it if it is so",
        "Title:",
    ):
        assert told in wrong.text
    assert "And that.</textarea>" in wrong.text
    made = submit(member, "/new", **sent)
    assert made.status_code == 303
    with app.app_context():
        assert db.session.scalars(db.select(Post)).one().body == TEXT


def test_what_is_typed_is_kept_as_a_draft(
    app: Flask, cast: Cast, form: TopicTemplate, sign_in: SignIn, submit: Submit
) -> None:
    member = sign_in(cast.member)
    kept = submit(
        member,
        "/drafts?target=topic",
        category="lounge",
        title="A case",
        body="",
        template=str(form.id),
        answer_1="So far.",
    )
    assert kept.status_code == 303
    drafts = member.get("/api/v1/drafts").json["items"]
    again = member.get(f"/new?draft={drafts[0]['id']}").text
    assert "So far.</textarea>" in again
    assert "The patient has agreed to this." in again


def test_programs_read_and_fill_in_a_form(
    app: Flask,
    cast: Cast,
    form: TopicTemplate,
    program: Any,  # noqa: F811
) -> None:
    member = program(cast.member)
    (told,) = member.get("/categories/lounge/templates").json["items"]
    assert [field["kind"] for field in told["fields"]] == ["line", "text", "choice", "check", "consent"]
    body = {
        "title": "A case",
        "template": told["id"],
        "answers": ["Which drug?", "This.\nAnd that.", "Ward", "", "1"],
    }
    made = member.post("/categories/lounge/topics", body)
    assert made.status_code == 201
    assert member.items(f"/topics/{made.json['id']}/posts")[0]["body"] == TEXT
    bad = member.post("/categories/lounge/topics", {**body, "answers": ["Which?"]})
    assert (bad.status_code, sorted(bad.json["errors"])) == (422, ["answers.2", "answers.4"])
    assert member.post("/categories/nook/topics", body).status_code == 422
    assert member.post("/categories/lounge/topics", {"title": "T"}).json["errors"] == {
        "body": "Write something first."
    }


def test_staff_arrange_the_fields(
    app: Flask, cast: Cast, form: TopicTemplate, sign_in: SignIn, submit: Submit
) -> None:
    staff, where = sign_in(cast.staff), f"/staff/categories/lounge/templates/{form.id}"

    def labels() -> list[str]:
        with app.app_context():
            return [field.label for field in fields_of(db.session.get_one(TopicTemplate, form.id))]

    assert "Setting" in staff.get(where).text
    assert submit(staff, f"{where}/fields", label="", kind="line").status_code == 422
    assert (
        "At least two" in submit(staff, f"{where}/fields", label="Which", kind="choice", choices="One").text
    )
    assert submit(staff, f"{where}/fields", label="Which", kind="choice", choices="A\nB").status_code == 303
    assert submit(staff, f"{where}/fields?field=0", label="Your question", kind="line").status_code == 303
    assert submit(staff, f"{where}/fields?field=17", label="Your question", kind="line").status_code == 404
    submit(staff, f"{where}/fields/1/up")
    submit(staff, f"{where}/fields/2/delete")
    assert labels() == [
        "What happened",
        "Your question",
        "Urgent",
        "The patient has agreed to this.",
        "Which",
    ]
    for _n in range(MOST_FIELDS):
        submit(staff, f"{where}/fields", label="More", kind="text")
    assert len(labels()) == MOST_FIELDS
    moderator = sign_in(cast.moderator)
    assert moderator.get(where).status_code == 403
    assert submit(moderator, f"{where}/fields", label="Mine").status_code == 403
    assert submit(moderator, f"{where}/fields/0/delete").status_code == 403
    assert (
        submit(staff, f"/staff/categories/nook/templates/{form.id}/fields", label="Mine").status_code == 404
    )
    with app.app_context():
        actor = db.session.get_one(User, cast.staff.id)
        raise_field(cast.lounge, form.id, 0, actor=actor)
        for _n in range(MOST_FIELDS):
            drop_field(cast.lounge, form.id, 0, actor=actor)
    assert labels() == []


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, {"answer_0", "answer_2", "answer_4"}),
        ({**GOOD, "answer_0": "x" * 201}, {"answer_0"}),
        ({**GOOD, "answer_0": "a\nb"}, {"answer_0"}),
        ({**GOOD, "answer_1": "x" * 4001}, {"answer_1"}),
        ({**GOOD, "answer_2": "Home"}, {"answer_2"}),
    ],
)
@pytest.mark.usefixtures("context")
def test_answers_that_cannot_be_taken(answers: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        compose(CASE, answers)
    assert set(refused.value.errors) == wrong
