"""Rate limits: by account, by network and for the whole site; in memory, or in Redis where there is one."""

from flask import Flask, current_app
from flask_babel import gettext as _
from limits import RateLimitItem, parse_many
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from forum.config import Config
from forum.core import clock
from forum.core.errors import TooManyRequests

# What is counted, by what is done. The key of a limit is given at the door: an account, a network, an address.
LIMITS = {
    "signin:account": "5 per 15 minutes",
    "signin:network": "20 per hour",
    "reset:address": "3 per hour",
    "reset:network": "10 per hour",
    "register:network": "5 per hour",
    "register:site": "50 per hour",
    "confirm:code": "10 per 10 minutes",
    "topic": "3 per 5 minutes;20 per day",
    "post": "10 per minute;200 per day",
    "preview": "60 per minute",
    "read": "240 per minute",
    "account": "20 per hour",
}


class Limiter:
    def __init__(self, config: Config) -> None:
        self.on = config.rate_limits
        self.strategy = MovingWindowRateLimiter(storage_from_string(config.redis_url or "memory://"))
        self.items: dict[str, list[RateLimitItem]] = {name: parse_many(text) for name, text in LIMITS.items()}

    def hit(self, name: str, *keys: object) -> None:
        """Count one; raise TooManyRequests where it is one too many. Nothing is counted then."""
        if not self.on:
            return
        identifiers = (name, *map(str, keys))
        for item in self.items[name]:
            if not self.strategy.test(item, *identifiers):
                reset = self.strategy.get_window_stats(item, *identifiers).reset_time
                wait = max(1, int(reset - clock.wall()) + 1)
                raise TooManyRequests(
                    wait, _("That was a lot in a short time. Wait a little and send it again.")
                )
        for item in self.items[name]:
            self.strategy.hit(item, *identifiers)

    def clear(self, name: str, *keys: object) -> None:
        """Forget what was counted, after a success."""
        for item in self.items[name]:
            self.strategy.clear(item, name, *map(str, keys))


def init_limits(app: Flask, config: Config) -> None:
    app.extensions["forum_limits"] = Limiter(config)


def hit(name: str, *keys: object) -> None:
    limiter: Limiter = current_app.extensions["forum_limits"]
    limiter.hit(name, *keys)


def clear(name: str, *keys: object) -> None:
    limiter: Limiter = current_app.extensions["forum_limits"]
    limiter.clear(name, *keys)
