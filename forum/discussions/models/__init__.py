"""Discussions: topics, posts, what has been read of them, and what else belongs to them; a file for each."""

from forum.discussions.models.counts import AudienceCount as AudienceCount
from forum.discussions.models.drafts import Draft as Draft
from forum.discussions.models.posts import BELOW_ALL as BELOW_ALL
from forum.discussions.models.posts import DEEPEST as DEEPEST
from forum.discussions.models.posts import NUMBER_BYTES as NUMBER_BYTES
from forum.discussions.models.posts import Post as Post
from forum.discussions.models.posts import PostAlias as PostAlias
from forum.discussions.models.posts import PostKind as PostKind
from forum.discussions.models.posts import PostQuote as PostQuote
from forum.discussions.models.posts import Revision as Revision
from forum.discussions.models.reading import ReadAhead as ReadAhead
from forum.discussions.models.reading import ReadFloor as ReadFloor
from forum.discussions.models.reading import ReadMarker as ReadMarker
from forum.discussions.models.taking_part import Bookmark as Bookmark
from forum.discussions.models.taking_part import Reaction as Reaction
from forum.discussions.models.topics import Topic as Topic
from forum.discussions.models.topics import TopicEvent as TopicEvent
