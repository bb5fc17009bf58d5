"""Rate limits: by account, by network and for the whole site; in memory, or in Redis where there is one."""

from typing import NoReturn

from flask import Flask, current_app
from flask_babel import gettext as _
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from forum.config import Config
from forum.core import clock
from forum.core.errors import TooManyRequests

# What is counted, by what is done. The key of a limit is given at the door: an account, a network, an address.
LIMITS = {
    "signin:account": "5 per 15 minutes",
    "signin:network": "20 per hour",
    "signin:site": "1000 per hour",
    "signin:failures": "1000 per hour",  # never reached: counted, for the pauses between tries
    "reset:address": "3 per hour",
    "reset:network": "10 per hour",
    "register:network": "5 per hour",
    "register:site": "50 per hour",
    "confirm:code": "10 per 10 minutes",
    "csp:network": "20 per minute",
    "csp:site": "600 per hour",
    "topic": "3 per 5 minutes;20 per day",
    "post": "10 per minute;200 per day",
    "react": "60 per minute",
    "flag": "10 per hour",
    "message": "20 per minute;600 per day",
    "message:change": "60 per minute",  # edited, deleted, reacted to
    "message:read": "240 per minute",
    "message:find": "20 per minute",
    "recipient": "10 per hour",  # people to whom one has not written before
    "recipient:newcomer": "3 per day",
    "typing": "120 per minute",
    "preview": "60 per minute",
    "upload": "20 per hour",  # what was kept
    "upload:tries": "60 per hour",  # all that was sent, also what was refused
    "draft": "120 per minute",
    "complete": "60 per minute",
    "read": "240 per minute",
    "api": "300 per minute",
    "keyed": "2000 per day",
    "account": "20 per hour",
    "feed": "60 per minute",
    "print": "20 per minute",
}


class Limiter:
    def __init__(self, config: Config) -> None:
        self.on = config.rate_limits
        self.strategy = MovingWindowRateLimiter(storage_for(config))
        self.items: dict[str, list[RateLimitItem]] = {name: parse_many(text) for name, text in LIMITS.items()}

    def check(self, name: str, *keys: object) -> None:
        """Raise TooManyRequests where one more would be too many. Nothing is counted."""
        for item in self.items[name] if self.on else ():
            if not self.strategy.test(item, name, *map(str, keys)):
                self._refuse(item, name, *map(str, keys))

    def note(self, name: str, *keys: object) -> None:
        """Count one, however many there are."""
        for item in self.items[name] if self.on else ():
            self.strategy.hit(item, name, *map(str, keys))

    def hit(self, name: str, *keys: object) -> None:
        """Count one; raise TooManyRequests where it is one too many."""
        self.check(name, *keys)
        for item in self.items[name] if self.on else ():
            if not self.strategy.hit(item, name, *map(str, keys)):  # another was faster
                self._refuse(item, name, *map(str, keys))

    def _refuse(self, item: RateLimitItem, *identifiers: str) -> NoReturn:
        reset = self.strategy.get_window_stats(item, *identifiers).reset_time
        wait = max(1, int(reset - clock.wall()) + 1)
        raise TooManyRequests(wait, _("That was a lot in a short time. Wait a little and send it again."))

    def count(self, name: str, *keys: object) -> int:
        """How many have been counted in the (first) window that ends now."""
        if not self.on:
            return 0
        item = self.items[name][0]
        return item.amount - self.strategy.get_window_stats(item, name, *map(str, keys)).remaining

    def clear(self, name: str, *keys: object) -> None:
        """Forget what was counted, after a success."""
        for item in self.items[name]:
            self.strategy.clear(item, name, *map(str, keys))


def storage_for(config: Config) -> Storage:
    """In this process, or in Redis under a prefix of this installation's own: others may share it."""
    if not config.redis_url:
        return MemoryStorage()
    address = config.redis_url.replace("unix://", "redis+unix://", 1)  # so it is called here
    return RedisStorage(address, key_prefix=f"forum-{config.installation}")


def init_limits(app: Flask, config: Config) -> None:
    app.extensions["forum_limits"] = Limiter(config)


def hit(name: str, *keys: object) -> None:
    _limiter().hit(name, *keys)


def check(name: str, *keys: object) -> None:
    _limiter().check(name, *keys)


def note(name: str, *keys: object) -> None:
    _limiter().note(name, *keys)


def count(name: str, *keys: object) -> int:
    return _limiter().count(name, *keys)


def clear(name: str, *keys: object) -> None:
    _limiter().clear(name, *keys)


def _limiter() -> Limiter:
    limiter: Limiter = current_app.extensions["forum_limits"]
    return limiter
