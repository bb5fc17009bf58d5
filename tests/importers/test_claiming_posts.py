"""Who confirms an address gets what was imported under it: authorship and counts in one transaction, with an entry in the log."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts.models import ImportedAddress, User
from forum.audit.models import AuditEntry
from forum.core import signals
from forum.core.db import db
from forum.discussions import counting
from forum.discussions.models import AudienceCount, Post, Topic
from forum.importers import claiming
from forum.importers.claiming import claim_imported_posts
from forum.jobs import outbox
from tests.factories import make_user
from tests.importers.mailbox_worlds import Mail, check_soundness, import_now, write_mbox
from tests.importers.samples import OWN
from tests.mailbox import Mailbox

ANN = "ann@garden.example"


def counts_of(user: User) -> tuple[int, int]:
    rows = db.session.execute(
        select(AudienceCount.topic_count, AudienceCount.post_count).where(
            AudienceCount.subject_kind == counting.USER, AudienceCount.subject_id == user.id
        )
    ).all()
    return sum(topics for topics, _ in rows), sum(posts for _, posts in rows)


def placeholder(name: str) -> User | None:
    return db.session.scalar(select(User).where(User.name == name, User.imported_at.is_not(None)))


def test_registering_and_confirming_brings_ones_posts(
    app: Flask, client: FlaskClient, submit: Callable[..., Any]
) -> None:
    with app.app_context():
        import_now(OWN)
    mailbox = Mailbox(app)
    submit(
        client,
        "/register",
        name="Ann Apple",
        email="Ann@garden.example",
        password="kettle orbit violin seven",
    )
    with app.app_context():
        assert placeholder("Ann Apple") is not None
    submit(client, mailbox.link("Ann@garden.example"))
    with app.app_context():
        while outbox.sweep():
            pass
        ann = db.session.scalars(select(User).where(User.email_key == ANN)).one()
        assert counts_of(ann) == (1, 1)
        assert db.session.scalars(select(Post).where(Post.author_id == ann.id)).one().number == 1
        assert (
            db.session.scalars(select(Topic).where(Topic.author_id == ann.id)).one().title
            == "Pruning old roses"
        )
        assert placeholder("Ann Apple") is None
        check_soundness()


def test_nobody_who_wrote_elsewhere_is_ever_mailed(
    app: Flask, client: FlaskClient, submit: Callable[..., Any]
) -> None:
    with app.app_context():
        import_now(OWN)
    mailbox = Mailbox(app)
    submit(client, "/reset", email="bob@field.example")
    submit(client, "/signin", email="bob@field.example", password="kettle orbit violin seven")
    assert mailbox.messages() == []


@pytest.mark.usefixtures("context")
def test_a_claim_moves_authorship_and_counts_and_is_logged() -> None:
    import_now(OWN)
    before = placeholder("Ann Apple")
    assert before is not None
    ann = make_user("ann", email=ANN, email_key=ANN)
    assert claim_imported_posts(ann, address=ANN) == 1
    assert counts_of(ann) == (1, 1)
    assert db.session.get(User, before.id, populate_existing=True) is None
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "user:posts_claimed")).one()
    assert (entry.actor_id, entry.subject_id) == (ann.id, ann.id)
    assert entry.detail == {"posts": 1, "topics": 1, "name": "Ann Apple"}
    assert "@" not in str(entry.detail)
    check_soundness()


@pytest.mark.usefixtures("context")
def test_claiming_twice_changes_nothing_and_a_second_claimer_gets_nothing() -> None:
    import_now(OWN)
    ann = make_user("ann", email=ANN, email_key=ANN)
    claim_imported_posts(ann, address=ANN)
    assert claim_imported_posts(ann, address=ANN) == 0
    other = make_user("otto")
    assert claim_imported_posts(other, address=ANN) == 0
    assert counts_of(other) == (0, 0)
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "user:posts_claimed")) == 1


@pytest.mark.usefixtures("context")
def test_an_address_nobody_wrote_from_is_no_trouble() -> None:
    assert claim_imported_posts(make_user("ann"), address="nobody@nowhere.example") == 0


@pytest.mark.usefixtures("context")
def test_a_failure_half_way_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    import_now(OWN)
    ann = make_user("ann", email=ANN, email_key=ANN)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(claiming, "record", fail)
        with pytest.raises(RuntimeError):
            claim_imported_posts(ann, address=ANN)
    assert counts_of(ann) == (0, 0)
    assert placeholder("Ann Apple") is not None
    check_soundness()
    assert claim_imported_posts(ann, address=ANN) == 1


@pytest.mark.usefixtures("context")
def test_what_is_imported_after_the_claim_is_theirs_at_once(tmp_path: Any) -> None:
    ann = make_user("ann", email=ANN, email_key=ANN)
    report = import_now(
        write_mbox(
            tmp_path / "a.mbox", [Mail("a", author=f"Ann <{ANN}>"), Mail("b", ("a",), author=f"A. <{ANN}>")]
        )
    )
    assert report.users == 0
    assert counts_of(ann) == (1, 2)
    assert db.session.scalars(select(ImportedAddress)).one().user_id == ann.id
    check_soundness()


@pytest.mark.usefixtures("context")
def test_an_address_that_is_not_confirmed_claims_nothing(tmp_path: Any) -> None:
    ann = make_user("ann", email=ANN, email_key=ANN, email_confirmed_at=None)
    report = import_now(write_mbox(tmp_path / "a.mbox", [Mail("a", author=f"Ann <{ANN}>")]))
    assert report.users == 1
    assert counts_of(ann) == (0, 0)


@pytest.mark.usefixtures("context")
def test_a_confirmation_that_is_told_late_claims_only_what_is_still_theirs() -> None:
    from forum.accounts.signals import EmailConfirmed

    import_now(OWN)
    moved_on = make_user("ann", email="other@garden.example", email_key="other@garden.example")
    claiming.give_back(EmailConfirmed(user_id=moved_on.id, email=ANN))
    assert counts_of(moved_on) == (0, 0)
    assert signals.find_listener("forum.importers.claiming.give_back") is not None
