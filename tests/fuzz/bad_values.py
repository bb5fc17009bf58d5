"""Two hundred values that nobody should send: known troublemakers, and others made from a seed."""

import random
from typing import Any

SEED = 20261120
COUNT = 200
DEEP: Any = "deep"
for _ in range(15):
    DEEP = [DEEP]

TEXTS = [
    "", " ", "\t\r\n", "x" * 30_000, "a\x00b", "\x1b[31m\x85\u202ex\u2066", "9" * 19, "9" * 40, "-1", "1e9", "0x10", "１２",
    "NaN", "Infinity", "true", "null", "1.5", "' OR 1=1 --", "'; DROP TABLE posts; --", "%", "_%_", "\\", "\\\\x", '"', "'",
    "<b>\ufffe🙂", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "%(name)s", "{0.__class__}", "%s%n%d", "../../etc/passwd",
    "\r\nSet-Cookie: a=b", "💥" * 9000, "e\u0301" * 500, "ﷺ" * 200, "\u202e\u2066\u200b", "\ufeff", "\U0010ffff", "a b c",
    ",".join(["nobody"] * 60), "@" * 5000, "[" * 2000, ">" * 2000, "*" * 4000, "`" * 4000, "|" * 4000, "public", "people",
    "2026-13-45", "0001-01-01", "9999-12-31", "0", "1", "-0", "18446744073709551616", "9223372036854775807", "16777215",
    "javascript:alert(1)", "//evil.example", "https://evil.example/\\@x", "a@b", "x@" + "y." * 150 + "org", "é@exämple.org",
    "DE", "en_US", "Europe/Atlantis", "/etc/localtime", "staff", "moderator", "lounge", "mina", "@mina", "WzFd", "WyJ4Il0",
    "Wzk5OTk5OTk5OTk5OTk5OTk5OTld", "bnVsbA", "A" * 201, "None", "topic", "reply:1", "edit:" + "9" * 30, "\x7f", "\x0b\x0c",
]  # fmt: skip
OTHERS: list[Any] = [
    None, True, False, 0, -1, 1, 1.5, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**300, 1e308, 5e-324, -0.0, [], {},
    [None], ["x\x00"], ["a b"], ["nobody"] * 60, [[]], {"a": {"b": None}}, {"": 1}, {"a\x00": 1}, [{}], DEEP, [True, 1, "x"],
    {"read": "public"}, {"people": "x"}, {"read": "people", "people": ["x"] * 51}, "\ud800", "\udfff x", ["\ud83d"],
]  # fmt: skip
ALPHABETS = [
    "abcXYZ0189 _-.", "<>&\"'`%\\/{}[]()#*~|:;,!?=+@$^", "\n\r\t\x00\x01\x1f\x7f\x85", "äßçøñİıſK", "中文日本語한국어", "אבגدهو\u202b\u2067",
    "👩‍⚕️🇰🇪🏽\ufe0f", "\u200b\u200d\u2028\u2029\ufeff\ufffd", "0123456789",
]  # fmt: skip


def texts(count: int = COUNT) -> list[str]:
    """So many texts, each another."""
    chance = random.Random(SEED)
    found = dict.fromkeys(TEXTS)
    while len(found) < count:
        letters = "".join(chance.sample(ALPHABETS, chance.randint(1, 3)))
        size = chance.choice([1, 2, 5, 20, 70, 130, 400, 3000])
        found["".join(chance.choices(letters, k=size))] = None
    return list(found)[:count]


def values(count: int = COUNT) -> list[Any]:
    """So many values as JSON knows them: every odd one, and texts."""
    made = texts(count - len(OTHERS))
    return [*OTHERS, *made]
