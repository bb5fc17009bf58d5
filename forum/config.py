"""Configuration from the environment: read once, checked, frozen. The only reader of the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values

KNOWN = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SITE_URL",
    "SITE_NAME",
    "MAIL_URL",
    "MAIL_FROM",
    "MEDIA_URL",
    "TRUSTED_PROXIES",
    "LOG_LEVEL",
    "RATE_LIMITS",
    "FORUM_ENV",
    "INSTANCE_PATH",
}
# Names with our prefix are ours: a misspelled one must stop the start instead of being ignored.
PREFIXES = ("FORUM_", "SITE_", "MAIL_", "MEDIA_", "RATE_LIMIT", "TRUSTED_PROX")
ALLOWED_UNKNOWN = {"FORUM_TEST_DATA"}
LOG_LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR"}
MIN_KEY_LENGTH = 32


class ConfigError(SystemExit):
    """A fault in the configuration: one clear line, exit status 2."""

    def __init__(self, message: str) -> None:
        super().__init__(f"configuration: {message}")
        self.message = message


@dataclass(frozen=True, slots=True)
class Config:
    """What a deployment decides. What a society decides is in `core.settings`."""

    database_url: str
    secret_key: str = field(repr=False)
    instance_path: Path
    redis_url: str | None = None
    site_url: str | None = None
    site_name: str | None = None
    mail_url: str = ""
    mail_from: str = "forum@localhost"
    media_url: str = ""
    trusted_proxies: int = 0
    log_level: str = "INFO"
    rate_limits: bool = True
    env: Literal["development", "production"] = "development"
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    testing: bool = False

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_https(self) -> bool:
        return bool(self.site_url and self.site_url.startswith("https://"))

    @property
    def session_cookie(self) -> str:
        return "__Host-sid" if self.is_https else "sid"

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, *, root: Path | None = None
    ) -> "Config":
        """Read `.env` and the environment (which wins); raise ConfigError with one line for the first fault."""
        root = root or Path.cwd()
        if environ is None:
            from_file = {k: v for k, v in dotenv_values(root / ".env").items() if v is not None}
            environ = {**from_file, **os.environ}
        values = {k: v.strip() for k, v in environ.items() if k in KNOWN and v.strip()}
        for name in sorted(environ):
            if name.startswith(PREFIXES) and name not in KNOWN | ALLOWED_UNKNOWN:
                raise ConfigError(
                    f"{name} is not a setting of the forum; see docs/operating.md for the names"
                )
        instance = Path(values.get("INSTANCE_PATH", root / "instance")).absolute()
        env = _one_of(values, "FORUM_ENV", "development", {"development", "production"})
        config = cls(
            database_url=_database_url(values.get("DATABASE_URL", "sqlite:///instance/forum.db"), root),
            secret_key=values.get("SECRET_KEY") or _own_key(instance),
            secret_key_fallbacks=tuple(values.get("SECRET_KEY_FALLBACKS", "").split()),
            instance_path=instance,
            redis_url=_url(values, "REDIS_URL", {"redis", "rediss", "unix"}),
            site_url=_site_url(values),
            site_name=values.get("SITE_NAME"),
            mail_url=_url(values, "MAIL_URL", {"smtp", "smtps", "file"}) or f"file://{instance / 'outbox'}",
            mail_from=values.get(
                "MAIL_FROM", "forum@" + (urlsplit(values.get("SITE_URL", "")).hostname or "localhost")
            ),
            media_url=_url(values, "MEDIA_URL", {"file"}) or f"file://{instance / 'media'}",
            trusted_proxies=_number(values, "TRUSTED_PROXIES", 0, 10),
            log_level=_one_of(values, "LOG_LEVEL", "INFO", LOG_LEVELS, upper=True),
            rate_limits=_one_of(values, "RATE_LIMITS", "on", {"on", "off"}) == "on",
            env="production" if env == "production" else "development",
        )
        config.check()
        return config

    def check(self) -> None:
        """Refuse what would be unsafe in production."""
        if len(self.secret_key) < MIN_KEY_LENGTH:
            raise ConfigError(f"SECRET_KEY is too short: give at least {MIN_KEY_LENGTH} random characters")
        if len(set(self.secret_key)) < 8:
            raise ConfigError("SECRET_KEY is not random: give at least 32 random characters")
        if self.env == "production":
            if not self.rate_limits:
                raise ConfigError("RATE_LIMITS=off is refused in production")
            if not self.site_url:
                raise ConfigError(
                    "SITE_URL must be set in production, for instance https://forum.example.org"
                )

    def summary(self) -> dict[str, str]:
        """Every value that may be shown, for `forum doctor`; keys and passwords left out."""
        hidden = {"secret_key", "secret_key_fallbacks"}
        return {
            f.name: _without_password(str(getattr(self, f.name)))
            for f in fields(self)
            if f.name not in hidden
        }


def _one_of(
    values: Mapping[str, str], name: str, default: str, allowed: set[str], *, upper: bool = False
) -> str:
    value = values.get(name, default)
    value = value.upper() if upper else value.lower()
    if value not in allowed:
        raise ConfigError(f"{name}={values[name]!r} is not one of {', '.join(sorted(allowed))}")
    return value


def _number(values: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = values.get(name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) > most:
        raise ConfigError(f"{name}={text!r} is not a whole number from 0 to {most}")
    return int(text)


def _url(values: Mapping[str, str], name: str, schemes: set[str]) -> str | None:
    value = values.get(name)
    if value and urlsplit(value).scheme not in schemes:
        raise ConfigError(f"{name} must begin with {' or '.join(sorted(s + '://' for s in schemes))}")
    return value


def _site_url(values: Mapping[str, str]) -> str | None:
    value = values.get("SITE_URL")
    if not value:
        return None
    try:
        parts = urlsplit(value)
        usable = (
            parts.scheme in {"http", "https"} and parts.hostname and not parts.query and not parts.username
        )
        usable = usable and (parts.port or 0) >= 0
    except ValueError:
        usable = False
    if not usable or parts.path not in {"", "/"}:
        raise ConfigError(f"SITE_URL={value!r} must be like https://forum.example.org, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _database_url(value: str, root: Path) -> str:
    scheme = value.partition("://")[0]
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return "postgresql+psycopg://" + value.partition("://")[2]
    if scheme != "sqlite" or not value.startswith("sqlite:///") or len(value) <= len("sqlite:///"):
        raise ConfigError(
            "DATABASE_URL must be like sqlite:///instance/forum.db or postgresql://user@host/name"
        )
    path = value.removeprefix("sqlite:///")
    if path == ":memory:":
        raise ConfigError("DATABASE_URL: a database in memory would lose everything; name a file")
    return f"sqlite:///{(root / path).absolute()}"


def _own_key(instance: Path) -> str:
    """The key of this installation, made on the first run and readable by its owner alone."""
    path = instance / "secret_key"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from None
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


def _without_password(value: str) -> str:
    before, at, after = value.rpartition("@")
    scheme, separator, login = before.partition("://")
    return f"{scheme}{separator}{login.partition(':')[0]}{at}{after}" if at and separator else value
