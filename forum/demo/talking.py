"""The private talk of the demo: said by the actions of conversations, read as its file says."""

from collections.abc import Callable, Iterable, Mapping

from forum.accounts.models import User
from forum.core.db import db
from forum.demo.plan import Conversation, Demo, Said
from forum.discussions.actions.writing import Written as Text
from forum.markup import SafeHTML
from forum.messaging.actions.changing import react_to_message
from forum.messaging.actions.reading import mark_read
from forum.messaging.actions.sending import send_message
from forum.messaging.actions.starting import start_group, write_to
from forum.messaging.finding_words import findable
from forum.messaging.models import Participant
from forum.messaging.writing import Written


def plan_talks(
    demo: Demo, users: Mapping[str, User], texts: Mapping[str, Text], then: Callable[..., None]
) -> list["Talk"]:
    """Each message at its moment; `users` is filled by then."""
    talks = [Talk(conversation, users) for conversation in demo.conversations]
    for talk in talks:
        for said in talk.plan.messages:
            text = texts[said.body]
            then(said.ago, talk.say, said, text.html, text.renderer)
    return talks


def set_what_was_talked(talks: Iterable["Talk"]) -> None:
    for talk in talks:
        talk.read()


class Talk:
    """One conversation, as it goes on."""

    def __init__(self, plan: Conversation, users: Mapping[str, User]) -> None:
        self.plan, self.users = plan, users
        self.id = 0

    def say(self, said: Said, html: SafeHTML, renderer: int) -> None:
        """The first message begins it."""
        written = Written(said.body, html, renderer, findable(html))
        author = self._now(said.by)
        number = self.plan.messages.index(said)
        client_id = f"demo-{number}"
        others = [self._now(name) for name in self.plan.people if name != said.by]
        if self.id:
            sent = send_message(self.id, author=author, written=written, client_id=client_id)
        elif self.plan.name:
            sent = start_group(
                others, author=author, name=self.plan.name, written=written, client_id=client_id
            )
        else:
            sent = write_to(others[0], author=author, written=written, client_id=client_id)
        self.id = sent.conversation_id
        for reaction in said.reactions:
            who, name = reaction.split()
            react_to_message(sent.id, name=name, on=True, actor=self._now(who))

    def read(self) -> None:
        """Everybody has read all but what is unread; and nobody is told by mail of what was said before there was anybody."""
        for name in self.plan.people:
            seen = len(self.plan.messages) - self.plan.unread.get(name, 0)
            if seen > 0:
                mark_read(self.id, seq=self._seq_of(seen), actor=self._now(name))
            part = db.session.get_one(Participant, (self.id, self.users[name].id), populate_existing=True)
            part.mailed_seq = self._seq_of(len(self.plan.messages))

    def _seq_of(self, position: int) -> int:
        """Reactions take numbers of the same count."""
        return position + sum(len(said.reactions) for said in self.plan.messages[: position - 1])

    def _now(self, username: str) -> User:
        return db.session.get_one(User, self.users[username].id)
