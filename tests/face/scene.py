"""What the face is looked at with: people of every kind, and something of everything that a page can show.

What is written here is Greek: of a text in Latin letters on a page, one can say that it is not ours.
"""

from dataclasses import dataclass, field, replace

from forum.accounts.models import FeedToken, User
from forum.accounts.sessions import token_hash
from forum.boards.actions import keep_template
from forum.boards.models import Category
from forum.core import clock, settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.demo.loader import load_demo
from forum.demo.parsing import read_demo
from forum.discussions.actions import audiences, concealing, drafting, locking, revising, writing
from forum.discussions.models import Draft, Post, Revision, Topic
from forum.discussions.params import DraftText
from forum.discussions.writing import prepare
from forum.markup import quote_markdown
from tests.cast import make_cast
from tests.face.taking_part import Things, take_part
from tests.factories import choice, make_token, make_user, settled

EVERYTHING = """## Επικεφαλίδα

Κείμενο με **έμφαση**, *τόνο*, ~~διαγραφή~~, `x = 1`, ||κρυφό||, $x_1$, :smile:, υποσημείωση[^1], [σύνδεσμο](/c) και
https://example.org/ωμή, @{username}.

### Επικεφαλίδα

1. Ένα
2. Δύο
   - [x] Έγινε
   - [ ] Μένει

| Θάλαμος | Δόσεις | Ώρα |
|:---|---:|:-:|
| Α | 12 | 8 |
| Β | 7 | 9 |

| Γ | Δ |
|---|---|
| 1 | 2 |

```python
for x in (1, 2):
    y = x  # 3
```

$$
x^2 + y^2
$$

:::spoiler Τίτλος
Ένα κρυφό κείμενο.

- με λίστα
:::

![Μια εικόνα](https://example.org/x.png)

---

{quote}> Μια παράθεση.
>
> > Μέσα σε άλλη.

{long}

[^1]: Λόγια στο τέλος, με `y`.

    Και δεύτερη παράγραφος.

--\x20
Μίνα
Αθήνα"""
LONG = "\n".join(f"> γραμμή {n}  " for n in range(20))
POSTS = 27  # more than a page holds


@dataclass
class Scene:
    """Who looks at the pages, and what there is for every address."""

    viewers: dict[str, User | None]
    categories: list[Category] = field(default_factory=list)
    topics: dict[str, Topic] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    things: Things = field(default_factory=Things)

    def reduced(self) -> "Scene":
        """One or two things of each kind."""
        names = ("everything", "alone", "curated", "archived")
        return replace(
            self,
            categories=self.categories[:2],
            topics={name: self.topics[name] for name in names},
            posts=[*self.posts[:4], self.posts[-1]],
            people=self.people[:2],
            things=self.things.reduced(),
        )

    def __getitem__(self, name: str) -> User:
        found = self.viewers[name]
        assert found is not None
        return found


def demo_scene() -> Scene:
    """The demo, and in its places what it has nothing of."""
    assert load_demo(read_demo())
    found = {user.username: user for user in db.session.scalars(db.select(User))}
    people = {"guest": "giacomo", "member": "noor", "moderator": "mairead", "staff": "haruka"}
    suspended = next(user for user in found.values() if user.suspended_at)
    scene = Scene({"visitor": None, **{name: settled(found[username]) for name, username in people.items()}})
    scene.viewers["suspended"] = settled(suspended)
    scene.viewers["unconfirmed"] = _unconfirmed()
    places = {place.slug: place for place in db.session.scalars(db.select(Category))}
    scene.categories = [settled(place) for place in places.values()]
    _furnish(scene, settled(found["amina"]), places["welcome-desk"], places["breast-oncology"])
    shown = db.session.scalars(db.select(Topic).order_by(Topic.id))
    scene.topics |= {topic.slug: topic for topic in map(settled, shown.all())}
    return scene


def foreign_scene() -> Scene:
    """The cast and its places, with not a word in Latin letters but usernames and addresses."""
    with transaction():
        cast = make_cast()
    people = {
        "guest": cast.guest,
        "member": cast.member,
        "moderator": cast.site_moderator,
        "staff": cast.staff,
    }
    scene = Scene({"visitor": None, **people, "suspended": cast.suspended, "unconfirmed": cast.unconfirmed})
    with transaction():
        for number, user in enumerate(db.session.scalars(db.select(User).order_by(User.id)), 1):
            user.name, user.bio = f"Μίνα Νο{number}", "Λίγα λόγια."
            user.credentials, user.specialty, user.institution, user.city = (
                "ΜΔ",
                "Ογκολογία",
                "Κλινική",
                "Αθήνα",
            )
            user.country = "GR"
        db.session.get_one(User, cast.suspended.id).suspension_reason = "Διαφήμιση."
        for group in (cast.closed_group, cast.secret_group):
            db.session.merge(group).name = "Κύκλος"
        settings.change(
            {"name": "Μεσημβρινός", "tagline": "Εταιρεία", "welcome": "Ελάτε\nΚαλώς ήρθατε."}, actor_id=None
        )
        for number, category in enumerate(db.session.scalars(db.select(Category).order_by(Category.id)), 1):
            _rename(category, f"Τόπος {number}")
    scene.viewers = {name: user and settled(user) for name, user in scene.viewers.items()}
    scene.categories = [settled(category) for category in cast.categories.values()]
    _furnish(scene, settled(cast.insider), cast.welcome, cast.lounge)
    return scene


def _unconfirmed() -> User:
    return make_user("uma", standing="guest", name="Ούμα", email_confirmed_at=None)


def _rename(category: Category, name: str) -> None:
    """As if it had always been called so: the log does not tell of it."""
    category.name, category.description = name, "Για όσα λέγονται εδώ."
    category.guidelines, category.guidelines_html = "Με το καλό.", prepare("Με το καλό.").html


def _furnish(scene: Scene, insider: User, open_place: Category, place: Category) -> None:
    """A topic with all of the markup, topics in every state and for every audience, drafts, tokens, a template."""
    member, guest, moderator, staff = (scene[name] for name in ("member", "guest", "moderator", "staff"))
    scene.people = [member, guest, staff, insider, scene["suspended"]]
    _topic_with_everything(scene, open_place)
    for state in ("locked", "hidden", "deleted", "named", "opened", "alone"):
        audience = {"named": choice("people", opened=True), "opened": choice("guests", opened=True)}.get(
            state
        )
        people = [db.session.get_one(User, guest.id)] if state == "named" else None
        topic = writing.start_topic(
            place.place,
            author=member,
            title=f"Θέμα {len(scene.topics)}",
            written=prepare("Η αρχή."),
            choice=audience,
            people=people,
        )
        scene.topics[state] = topic
    topics = scene.topics
    writing.reply(topics["locked"], author=insider, written=prepare("Μια απάντηση."))
    writing.rename_topic(topics["locked"], actor=moderator, title="Άλλος τίτλος", reason="Σαφέστερα.")
    locking.lock_topic(topics["locked"], actor=moderator, reason="Απαντήθηκε.")
    locking.lock_topic(topics["opened"], actor=moderator, reason="Για λίγο.")
    locking.unlock_topic(topics["opened"], actor=moderator)
    targets = ("topic", "reply:{opened}", "reply:{deleted}", f"edit:{scene.posts[0].id}")
    for number, target in enumerate(targets):
        text = DraftText(title="Αρχή" if target == "topic" else "", body="Μια αρχή.")
        target = target.format(**{name: topic.id for name, topic in topics.items()})
        scene.drafts.append(
            settled(drafting.begin_draft(target, author=member, client_id=f"tab-{number}", text=text))
        )
    concealing.hide_topic(topics["hidden"], actor=moderator, reason="Ώσπου να δούμε.")
    concealing.delete_topic(topics["deleted"], actor=moderator, reason="Δύο φορές.")
    audiences.set_audience(
        topics["alone"],
        actor=db.session.get_one(User, moderator.id),
        choice=choice("guests", opened=True),
        reason="Για όλους.",
    )
    keep_template(place, name="Περίπτωση", body="## Ερώτηση", actor=db.session.get_one(User, staff.id))
    make_token(member, "read", name="Πρόγραμμα")
    with transaction():
        db.session.add(FeedToken(token_hash=token_hash("x" * 40), user_id=member.id, made_at=clock.now()))
    take_part(scene, open_place, place, insider)
    scene.topics = {name: settled(topic) for name, topic in topics.items()}
    scene.posts = [settled(post) for post in scene.posts]


def _topic_with_everything(scene: Scene, place: Category) -> None:
    member, guest, moderator = scene["member"], scene["guest"], scene["moderator"]
    topic = writing.start_topic(
        place.place, author=member, title="Όλα όσα γράφονται", written=prepare("Η αρχή.")
    )
    first = db.session.get_one(Post, topic.last_post_id)
    quote = quote_markdown("Η αρχή.", post_id=first.id, name=f"@{member.username}")
    text = EVERYTHING.format(username=guest.username, quote=quote, long=LONG)
    everything = writing.reply(topic, author=member, written=prepare(text))
    answer = writing.reply(topic, author=guest, written=prepare(quote + "Ναι."), parent_id=first.id)
    for words in ("Ναι, αλλά.", "Όχι."):
        writing.edit_post(answer, actor=guest, written=prepare(quote + words))
    wrong = db.session.scalars(db.select(Revision).order_by(Revision.id.desc())).first()
    assert wrong is not None
    scene.revisions = [settled(wrong)]
    revising.hide_revision(wrong.id, actor=moderator, reason="Ένα όνομα.")
    hidden, deleted = (
        writing.reply(topic, author=author, written=prepare("Φεύγει.")) for author in (guest, member)
    )
    writing.reply(topic, author=member, written=prepare("Σε κάτι που έφυγε."), parent_id=hidden.id)
    concealing.hide_post(hidden, actor=moderator, reason="Διαφήμιση.")
    concealing.delete_post(deleted, actor=member)
    above = answer
    for number in range(POSTS):
        above = writing.reply(
            topic, author=(guest, member)[number % 2], written=prepare(f"Νο {number}."), parent_id=above.id
        )
    scene.topics["everything"] = topic
    scene.posts = [first, everything, answer, hidden, deleted]
